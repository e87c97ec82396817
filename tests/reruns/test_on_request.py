"""What is made on request: old when the law says so, made again when asked for, left by DVC."""

from __future__ import annotations

from pathlib import Path

import pytest

from commands import call, run
from projects import contents, copy
from rerun_changes import make_change
from rerun_table import expected_jobs, jobs_run, law, planned_jobs

pytestmark = pytest.mark.long

ROWS = law("On request")
STAGES = ("verdicts", "onnx", "tflite")
TARGETS = ("verdicts", "exports")


def planned(folder: Path, *targets: str):
    done = call("snakemake", "--cores=2", "--dry-run", *targets, cwd=folder)
    assert done.returncode == 0, done.stdout
    return planned_jobs(done.stdout)


@pytest.fixture(scope="module")
def asked(recorded, tmp_path_factory) -> Path:
    """The project in which everything was asked for once."""
    folder = copy(recorded, tmp_path_factory.mktemp("asked") / "project")
    done = run("snakemake", "--cores=2", *TARGETS, cwd=folder)
    assert done.returncode == 0, done.stdout
    assert jobs_run(done.stdout) == dict.fromkeys(STAGES, 1)
    return folder


@pytest.mark.parametrize("row", ROWS)
def test_it_is_made_again_when_it_is_asked_for(asked, tmp_path, row):
    folder = copy(asked, tmp_path / "a copy")
    make_change(folder, row)
    jobs = planned(folder, *TARGETS)
    assert {rule: n for rule, n in jobs.items() if rule in STAGES} == expected_jobs(ROWS[row])
    assert not set(planned(folder)) & set(STAGES), "not by default"


def test_dvc_leaves_it_alone(asked, tmp_path):
    folder = copy(asked, tmp_path / "project")
    before = contents(folder)
    assert not jobs_run(run("dvc", "repro", cwd=folder).stdout)
    assert contents(folder) == before
    assert not planned(folder, "all", *TARGETS)
    done = run("unmask", "sync", cwd=folder)
    assert done.returncode == 0, done.stdout


def test_after_another_training_by_dvc_it_is_old_and_then_made_of_the_new_model(asked, tmp_path):
    folder = copy(asked, tmp_path / "project")
    old = (folder / "results/model/model.onnx").read_bytes()
    make_change(folder, "train.seed")
    assert jobs_run(run("dvc", "repro", cwd=folder).stdout)["train"] == 1
    assert (folder / "results/model/model.onnx").read_bytes() == old
    assert run("unmask", "sync", cwd=folder).returncode == 0, "it is not part of what is recorded"
    assert planned(folder, *TARGETS) == dict.fromkeys(STAGES, 1)
    assert run("snakemake", "--cores=2", *TARGETS, cwd=folder).returncode == 0
    assert (folder / "results/model/model.onnx").read_bytes() != old
    assert not planned(folder, "all", *TARGETS)
