# The two commands are `make demo` and `make test`; both set everything up themselves.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.DEFAULT_GOAL := help
# Pytest rewrites the assertions in every module; without what it keeps of that, each process that
# tests starts ten seconds later.
unexport PYTHONDONTWRITEBYTECODE
.PHONY: help setup demo test coverage quick bench linkage lock

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' Makefile

# --no-deps: pip looks past the lock for extras (coverage[toml]) and stops where a newer one is out.
$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip --quiet --disable-pip-version-check check
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)

setup: $(READY) ## make .venv with everything that running and testing needs

demo: $(READY) ## reconcile the sample migration into demo/: first batch, then the late one
	$(BIN)/cutover-recon demo demo

test: $(READY) ## lint, types, tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest

coverage: $(READY) ## the tests once more, with the lines that none of them reaches
	$(BIN)/python -m pytest --cov --cov-report=term:skip-covered

quick: $(READY) ## the tests that take no more than a few seconds
	$(BIN)/python -m pytest -m "not slow"

bench: $(READY) ## how long 1 million lines, and a table of as many rows, take beside other tools
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "pip>=25.1"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group bench
	$(BIN)/python -m tests.benchmarks.extraction
	$(BIN)/python -m tests.benchmarks.comparison

linkage: $(READY) ## how often "created again by hand" is right, on labelled persons, beside Splink
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "pip>=25.1"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group linkage
	$(BIN)/python -m tests.benchmarks.linkage

lock: ## resolve the dependencies again (needs uv)
	uv pip compile pyproject.toml --group dev --universal --generate-hashes \
		--no-emit-index-url --no-header --quiet --output-file requirements.lock
