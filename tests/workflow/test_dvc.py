"""The same workflow through DVC: ``dvc repro`` in a git clone does the whole job, once."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

import media
from workflow.conftest import REPOSITORY, SMALL, run


def checkout(folder: Path, settings: dict) -> None:
    """The checkout's files in a git repository of their own, with settings laid over."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    for name in listed:
        if (REPOSITORY / name).is_file() and name != "dvc.lock":
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(REPOSITORY / name, folder / name)
    config = yaml.safe_load((folder / "config.yaml").read_text())
    for section, values in settings.items():
        if isinstance(values, dict):
            config[section] |= values
        else:
            config[section] = values
    (folder / "config.yaml").write_text(yaml.safe_dump(config))
    run("git", "init", "--quiet", cwd=folder)
    commit(folder, "start")


@pytest.fixture(scope="module")
def clone(tmp_path_factory) -> Path:
    """A small project on which ``dvc repro`` has run."""
    folder = tmp_path_factory.mktemp("clone")
    checkout(folder, SMALL)
    done = run("dvc", "repro", cwd=folder)
    assert done.returncode == 0, done.stdout
    return folder


def commit(folder: Path, message: str) -> None:
    run("git", "add", "--all", cwd=folder)
    done = run("git", "commit", "--quiet", "--message", message, cwd=folder)
    assert done.returncode == 0, done.stdout


def test_it_makes_everything_that_snakemake_makes(clone):
    assert (clone / "results/report/index.html").is_file()
    again = run("snakemake", "--cores=2", "--dry-run", cwd=clone)
    assert "Nothing to be done" in again.stdout


def test_it_does_nothing_the_second_time(clone):
    done = run("dvc", "repro", cwd=clone)
    assert "Running stage" not in done.stdout
    assert "up to date" in done.stdout


def test_metrics_and_params_can_be_shown(clone):
    assert "video.auc" in run("dvc", "metrics", "show", cwd=clone).stdout


def test_plots_can_be_shown(clone):
    done = run("dvc", "plots", "show", "--out", "shown", cwd=clone)
    assert done.returncode == 0, done.stdout
    page = (clone / "shown/index.html").read_text()
    for title in ("ROC", "Precision and recall", "Loss", "Confusion", "Scores"):
        assert title in page
    shutil.rmtree(clone / "shown")


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
