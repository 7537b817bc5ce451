#!/bin/sh
# Sets up everything in .venv and runs examples/digits.py with the dashboard on it. Needs Python 3.10+ and pip.
set -eu
cd "$(dirname "$0")/.."
. tests/environment.sh
environment . scikit-learn
exec .venv/bin/python examples/digits.py "$@"
