# make run: the whole pipeline with config.yaml. make test: all tests. Both set up what they need.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
JAX := $(CURDIR)/$(VENV)/jax
export PATH := $(CURDIR)/$(BIN):$(PATH)

.DEFAULT_GOAL := help

# What else it needs is in .venv; not even Keras finds it there unless it is asked to.
$(JAX): $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --upgrade \
		--target $@ 'jax>=0.10,<0.11' 'jaxlib>=0.10,<0.11'
	@touch $@

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 …"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

.PHONY: help install run sync record test coverage test-browser test-backbones test-docs test-jax test-reruns test-odd-clips test-notebook notebook bench lint format lock generate clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(READY) ## make .venv with the pinned requirements

run: $(READY) ## run the pipeline with config.yaml
	$(BIN)/snakemake --cores all

sync: $(READY) ## get data and results of this commit from DVC, and check that they belong to it
	$(BIN)/unmask sync

record: $(READY) ## run what has to be run, and record data, results and settings with DVC
	$(BIN)/snakemake --cores all
	@mkdir -p data/demo results/cropped
	$(BIN)/unmask prune data/demo results/frames results/detections results/faces results/cropped
	$(BIN)/dvc commit --force

test: $(READY) ## run all tests
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

coverage: $(READY) ## run all tests and list the lines that none of them reaches (slower)
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder --cov --cov-report=term-missing:skip-covered

test-reruns: $(READY) ## try every row of docs/reruns.md with both tools, and kill runs (long)
	$(BIN)/python -m pytest -n 2 tests/reruns

test-backbones: $(READY) ## build, train, save and load every backbone (long)
	$(BIN)/python -m pytest tests/backbones

test-jax: $(READY) $(JAX) ## train with Keras on JAX
	KERAS_BACKEND=jax PYTHONPATH=$(JAX) $(BIN)/python -m pytest tests/on_jax

test-docs: $(READY) ## type the commands of README.md and docs/ as they stand there (long)
	$(BIN)/python -m pytest tests/docs

test-browser: $(READY) ## open the pages in Chromium: errors, accessibility, keyboard, phone
	$(BIN)/python -m pytest tests/browser

test-notebook: $(READY) ## run the walkthrough from top to bottom, and check what came out
	$(BIN)/python -m pytest tests/notebook

test-odd-clips: $(READY) ## compare 240 odd clips with what ffmpeg shows of them (needs ffmpeg; ten minutes)
	$(BIN)/python -m pytest tests/odd_clips

notebook: $(READY) ## run the walkthrough and write docs/walkthrough.md with its pictures
	$(BIN)/python scripts/walkthrough.py

bench: $(READY) ## measure detectors, stages, planning, training, the report (CLIPS=… for your own videos)
	$(BIN)/python benchmarks/detectors.py $(CLIPS) --markdown benchmarks/results/detectors.md
	$(BIN)/python benchmarks/stages.py $(CLIPS) --markdown benchmarks/results/stages.md \
		--picture docs/images/stages.png
	$(BIN)/python benchmarks/scaling.py $(CLIPS) --markdown benchmarks/results/scaling.md
	$(BIN)/python benchmarks/planning.py --markdown benchmarks/results/planning.md
	$(BIN)/python benchmarks/training.py $(CROPS) --markdown benchmarks/results/training.md
	$(BIN)/python benchmarks/report.py --markdown benchmarks/results/report.md

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

generate: $(READY) ## write dvc.yaml, settings in docs/ and envs/ anew from the code
	$(BIN)/python scripts/generate.py
