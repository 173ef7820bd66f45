# The project's one task runner. `make demo` and `make test` do all their own set-up into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.locked

.DEFAULT_GOAL := help
.PHONY: help setup demo test check lint types contracts evaluate bench chaos faults fuzz lock clean

help:  ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Advisor needs Python 3.11 or newer, this is " + sys.version.split()[0] + "; set PYTHON=") if sys.version_info < (3, 11) else None'
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "Python lacks venv: on Debian and Ubuntu install python3-venv"; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@touch $@

setup: $(STAMP)  ## .venv with everything from the lock; then .venv/bin/advisor exists

demo: setup  ## the whole path on five real articles: one alert, one push
	$(BIN)/advisor demo --once

test: setup  ## all tests
	$(BIN)/python -m pytest -n 2 --dist loadfile

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup
	$(BIN)/mypy

contracts: setup
	$(BIN)/lint-imports

check: lint types contracts test  ## what CI runs: ruff, mypy strict, import contracts, tests

evaluate: setup  ## detection scored on the project's own labelled sentences
	$(BIN)/advisor evaluate tests/detect/examples/*.jsonl --floor 0.97

bench: setup  ## speed of detection beside a plain regex, of polling beside PyPI's reader, of a push beside a plain script, and memory
	$(BIN)/python -m tools.benchmark_detect
	$(BIN)/python tools/measure_memory.py
	$(BIN)/python -m tools.benchmark_poll
	$(BIN)/python -m tools.benchmark_push

chaos: setup  ## kills, locks, full disks, deaf receivers and clock jumps at random: what was lost, what came twice (about 30 minutes)
	$(BIN)/python -m tools.chaos

faults: setup  ## every way in which a source can break, against the real service: state shown, who heard, recovered
	$(BIN)/python -m tools.faults

fuzz: setup  ## ten thousand damaged feeds: none may crash, hang or take a neighbour along
	$(BIN)/python -m tools.fuzz_feeds

lock:  ## write requirements.lock anew (needs uv)
	tools/lock

clean:  ## remove what the targets made
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
