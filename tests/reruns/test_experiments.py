"""DVC experiments: in the workspace, in a folder of their own, and from the queue."""

from __future__ import annotations

import re

import pytest

from commands import run
from projects import copy
from rerun_table import FROM_TRAINING, jobs_run

pytestmark = pytest.mark.long

FROM_CROPS = FROM_TRAINING | {
    "crop_faces": 10,
    "explore": 1,
    "quarantine": 1,
    "accept": 1,
    "dataset": 1,
}


@pytest.mark.parametrize(
    ("setting", "expected"), [("train.epochs=2", FROM_TRAINING), ("crop.scale=1.5", FROM_CROPS)]
)
@pytest.mark.parametrize("how", [(), ("--temp",)], ids=["workspace", "temp"])
def test_an_experiment_runs_what_its_setting_changes(recorded, tmp_path, setting, expected, how):
    folder = copy(recorded, tmp_path / "project")
    done = run("dvc", "exp", "run", "--set-param", f"config.yaml:{setting}", *how, cwd=folder)
    assert done.returncode == 0, done.stdout
    assert jobs_run(done.stdout) == expected


def test_queued_experiments_run_and_can_be_compared(recorded, tmp_path):
    folder = copy(recorded, tmp_path / "project")
    for epochs in (2, 3):
        queued = run(
            *("dvc", "exp", "run", "--queue", "--name", f"epochs-{epochs}"),
            *("--set-param", f"config.yaml:train.epochs={epochs}"),
            cwd=folder,
        )
        assert queued.returncode == 0, queued.stdout
    done = run("dvc", "exp", "run", "--run-all", cwd=folder)
    assert done.returncode == 0, done.stdout
    for epochs in (2, 3):
        logs = run("dvc", "queue", "logs", f"epochs-{epochs}", cwd=folder).stdout
        assert jobs_run(logs) == FROM_TRAINING, logs
    shown = run("dvc", "exp", "show", "--csv", cwd=folder).stdout
    assert "epochs-2" in shown and "epochs-3" in shown
    header, *_ = shown.splitlines()
    assert re.search(r"\bvideo\.auc\b", header)
    assert "train.epochs" in header


def test_an_edited_module_reaches_an_experiment_in_a_folder_of_its_own(recorded, tmp_path):
    folder = copy(recorded, tmp_path / "project")
    with (folder / "src/unmask/evaluation/intervals.py").open("a") as module:
        module.write("\n")
    done = run("dvc", "exp", "run", "--temp", cwd=folder)
    assert done.returncode == 0, done.stdout
    assert jobs_run(done.stdout) == dict.fromkeys(("metrics", "plots", "report"), 1)
