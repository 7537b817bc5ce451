.PHONY: demo test check format bench clean

demo:    ## a real training run with the dashboard on it
	sh examples/demo.sh

test:    ## everything that must hold, from a clean clone
	sh tests/run.sh

check:   ## format, lint, types, contracts, front end; no tests
	sh tests/check.sh

format:
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

bench:   ## the figures of README and docs/BENCHMARKS.md, measured here
	.venv/bin/python benchmarks/log_latency.py
	.venv/bin/python benchmarks/training_slowdown.py
	.venv/bin/python benchmarks/ingest.py
	.venv/bin/python benchmarks/ack_latency.py
	.venv/bin/python benchmarks/query.py
	.venv/bin/python benchmarks/query_peers.py
	.venv/bin/python benchmarks/dashboard.py --chromium /usr/bin/chromium
	.venv/bin/python benchmarks/run_table.py

clean:
	rm -rf .venv build dist web/node_modules web/trackio_web/_bundle
	find . -name __pycache__ -prune -exec rm -rf {} +
