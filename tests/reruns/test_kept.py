"""Another version of the code: what it makes old, what is kept on record, here and in a clone."""

from __future__ import annotations

from pathlib import Path

import pytest

from commands import call, run
from projects import commit, contents, copy
from rerun_changes import change_module
from rerun_table import expected_jobs, jobs_run, law
from reruns.test_sharing import clone, planned

MODULE = "detections/haar.py"


@pytest.fixture(scope="module")
def upgraded(recorded, tmp_path_factory) -> Path:
    """The project with another version of the detector."""
    folder = copy(recorded, tmp_path_factory.mktemp("upgraded") / "project")
    change_module(folder, MODULE)
    commit(folder, "another version")
    return folder


@pytest.fixture(scope="module")
def kept(upgraded, tmp_path_factory) -> Path:
    """The same after its detections were put on record as good."""
    folder = copy(upgraded, tmp_path_factory.mktemp("kept") / "project")
    done = call("unmask", "keep", "detections", "--reason", "a longer way to the same", cwd=folder)
    assert done.returncode == 0, done.stdout
    assert "detections: 10 of 10 results are kept" in done.stdout
    return folder


def test_what_another_version_makes_old_is_said_before_it_is_made(upgraded):
    for _ in range(2):
        told = call("unmask", "plan", cwd=upgraded).stdout
        assert "detections: 10 made by other code" in told
        assert "faces: 10 made from results that are out of date" in told
        assert "unmask keep detections --reason" in told
        assert "frames:" not in told
    dry = call("snakemake", "--cores=2", "--dry-run", cwd=upgraded).stdout
    assert "unmask keep detections --reason" in dry
    assert planned(upgraded) == expected_jobs(law("Code")[MODULE])


def test_what_is_kept_runs_nothing_with_either_tool(kept):
    assert "All results belong" in call("unmask", "plan", cwd=kept).stdout
    before = contents(kept)
    assert not planned(kept)
    again = call("dvc", "repro", cwd=kept)
    assert again.returncode == 0, again.stdout
    assert not jobs_run(again.stdout)
    assert again.stdout.count("Running stage") == 1, "the plan alone"
    assert contents(kept) == before


@pytest.mark.long
def test_a_clone_keeps_the_same(kept, recorded, tmp_path):
    folder = copy(kept, tmp_path / "origin")
    commit(folder, "kept")
    other = clone(folder, tmp_path / "clone")
    run("dvc", "remote", "modify", "--local", "store", "url", str(recorded / "store"), cwd=other)
    done = call("unmask", "sync", cwd=other)
    assert done.returncode == 0, done.stdout
    assert not planned(other)
    assert not jobs_run(run("dvc", "repro", cwd=other).stdout)


@pytest.mark.long
def test_without_the_record_it_is_old_again(kept, tmp_path):
    folder = copy(kept, tmp_path / "project")
    (folder / "kept.yaml").unlink()
    assert planned(folder) == expected_jobs(law("Code")[MODULE])


def test_what_cannot_be_kept_is_a_message_and_no_traceback(upgraded):
    done = call("unmask", "keep", "frames", "--reason", "why not", cwd=upgraded)
    assert done.returncode == 2
    assert done.stdout.startswith("unmask keep: frames: no result here was made by other code")
    assert not (upgraded / "kept.yaml").exists()
