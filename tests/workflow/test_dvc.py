"""The same workflow through DVC: ``dvc repro`` in a git clone does the whole job, once."""

from __future__ import annotations

from shutil import rmtree

import pytest

from commands import call, run
from projects import contents, copy, succeed
from rerun_changes import add_video
from rerun_table import jobs_run


def test_what_snakemake_made_and_dvc_recorded_is_done_for_both(recorded, tmp_path):
    folder = copy(recorded, tmp_path / "project")
    done = run("dvc", "repro", cwd=folder)
    assert done.stdout.count("Running stage") == 1
    assert "Running stage 'plan'" in done.stdout
    assert not jobs_run(done.stdout)
    again = call("snakemake", "--cores=2", "--dry-run", cwd=folder)
    assert "Nothing to be done" in again.stdout


@pytest.mark.long
def test_dvc_alone_makes_everything_that_snakemake_makes(recorded, tmp_path):
    folder = copy(recorded, tmp_path / "project")
    expected = contents(folder)
    rmtree(folder / "results")
    rmtree(folder / "data/demo")
    (folder / "dvc.lock").unlink()
    rmtree(folder / ".dvc/cache")
    succeed(folder, "dvc pull data/mine.dvc data/crops.dvc", "dvc repro --no-run-cache")
    assert contents(folder) == expected


def test_an_experiment_shows_what_was_changed_and_what_it_did(recorded, tmp_path):
    folder = copy(recorded, tmp_path / "project")
    done = call(
        "dvc", "exp", "run", "--set-param", "config.yaml:evaluate.threshold=0.4", cwd=folder
    )
    assert done.returncode == 0, done.stdout
    assert jobs_run(done.stdout) == dict.fromkeys(("metrics", "plots", "report"), 1)

    def shown(*command: str) -> str:
        result = call("dvc", *command, cwd=folder)
        assert result.returncode == 0, result.stdout
        return result.stdout

    assert "video.auc" in shown("metrics", "show")
    assert "video.threshold" in shown("metrics", "diff")
    changed = shown("params", "diff")
    assert "evaluate.threshold" in changed and "train.batch_size" not in changed
    assert "evaluate.threshold" in shown("exp", "show", "--only-changed", "--csv")
    dag = shown("dag", "--mermaid")
    assert "train" in dag and "plan" in dag
    shown("plots", "diff", "--out", "curves")
    page = (folder / "curves/index.html").read_text()
    assert "ROC" in page and "workspace" in page


def test_plots_can_be_shown(recorded, tmp_path):
    out = tmp_path / "shown"
    done = call("dvc", "plots", "show", "--out", str(out), cwd=recorded)
    assert done.returncode == 0, done.stdout
    page = (out / "index.html").read_text()
    for title in ("ROC", "Precision and recall", "Loss", "Confusion", "Scores"):
        assert title in page


def test_only_what_may_be_versioned_with_git_is_left_to_git(recorded):
    listed = run("git", "ls-files", cwd=recorded).stdout.split()
    made = {name for name in listed if name.startswith(("results", "data", "logs", "dvc.lock"))}
    assert made == {
        *("dvc.lock", "results/metrics.json"),
        *("data/.gitignore", "data/mine.dvc", "data/crops.dvc"),
    }


def test_own_videos_are_versioned_and_worked_on_one_by_one(recorded, tmp_path):
    folder = copy(recorded, tmp_path / "project")
    add_video(folder)
    succeed(folder, "dvc add data/mine")
    listed = run("git", "status", "--porcelain", "--untracked-files=all", cwd=folder).stdout
    assert "data/mine.dvc" in listed
    assert ".mp4" not in listed
    done = succeed(folder, "dvc repro frames")
    assert jobs_run(done.stdout) == {"extract_frames": 1}
    assert (folder / "results/frames/e.json").is_file()
