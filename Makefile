# Two commands do everything a newcomer needs: `make run` and `make test`.
.DEFAULT_GOAL := help
.PHONY: help run test test-django6 check format frontend bench docs setup clean

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
UV_VERSION := 0.9.30
VENV := .venv
PY := $(VENV)/bin/python
UV := UV_PROJECT_ENVIRONMENT=$(VENV) UV_PYTHON_DOWNLOADS=never $(VENV)/bin/uv

help:  ## Show this list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-14s %s\n", $$1, $$2}'

$(VENV)/bin/uv:
	@test -n "$(PYTHON)" || { echo "FlowStudio needs Python 3.11 or newer; none was found."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing: on Debian, apt install python3-venv."; exit 1; }
	@$(PY) -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

$(VENV)/.run: uv.lock $(VENV)/bin/uv
	@$(UV) sync --quiet --locked --inexact --no-default-groups
	@touch $@

$(VENV)/.dev: uv.lock $(VENV)/bin/uv
	@$(UV) sync --quiet --locked --inexact
	@touch $@ $(VENV)/.run

setup: $(VENV)/.dev  ## Make .venv with the locked dependencies, tools included

run: $(VENV)/.run  ## Serve the studio at http://127.0.0.1:8000 (set up on the first start)
	@$(PY) manage.py studio

test: $(VENV)/.dev  ## Run every Python test, the browser's included
	@FLOWSTUDIO_CHROMIUM="$$(scripts/chromium)" $(PY) -m pytest $(ARGS)

test-django6: $(VENV)/bin/uv  ## Run the tests without the browser on Django 6, where a Python >= 3.12 exists
	@scripts/test-django6

check: $(VENV)/.dev frontend/node_modules/.package-lock.json  ## Check format, lint, types, documents and the front end
	@$(PY) -m ruff format --check .
	@$(PY) -m ruff check .
	@$(PY) -m mypy
	@$(PY) manage.py makemigrations --check --dry-run
	@$(PY) manage.py plugin_docs --check
	@$(PY) manage.py openapi --check
	@scripts/npm run --silent check

format: $(VENV)/.dev frontend/node_modules/.package-lock.json  ## Format and mend what a tool can mend
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix .
	@scripts/npm run --silent format

frontend/node_modules/.package-lock.json: frontend/package-lock.json $(VENV)/.dev
	@scripts/npm ci --no-fund --no-audit
	@touch $@

frontend: frontend/node_modules/.package-lock.json  ## Build the canvas bundle into static/flowstudio
	@scripts/npm run --silent build

docs: $(VENV)/.dev  ## Write the documents that are made from the code
	@$(PY) manage.py plugin_docs
	@$(PY) manage.py openapi

bench: $(VENV)/.dev  ## Measure beside the peers and write docs/performance.md (ARGS=engine: one part)
	@$(PY) -m bench $(ARGS)

clean:  ## Remove the environment, the front end's modules and caches; data in var/ stays
	rm -rf $(VENV) frontend/node_modules .pytest_cache .mypy_cache .ruff_cache .hypothesis
