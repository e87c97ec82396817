# make run: the whole pipeline with config.yaml. make test: all tests. Both set up what they need.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
export PATH := $(CURDIR)/$(BIN):$(PATH)

.DEFAULT_GOAL := help

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 …"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

.PHONY: help install run test lint format lock generate clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(READY) ## make .venv with the pinned requirements

run: $(READY) ## run the pipeline with config.yaml
	$(BIN)/snakemake --cores all

test: $(READY) ## run all tests, with line coverage
	$(BIN)/python -m pytest --cov --cov-report=term:skip-covered

lint: $(READY) ## check style: ruff, snakefmt, snakemake --lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/snakefmt --check Snakefile rules
	$(BIN)/snakemake --lint

format: $(READY) ## bring the code into shape: ruff, snakefmt
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/snakefmt Snakefile rules

lock: $(READY) ## write requirements.lock from what is installed
	$(BIN)/python -m pip freeze --exclude-editable > requirements.lock

clean: ## delete results, logs and the filmed demo (not your own data)
	rm -rf results logs data/demo .snakemake

generate: $(READY) ## write dvc.yaml, the settings schema and envs/ anew from the code
	$(BIN)/python scripts/generate.py
