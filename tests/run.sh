#!/bin/sh
# Sets up everything in .venv (and Chromium through apt) and passes all checks and tests. Needs Python 3.10+ and pip.
set -eu
cd "$(dirname "$0")/.."
. tests/environment.sh
chromium
environment --group dev -e .
sh tests/check.sh
exec .venv/bin/python -m pytest "$@"
