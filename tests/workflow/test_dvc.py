"""The same workflow through DVC: ``dvc repro`` in a git clone does the whole job, once."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree, rmtree

import pytest

import media
from rerun_table import FROM_TRAINING, jobs_run
from workflow.conftest import SMALL
from workflow.projects import checkout, commit, run


@pytest.fixture(scope="module")
def clone(tmp_path_factory) -> Path:
    """A small project on which ``dvc repro`` has run."""
    folder = tmp_path_factory.mktemp("clone")
    checkout(folder, SMALL)
    done = run("dvc", "repro", cwd=folder)
    assert done.returncode == 0, done.stdout
    return folder


def test_it_makes_everything_that_snakemake_makes(clone):
    assert (clone / "results/report/index.html").is_file()
    again = run("snakemake", "--cores=2", "--dry-run", cwd=clone)
    assert "Nothing to be done" in again.stdout


def test_it_only_plans_the_second_time(clone):
    done = run("dvc", "repro", cwd=clone)
    assert done.stdout.count("Running stage") == 1
    assert "Running stage 'plan'" in done.stdout
    assert not jobs_run(done.stdout)


def test_an_experiment_shows_what_was_changed_and_what_it_did(clone, tmp_path):
    folder = copytree(clone, tmp_path / "project")
    commit(folder, "first")
    done = run("dvc", "exp", "run", "--set-param", "config.yaml:train.seed=1", cwd=folder)
    assert done.returncode == 0, done.stdout
    assert jobs_run(done.stdout) == FROM_TRAINING

    def shown(*command: str) -> str:
        result = run("dvc", *command, cwd=folder)
        assert result.returncode == 0, result.stdout
        return result.stdout

    assert "video.auc" in shown("metrics", "show")
    assert "video.log_loss" in shown("metrics", "diff")
    changed = shown("params", "diff")
    assert "train.seed" in changed and "train.batch_size" not in changed
    assert "train.seed" in shown("exp", "show", "--only-changed", "--csv")
    dag = shown("dag", "--mermaid")
    assert "train" in dag and "plan" in dag
    shown("plots", "diff", "--out", "curves")
    page = (folder / "curves/index.html").read_text()
    assert "ROC" in page and "workspace" in page


def test_plots_can_be_shown(clone):
    done = run("dvc", "plots", "show", "--out", "shown", cwd=clone)
    assert done.returncode == 0, done.stdout
    page = (clone / "shown/index.html").read_text()
    for title in ("ROC", "Precision and recall", "Loss", "Confusion", "Scores"):
        assert title in page
    rmtree(clone / "shown")


def test_only_what_may_be_versioned_with_git_is_left_to_git(clone):
    listed = run("git", "status", "--porcelain", "--untracked-files=all", cwd=clone).stdout
    names = {line[3:] for line in listed.splitlines()}
    assert names <= {"dvc.lock", "results/metrics.json"}
    assert "results/metrics.json" in names


def test_own_videos_are_versioned_and_worked_on_one_by_one(tmp_path):
    checkout(tmp_path, {"datasets": [{"name": "mine", "kind": "folders", "root": "data/mine"}]})
    for name in ("real/a", "fake/b"):
        (tmp_path / "data/mine" / name).parent.mkdir(parents=True)
        media.portrait_clip(tmp_path / f"data/mine/{name}.mp4", frames=5)
    added = run("dvc", "add", "data/mine", cwd=tmp_path)
    assert added.returncode == 0, added.stdout
    listed = run("git", "status", "--porcelain", "--untracked-files=all", cwd=tmp_path).stdout
    assert "data/mine.dvc" in listed
    assert ".mp4" not in listed
    done = run("dvc", "repro", "faces", cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    made = (tmp_path / "results/faces/real-a.json").stat().st_mtime_ns
    media.portrait_clip(tmp_path / "data/mine/fake/c.mp4", who="collins", frames=5)
    again = run("dvc", "repro", "faces", cwd=tmp_path)
    assert again.returncode == 0, again.stdout
    assert (tmp_path / "results/faces/fake-c.json").is_file()
    assert (tmp_path / "results/faces/real-a.json").stat().st_mtime_ns == made
