# `make` alone prints this help.
SHELL := /bin/bash
PORT ?= 8000
HOST ?= 127.0.0.1
VENV := .venv
PYTHON := $(VENV)/bin/python
MANAGE := $(PYTHON) manage.py
# The first interpreter that really starts and is new enough (a version manager's shim may be there and refuse).
FIND_PYTHON := for p in python3.13 python3.14 python3.12 python3 python; do \
	  if $$p -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; then echo $$p; exit 0; fi; \
	done; echo "Python 3.12 or newer is needed." >&2; exit 1

.PHONY: help run dev test bench reads pictures check setup messages compilemessages lock clean

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 24

run: $(VENV)/ready ## set everything up and serve the portal with demo content (PORT=8000)
	@PORT=$(PORT) HOST=$(HOST) $(PYTHON) deploy/run.py

dev: $(VENV)/ready ## the same with the debugger and reloading
	@DEBUG=1 $(MANAGE) demo && DEBUG=1 SITE_URL=http://$(HOST):$(PORT) $(MANAGE) runserver $(HOST):$(PORT)

test: $(VENV)/ready-dev ## all tests; REQUIRE=postgres,browser,redis makes their absence a failure
	@$(PYTHON) tests/run.py $(ARGS)

check: $(VENV)/ready-dev ## linters, missing migrations and translations, production settings
	@$(PYTHON) tests/check.py

bench: $(VENV)/ready ## how pages behave with 1,000 and with 100,000 articles, as ratios (takes minutes)
	@$(PYTHON) bench/run.py $(ARGS)

reads: $(VENV)/ready ## how many reads a second a server counts, and what pages feel of it
	@$(PYTHON) bench/reads.py $(ARGS)

pictures: $(VENV)/ready-dev ## make the pictures of docs/editors*.md again (needs Chromium)
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
	  DATA_DIR=$$folder TEST_DATABASE_NAME=$$folder/pictures.sqlite3 $(PYTHON) -m pytest -q -n0 -m browser tests/browser/pictures.py

setup: $(VENV)/ready-dev ## only install

messages: $(VENV)/ready-dev ## collect texts to translate into locale/ (needs gettext)
	$(MANAGE) makemessages -l ru -l zh_Hans --no-obsolete --no-wrap --add-location=file -i .venv -i tests -i var
	$(MANAGE) makemessages -d djangojs -l ru -l zh_Hans --no-obsolete --no-wrap --add-location=file -i .venv -i tests -i var

compilemessages: $(VENV)/ready-dev ## compile locale/ (needs gettext)
	$(MANAGE) compilemessages -i .venv

lock: $(VENV)/ready-dev ## lock the dependencies of pyproject.toml, with hashes
	$(PYTHON) -m pip install -q uv
	$(PYTHON) -m uv pip compile -q --universal --generate-hashes --no-header --no-annotate --python-version 3.12 pyproject.toml -o requirements/base.txt > /dev/null
	$(PYTHON) -m uv pip compile -q --universal --generate-hashes --no-header --no-annotate --python-version 3.12 pyproject.toml --group dev -c requirements/base.txt -o requirements/dev.txt > /dev/null

clean: ## remove the environment and the demo's data
	rm -rf $(VENV) var

$(VENV)/bin/python:
	@python=$$($(FIND_PYTHON)) && $$python -m venv $(VENV)

$(VENV)/ready: $(VENV)/bin/python requirements/base.txt
	@echo "Installing the portal's packages ..."
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/base.txt
	@touch $@

$(VENV)/ready-dev: $(VENV)/ready requirements/dev.txt
	@echo "Installing the packages for tests ..."
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/dev.txt
	@touch $@
