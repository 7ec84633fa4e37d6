# Two commands for a newcomer: `make demo` and `make test`. Nothing but Python >= 3.11 and make is needed.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

# Compiled once: else every process that serves, and that tests start by the dozen, compiles all of it for 2 s.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help setup demo test check style types pytest bench bench-graphql bench-cube format lock clean

help:
	@echo "make demo    set up, generate a demo company and serve it on 127.0.0.1:8000"
	@echo "make test    set up, then linters, types, import rules and all tests"
	@echo "make setup   .venv with the locked dependencies"
	@echo "make check   linters, types and import rules"
	@echo "make bench   the figures, measured on this machine"
	@echo "make bench-graphql   the API against PostGraphile and hand-written SQL, upserts, searches (needs wrk; 15 minutes)"
	@echo "make bench-cube   the cube against its goals, bare DuckDB and the original Slicer (needs wrk)"
	@echo "make format  format the code"
	@echo "make lock    resolve the dependencies anew (needs uv)"

setup: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or later is needed; found " + sys.version.split()[0] + " (make PYTHON=python3.12 ...)" if sys.version_info < (3, 11) else 0)'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the locked dependencies into $(VENV) (about a minute) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $(STAMP)

demo: setup
	@$(BIN)/dangol demo

check: style types

style: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: setup
	$(BIN)/mypy

# mypy needs one processor for half a minute, so it runs beside the tests.
test: style
	@$(MAKE) --no-print-directory --jobs 2 types pytest

pytest: setup
	$(BIN)/pytest --numprocesses 3 --dist load --no-loadscope-reorder

bench: setup
	$(BIN)/python -m bench

bench-graphql: setup
	$(BIN)/python -m bench.graphql
	$(BIN)/python -m bench.upserts
	$(BIN)/python -m bench.search
	$(BIN)/python -m bench.bodies

bench-cube: setup
	$(BIN)/python -m bench.cube

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock:
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-header --output-file requirements.lock

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
