# The commands of this project; `make help` lists them. Each installs what it needs, by itself,
# into .venv and node_modules, and again only when a lock file changed.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test judge check format coverage bench messages screenshots reset lock install install-dev browser clean

PYTHON ?= python3
PORT ?= 8000
WORKERS ?= 2
ARGS ?=
SIZE ?=
ROWS ?=
DB ?=
UV_VERSION := 0.13.8

PY := .venv/bin/python
INSTALL := .venv/bin/uv pip install --quiet --python $(PY) --compile-bytecode --require-hashes
LOCK := .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header
# An outer virtual environment or an absent bytecode cache would change what runs, or how fast.
unexport VIRTUAL_ENV PYTHONHOME PYTHONPATH PYTHONDONTWRITEBYTECODE

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

run: install ## Serve the portal with demo data on 127.0.0.1:$PORT (8000); keeps what you change
	@PORT="$(PORT)" scripts/serve

test: check browser ## Run the checks and every test: both databases, and a browser
	@$(PY) -m pytest -n $(WORKERS) $(ARGS)

judge: install-dev browser ## Run what takes long: kills, many writers at once, long walks (before an issue is done)
	@$(PY) -m pytest -n $(WORKERS) --judge $(ARGS)

check: install-dev ## Run the linters, the type checker and the import contracts
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@$(PY) .venv/bin/lint-imports --no-logo
	@$(PY) -m djlint --lint --quiet templates

format: install-dev ## Put the code in its standard form
	@$(PY) -m ruff check --fix --exit-zero --quiet .
	@$(PY) -m ruff format .

coverage: install-dev browser ## Run the tests and say which lines none of them reaches
	@$(PY) -m pytest -n $(WORKERS) --cov --cov-report=term $(ARGS)

bench: install-dev ## Measure the portal beside the least code that says the same (SIZE=, ROWS=, DB=postgresql)
	@SIZE="$(SIZE)" ROWS="$(ROWS)" DB="$(DB)" $(PY) -m bench

messages: install ## Collect the interface strings for translators into messages.pot
	@.venv/bin/pybabel --quiet extract -F babel.cfg -k lazy -k _ -k ngettext:1,2 -o messages.pot .
	@echo "messages.pot is written; docs/translating.md says what to do with it"

screenshots: install-dev browser ## Take the README's screenshots
	@$(PY) scripts/screenshots.py

reset: ## Throw away the data of `make run` (asks first; YES=1 does not)
	@if [ "$(YES)" != 1 ]; then \
	  read -r -p "Delete instance/ and all data in it? [y/N] " answer || true; \
	  [ "$${answer:-}" = y ] || { echo "Nothing was deleted."; exit 1; }; \
	fi; \
	rm -rf instance; echo "instance/ is gone; make run starts afresh."

lock: .venv/uv-$(UV_VERSION) ## Write the lock files from *.in and package.json (ARGS=--upgrade for newer)
	@$(LOCK) $(ARGS) requirements.in --output-file requirements.txt
	@$(LOCK) $(ARGS) requirements-dev.in --output-file requirements-dev.txt
	@scripts/npm install --package-lock-only

clean: ## Remove what the commands installed and built, but no data
	@rm -rf .venv node_modules static/dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

install: .venv/runtime static/dist/manifest.json
install-dev: .venv/dev static/dist/manifest.json
browser:
	@scripts/chromium

.venv/uv-$(UV_VERSION):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Python 3.11 or newer is needed: make ... PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import pip, venv' 2>/dev/null || \
	  { echo "Python needs its modules pip and venv (Debian: apt-get install python3-pip python3-venv)" >&2; exit 1; }
	@$(PYTHON) -m venv --without-pip .venv
	@$(PYTHON) -m pip --python $(PY) install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

.venv/runtime: requirements.txt .venv/uv-$(UV_VERSION)
	@$(INSTALL) -r requirements.txt
	@touch $@

.venv/dev: requirements-dev.txt .venv/runtime
	@$(INSTALL) -r requirements-dev.txt
	@touch $@

node_modules/installed: package-lock.json .npmrc .venv/uv-$(UV_VERSION)
	@scripts/npm ci --no-audit --no-fund
	@touch $@

# The folders are listed with their files, so that a removed file counts as a change too.
static/dist/manifest.json: scripts/assets.py node_modules/installed $(shell find assets 2>/dev/null)
	@$(PY) scripts/assets.py
