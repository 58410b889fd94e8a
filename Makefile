# Frontdesk's front door. `make` alone lists the targets.
SHELL := /bin/bash
.DEFAULT_GOAL := help

PORT ?= 8000
SEED ?= 1
RUNS ?= 100
TOOLS := .tools
# uv from the PATH, or our own copy in .tools/ (made when it is missing).
UV := $(or $(shell command -v uv 2>/dev/null),$(TOOLS)/bin/uv)
# Python 3.10 for the engine: from the PATH, from pyenv, or fetched by uv.
PY310 ?= $(or $(shell python3.10 -c 'import sys; print(sys.executable)' 2>/dev/null),$(shell p=$$(pyenv prefix 3.10 2>/dev/null) && echo $$p/bin/python3.10),3.10)
SERVER := .venv/bin
ENGINE := .venv-engine/bin
export RASA_TELEMETRY_ENABLED := false
export TF_CPP_MIN_LOG_LEVEL := 2

PY_SERVER := bot/desk bot/store bot/server $(wildcard bot/*.py) bot/evaluation/latency.py
PY_ENGINE := --exclude 'bot/evaluation/latency.py' bot/assistant bot/evaluation actions sentiment knowledge_base
TESTS_SERVER := tests/unit/desk tests/unit/store tests/unit/server tests/unit/cli tests/unit/ops tests/integration
TESTS_ENGINE := tests/unit/desk tests/unit/knowledge_base tests/unit/sentiment tests/unit/assistant tests/unit/actions tests/unit/evaluation

.PHONY: help setup run train test check unit stories acceptance faults faults-short bench clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

setup: .venv/.stamp .venv-engine/.stamp  ## install both environments

run: setup  ## start everything on http://127.0.0.1:$(PORT) and print the addresses
	@$(SERVER)/bot serve --port $(PORT)

train: setup  ## train on the articles and put the result live, in a running Frontdesk too
	@$(SERVER)/bot train

test: setup  ## run all checks and tests
	$(MAKE) check
	$(MAKE) unit
	$(MAKE) stories
	$(MAKE) acceptance
	$(MAKE) faults-short
	@echo "All checks and tests passed."

check: setup .web/.stamp  ## lint, types, import directions, web checks
	$(SERVER)/ruff check .
	$(SERVER)/ruff format --check .
	$(SERVER)/mypy $(PY_SERVER)
	$(SERVER)/mypy --python-executable $(ENGINE)/python --python-version 3.10 $(PY_ENGINE)
	$(SERVER)/lint-imports
	npm run --silent check
	npm test --silent

unit: setup  ## unit and integration tests in both environments
	$(SERVER)/python -m pytest -n 2 $(TESTS_SERVER)
	$(ENGINE)/python -m pytest $(TESTS_ENGINE)

stories: setup  ## rasa's own end-to-end test stories
	$(ENGINE)/python -m pytest tests/stories

acceptance: setup .web/.stamp  ## real processes, real browser, the whole path
	$(SERVER)/python -m pytest tests/acceptance

faults-short: setup
	$(SERVER)/python -m pytest -n 2 tests/faults

faults: setup  ## the long kill and cut campaign (SEED=n RUNS=n)
	FRONTDESK_FAULT_SEED=$(SEED) FRONTDESK_FAULT_RUNS=$(RUNS) $(SERVER)/python -m pytest tests/faults

bench: setup  ## measure speed, memory and quality (DATA=folder adds the benchmark sets)
	$(SERVER)/bot bench $(if $(DATA),--data $(DATA)) $(if $(ENCODERS),--encoders $(ENCODERS))
	$(SERVER)/python -m bot.evaluation.latency

clean:  ## remove environments, caches, models and run-time data
	rm -rf .venv .venv-engine $(TOOLS) .web node_modules models data .rasa results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.stamp: pyproject.toml uv.lock | uv
	UV_PROJECT_ENVIRONMENT=.venv $(UV) sync --locked --quiet --group server --group dev --python '>=3.11,<3.14'
	@touch $@

.venv-engine/.stamp: pyproject.toml uv.lock | uv
	UV_PROJECT_ENVIRONMENT=.venv-engine $(UV) sync --locked --quiet --group engine --group test --compile-bytecode --python $(PY310)
	@touch $@

.web/.stamp: package.json package-lock.json
	npm ci --silent --no-audit --no-fund
	@mkdir -p .web && touch $@

.PHONY: uv
uv:
	@command -v $(UV) >/dev/null || { echo "Bringing uv into $(TOOLS)/"; python3 -m venv $(TOOLS) && $(TOOLS)/bin/python -m pip install --quiet uv; }
