"""Each row of the tables in ``docs/reruns.md``, tried with both tools."""

from __future__ import annotations

from pathlib import Path

import pytest

from rerun_changes import CHANGES, LOSSES, change_module, change_setting
from rerun_table import PAGE, expected_jobs, jobs_run, law, planned_jobs
from reruns.conftest import contents, copy
from workflow.projects import run

SETTINGS, FILES, MODULES = law("Settings"), law("Videos, labels, files"), law("Code")
ROWS = SETTINGS | FILES
EVERY_NTH_MODULE = 20
"""Every module is tried with snakemake, one in so many with dvc: it is the same settings file."""


def change(folder: Path, row: str) -> int:
    """Do what a row says. Returns how many videos it concerns."""
    if row in SETTINGS:
        return change_setting(folder, row)
    if row in MODULES:
        change_module(folder, row)
        return 6  # of the demo
    do, concerned = CHANGES[row]
    do(folder)
    return concerned


def moved(state: Path, tmp_path: Path) -> Path:
    return copy(state, tmp_path / "a copy")


def dry_run(folder: Path):
    done = run("snakemake", "--cores=2", "--dry-run", cwd=folder)
    assert done.returncode == 0, done.stdout
    return planned_jobs(done.stdout)


def check_plan(state: Path, tmp_path: Path, row: str) -> None:
    folder = moved(state, tmp_path)
    concerned = change(folder, row)
    assert dry_run(folder) == expected(row, concerned)


def expected(row: str, concerned: int):
    return expected_jobs({**ROWS, **MODULES}[row], concerned)


@pytest.mark.parametrize("row", ROWS)
def test_snakemake(made, tmp_path, row):
    check_plan(made, tmp_path, row)


@pytest.mark.parametrize("row", MODULES)
def test_snakemake_after_a_change_to_a_module(made, tmp_path, row):
    check_plan(made, tmp_path, row)


@pytest.mark.parametrize("row", ROWS)
def test_snakemake_in_a_clone(cloned, tmp_path, row):
    check_plan(cloned, tmp_path, row)


@pytest.mark.parametrize("row", ROWS)
def test_snakemake_at_an_older_commit(checked_out, tmp_path, row):
    check_plan(checked_out, tmp_path, row)


@pytest.mark.parametrize("row", [*ROWS, *list(MODULES)[::EVERY_NTH_MODULE]])
def test_dvc(made, tmp_path, row):
    folder = moved(made, tmp_path)
    concerned = change(folder, row)
    done = run("dvc", "repro", cwd=folder)
    assert done.returncode == 0, done.stdout
    assert jobs_run(done.stdout) == expected(row, concerned)
    assert not dry_run(folder), "after dvc repro, snakemake has nothing to do"
    again = run("dvc", "repro", cwd=folder)
    assert not jobs_run(again.stdout)
    assert "Running stage 'plan'" in again.stdout
    assert again.stdout.count("Running stage") == 1


@pytest.mark.parametrize("loss", LOSSES)
def test_what_is_lost_is_made_again_or_comes_back(made, tmp_path, loss):
    lose, with_snakemake, with_dvc = LOSSES[loss]
    folder = moved(made, tmp_path)
    before = contents(folder)
    lose(folder)
    assert dry_run(folder) == dict.fromkeys(with_snakemake.split(), 1)
    done = run("dvc", "repro", cwd=folder)
    assert jobs_run(done.stdout) == dict.fromkeys(with_dvc.split(), 1)
    assert contents(folder) == before
    assert not dry_run(folder)


def test_the_page_has_every_loss_that_is_tried():
    page = PAGE.read_text("utf-8")
    assert all(f"| {loss} |" in page for loss in LOSSES)
