# Sourced by examples/demo.sh and tests/run.sh: makes .venv with this checkout and what else is named.

# environment REQUIREMENT... : installs into .venv, made with whatever Debian's Python offers.
environment() {
    if [ ! -x .venv/bin/python ]; then
        # Debian's python3 may come without ensurepip; pip itself can fill an empty environment then.
        python3 -m venv .venv 2>/dev/null || { rm -rf .venv && python3 -m venv --without-pip .venv; }
    fi
    if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
        python3 -m pip --python .venv/bin/python install --quiet pip
    fi
    .venv/bin/python -m pip install --quiet --upgrade "pip>=25.1"
    .venv/bin/python -m pip install --quiet "$@"
}

# chromium: makes /usr/bin/chromium available, through apt where it is missing.
chromium() {
    [ -x /usr/bin/chromium ] && return
    run=""
    [ "$(id -u)" -eq 0 ] || run="sudo"
    $run apt-get update -qq
    $run env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null
}
