# make run: the whole pipeline with config.yaml. make test: the tests. Both set up what they need.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
READY_DEV := $(READY)-dev
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# Builds for NVIDIA's GPUs where there is one; GPU= (empty) for the others all the same.
GPU ?= $(shell command -v nvidia-smi)
TENSORFLOW = $(shell sed -n 's/^tensorflow-cpu==\([0-9.]*\).*/\1/p' requirements.lock)
SIZE := 2.5 GB$(if $(GPU), and CUDA)
PYTEST := $(BIN)/python -m pytest
JAX := $(VENV)/jax
export PATH := $(CURDIR)/$(BIN):$(PATH)

.DEFAULT_GOAL := help

# What else it needs is in .venv; not even Keras finds it there unless it is asked to.
$(JAX): $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --upgrade \
		--target $@ 'jax>=0.10,<0.11' 'jaxlib>=0.10,<0.11'
	@touch $@

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
		|| { echo "Python 3.11, 3.12 or 3.13 is needed: make PYTHON=python3.12 …"; exit 1; }
	@echo "installing into $(VENV): about $(SIZE), some minutes"
	$(PYTHON) -m venv $(VENV)
	$(PIP) -r requirements.lock
	$(PIP) --no-deps --editable .
ifneq ($(strip $(GPU)),)
	$(BIN)/python -m pip uninstall --quiet --yes tensorflow-cpu onnxruntime
	$(PIP) --editable '.[gpu]' "tensorflow[and-cuda]==$(TENSORFLOW)"
endif
	@touch $@

$(READY_DEV): requirements-dev.lock $(READY)
	$(PIP) -r requirements-dev.lock
	@touch $@

.PHONY: help install run sync record test coverage test-all test-long test-kills test-browser test-backbones test-docs test-jax test-odd-clips test-hostile test-slurm test-notebook test-mutations notebook detector bench lint format lock check-platforms generate clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(READY) ## make .venv with what running needs, pinned

run: $(READY) ## run the pipeline with config.yaml
	$(BIN)/snakemake --cores all

sync: $(READY) ## get data and results of this commit from DVC, and check that they belong to it
	$(BIN)/unmask sync

record: $(READY) ## run what has to be run, and record data, results and settings with DVC
	$(BIN)/snakemake --cores all
	@mkdir -p data/demo results/cropped
	$(BIN)/unmask prune data/demo results/frames results/detections results/faces results/cropped
	$(BIN)/dvc commit --force

test: $(READY_DEV) ## run the tests: everything that a user relies on, at least once for real (minutes)
	$(PYTEST) -n 2 --dist worksteal $(ARGS)

coverage: $(READY_DEV) ## the same, and list the lines that no test reaches (slower)
	$(PYTEST) -n 2 --dist worksteal --cov --cov-report=term-missing:skip-covered $(ARGS)

test-all: test test-long test-docs test-notebook test-browser test-jax test-backbones test-odd-clips test-hostile test-slurm ## all tests, as before a release (hours)

test-long: $(READY_DEV) ## what `make test` leaves out: every row of docs/reruns.md, runs, kills, slow networks
	$(PYTEST) -n 2 --dist worksteal --long -m long $(ARGS)

test-kills: $(READY_DEV) ## end a hundred runs at random moments, and see that the next shows nothing of it (hours)
	KILLS=100 $(PYTEST) -n 2 --dist worksteal --long tests/reruns/test_kills.py $(ARGS)

test-backbones: $(READY_DEV) ## build, train, save and load every backbone (long)
	$(PYTEST) tests/backbones $(ARGS)

test-jax: $(READY_DEV) $(JAX) ## train with Keras on JAX
	KERAS_BACKEND=jax PYTHONPATH='$(CURDIR)/$(JAX)' $(PYTEST) tests/on_jax $(ARGS)

test-docs: $(READY_DEV) ## type the commands of README.md and docs/ as they stand there (long)
	$(PYTEST) $(or $(ARGS),tests/docs)

test-browser: $(READY_DEV) ## open the pages in Chromium: errors, accessibility, keyboard, phone
	$(PYTEST) tests/browser $(ARGS)

test-notebook: $(READY_DEV) ## run the walkthrough from top to bottom, and check what came out
	$(PYTEST) tests/notebook $(ARGS)

test-mutations: $(READY_DEV) ## break the code in forty ways, and see that a test notices each (half an hour)
	$(BIN)/python tests/mutations.py $(ARGS)

test-odd-clips: $(READY_DEV) ## compare 240 odd clips with what ffmpeg shows of them (needs ffmpeg; ten minutes)
	$(PYTEST) tests/odd_clips $(ARGS)

test-slurm: $(READY_DEV) ## run jobs on a real Slurm of one node (needs root, slurm-wlm, munge; an hour)
	$(PYTEST) tests/slurm $(ARGS)

test-hostile: $(READY_DEV) ## try hundreds of hostile inputs, and write what became of them (ten minutes)
	$(PYTEST) tests/hostile $(ARGS)

notebook: $(READY_DEV) ## run the walkthrough and write docs/walkthrough.md with its pictures
	$(BIN)/python scripts/walkthrough.py

detector: $(READY) ## train the detector that ships with unmask anew (long; presets/detector.yaml names its crops)
	$(BIN)/python scripts/dfdc_crops.py data/dfdc-crops
	mkdir -p results/detector
	$(BIN)/snakemake --cores all train --configfile presets/detector.yaml
	cp results/model/model.keras results/detector/1.keras
	$(BIN)/snakemake --cores all train --configfile presets/detector.yaml presets/detector_2.yaml
	cp results/model/model.keras results/detector/2.keras
	$(BIN)/snakemake --cores all train --configfile presets/detector.yaml presets/elsewhere.yaml
	$(BIN)/python scripts/ship_detector.py results/detector/2.keras --start results/detector/1.keras \
		--share 0.6 --beside results/model/model.keras

bench: $(READY_DEV) ## measure detectors, stages, planning, training, the report (CLIPS=… for your own videos)
	$(BIN)/python benchmarks/detectors.py $(CLIPS) --markdown benchmarks/results/detectors.md
	$(BIN)/python benchmarks/stages.py $(CLIPS) --markdown benchmarks/results/stages.md \
		--picture docs/images/stages.png
	$(BIN)/python benchmarks/scaling.py $(CLIPS) --markdown benchmarks/results/scaling.md
	$(BIN)/python benchmarks/planning.py --markdown benchmarks/results/planning.md
	$(BIN)/python benchmarks/training.py $(CROPS) --markdown benchmarks/results/training.md
	$(BIN)/python benchmarks/report.py --markdown benchmarks/results/report.md

lint: $(READY_DEV) ## check style and types: ruff, snakefmt, snakemake --lint, mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/snakefmt --check Snakefile rules
	$(BIN)/snakemake --lint
	$(BIN)/mypy

format: $(READY_DEV) ## bring the code into shape: ruff, snakefmt
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/snakefmt Snakefile rules

lock: $(READY_DEV) ## write requirements.lock and requirements-dev.lock from what is installed
	$(BIN)/python scripts/lock.py
	$(BIN)/python scripts/licenses.py

check-platforms: $(READY_DEV) ## ask pip whether both can be installed on each system that is supported
	$(BIN)/python scripts/check_platforms.py

clean: ## delete results, logs and the filmed demo (not your own data)
	rm -rf results logs data/demo .snakemake

generate: $(READY_DEV) ## write dvc.yaml, settings in docs/ and envs/ anew from the code
	$(BIN)/python scripts/generate.py
