"""Repeated trainings: what is shared is made once, and each is the run that one does by hand."""

from __future__ import annotations

import csv
import json
from collections import Counter
from statistics import mean, stdev

import pytest

from projects import SMALL, copy, snakemake_in
from rerun_table import jobs_run, planned_jobs

FOLDS, SEEDS = 5, 3
AGAIN = ("manifest", "quarantine", "dataset", "train", "score", "metrics")
WANTED = SMALL | {"repeats": {"folds": FOLDS, "seeds": SEEDS}}
SHARED = {"film_demo": 1, "extract_frames": 10, "detect_faces": 10, "crop_faces": 10}


def test_frames_detections_and_crops_are_to_be_made_once(tmp_path):
    shown = snakemake_in(tmp_path / "run", WANTED)("--dry-run", "repeats")
    jobs = planned_jobs(shown.stdout)
    assert SHARED.items() <= jobs.items()
    assert {name: jobs[f"repeat_{name}"] for name in AGAIN} == dict.fromkeys(AGAIN, FOLDS * SEEDS)
    assert jobs["repeats"] == 1 and "train" not in jobs


def test_without_anything_to_repeat_it_is_told_what_to_write(tmp_path):
    shown = snakemake_in(tmp_path / "run")("--dry-run", "repeats")
    assert shown.returncode != 0
    assert "nothing to repeat" in shown.stdout and "seeds: 3" in shown.stdout


@pytest.mark.long
def test_the_table_is_that_of_the_single_runs(finished, tmp_path):
    folder = copy(finished, tmp_path / "run")
    done = snakemake_in(folder, WANTED)("repeats")
    assert done.returncode == 0, done.stdout
    jobs = jobs_run(done.stdout)
    assert not Counter(SHARED).keys() & jobs.keys(), "they are there"
    assert jobs["repeat_train"] == FOLDS * SEEDS
    with (folder / "results/repeats.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["part"] == "all test videos"]
    names = [f"fold{fold}-seed{seed}" for fold in range(FOLDS) for seed in range(SEEDS)]
    assert [row["repeat"] for row in rows[: len(names)]] == names
    by_hand = []
    for name in names:
        metrics = json.loads((folder / f"results/repeats/{name}/metrics.json").read_text())
        by_hand.append(metrics["video"]["auc"])
    told = {row["repeat"]: row["auc"] for row in rows}
    known = [auc for auc in by_hand if auc is not None]
    assert float(told["mean"]) == pytest.approx(mean(known), abs=1e-9)
    assert float(told["standard deviation"]) == pytest.approx(stdev(known), abs=1e-9)
    assert (float(told["minimum"]), float(told["maximum"])) == (min(known), max(known))
    alone = copy(finished, tmp_path / "alone")
    settings = SMALL | {"split": {"folds": FOLDS, "fold": 2}}
    settings |= {"train": {**SMALL["train"], "seed": 1}}
    done = snakemake_in(alone, settings)("results/metrics.json")
    assert done.returncode == 0, done.stdout
    repeat = folder / "results/repeats/fold2-seed1"
    for file in ("model/model.keras", "predictions/videos.csv", "metrics.json"):
        assert (alone / "results" / file).read_bytes() == (repeat / file).read_bytes(), file
    again = snakemake_in(folder, WANTED)("repeats")
    assert "Nothing to be done" in again.stdout
