# Every command runs in the project's folder and names files relative to it, so that the folder's path may hold spaces;
# programs are started as modules, because the first line of an installed script cannot name such a path.

.DEFAULT_GOAL := help
.PHONY: help run test lint contract bench docs requirements install install-dev

TRY = import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for name in python3.13 python3.12 python3.11 python3; do \
	if $$name -c '$(TRY)' >/dev/null 2>&1; then echo $$name; break; fi; done)
IN_VENV = .venv/bin/python
PIN = CUSTOM_COMPILE_COMMAND='make requirements' $(IN_VENV) -m piptools compile --quiet --upgrade --strip-extras \
	--annotation-style=line --allow-unsafe --no-config --no-emit-options \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links

help: ## List what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r target about; do \
		printf '  %-14s %s\n' "$$target" "$$about"; done

run: .venv/installed ## Start the service: database, web server and worker
	@$(IN_VENV) manage.py run

test: .venv/installed-dev ## Run the tests
	@$(IN_VENV) -m pytest -n auto --dist worksteal

lint: .venv/installed-dev ## Check style, types and the direction of imports
	@$(IN_VENV) -m ruff check .
	@$(IN_VENV) -m ruff format --check .
	@$(IN_VENV) -m mypy
	@$(IN_VENV) -c 'import sys; from importlinter.cli import lint_imports_command as lint; sys.exit(lint())'

contract: .venv/installed-dev ## Compare the running service with its API description
	@$(IN_VENV) -m tests.hooks.contract

bench: .venv/installed-dev ## Measure speed against the raw limit
	@$(IN_VENV) -m bench

docs: .venv/installed ## Write the parts of the documentation that are generated
	@$(IN_VENV) manage.py routes --write docs/api/routes.txt

requirements: .venv/bin/python ## Pin the newest packages that requirements/*.in allow
	@$(IN_VENV) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || { \
		echo "Pins are made with Python 3.11, so that every later one takes them too: move .venv away and name it with PYTHON=." >&2; exit 1; }
	@$(IN_VENV) -m pip install --quiet --disable-pip-version-check pip-tools
	$(PIN) --output-file=requirements.txt requirements/base.in
	$(PIN) --output-file=requirements/dev.txt --constraint=requirements.txt requirements/dev.in

install: .venv/installed ## Install what the service needs into .venv

install-dev: .venv/installed-dev ## Install what development and testing need into .venv

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or newer with its venv module was found: install one, or name it with PYTHON=." >&2; exit 1; }
	@echo "Making .venv with $(PYTHON)."
	@"$(PYTHON)" -m venv .venv

.venv/installed: requirements.txt | .venv/bin/python
	@echo "Installing the packages of requirements.txt."
	@$(IN_VENV) -m pip install --quiet --disable-pip-version-check --requirement requirements.txt
	@touch $@

.venv/installed-dev: requirements/dev.txt .venv/installed
	@echo "Installing the packages of requirements/dev.txt."
	@$(IN_VENV) -m pip install --quiet --disable-pip-version-check --requirement requirements/dev.txt
	@touch $@
