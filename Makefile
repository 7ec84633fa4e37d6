# Two commands for a newcomer: `make demo` and `make test`. Nothing but Python >= 3.11 and make is needed.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
UV := $(BIN)/uv pip install --quiet --system-certs --compile-bytecode --python $(BIN)/python

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

# uv installs in a quarter of pip's time (61 s). It does not read where pip was told to find packages, but for one index;
# where that is not enough, or uv itself is not to be had, pip does it.
$(STAMP): requirements.lock setup.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or later is needed; found " + sys.version.split()[0] + " (make PYTHON=python3.12 ...)" if sys.version_info < (3, 11) else 0)'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the locked dependencies into $(VENV) (half a minute) ..."
	@export UV_DEFAULT_INDEX="$${UV_DEFAULT_INDEX:-$${PIP_INDEX_URL:-$$($(PIP) config get global.index-url 2>/dev/null)}}"; \
	test -n "$$UV_DEFAULT_INDEX" || unset UV_DEFAULT_INDEX; \
	{ $(PIP) install --require-hashes -r setup.lock && $(UV) --require-hashes -r requirements.lock \
		&& $(UV) --no-deps --editable .; } \
	|| { echo "uv could not install them (see above); pip does it, in about a minute ..." \
		&& $(PIP) install --require-hashes -r requirements.lock && $(PIP) install --no-deps --editable .; }
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
	echo uv | uv pip compile - --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-header --no-annotate --output-file setup.lock

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
