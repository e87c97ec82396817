"""Each row of the tables in ``docs/reruns.md``: planned by all who plan, and one of a kind run.

Rows are of one kind if they have the same marks. `make test` plans the first row of each kind of
setting and file; the others, and the runs, are long. Those of modules are too: what code a stage
depends on is tried in tests/unit/workflow/test_code.py.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest

from commands import call, run
from projects import contents, copy
from rerun_changes import LOSSES, make_change
from rerun_table import LAW, PAGE, RULE_OF_STAGE, expected_jobs, jobs_run, kinds, law, planned_jobs

ROWS = law("Settings") | law("Videos, labels, files")
FIRST = [rows[0] for rows in kinds() if rows[0] in ROWS]
COMMIT = run("git", "rev-parse", "HEAD", cwd=PAGE.parent).stdout


def one_of_each_kind() -> list[str]:
    """The rows that are run: others at each commit, so that all of them come round."""
    return [min(rows, key=lambda row: sha256((COMMIT + row).encode()).digest()) for rows in kinds()]


def rows_long_but_the_first():
    return [pytest.param(row, marks=() if row in FIRST else pytest.mark.long) for row in LAW]


@dataclass
class Plans:
    """What is to be done in a folder, by those who say so."""

    ours: Counter[str]
    """How often each rule has to run, by ``unmask plan``."""
    snakemake: Counter[str]
    """How often it would run, by a dry run."""
    dvc: set[str]
    """The stages that ``dvc repro`` would start: those that have changed and all that may follow.
    In them, Snakemake makes what there is to make, which may be nothing."""


def plans(folder: Path) -> Plans:
    """Ask all three."""
    ours, changed = call("unmask", "plan", cwd=folder), call("changed-in-dvc", cwd=folder)
    for done in (ours, changed):
        assert done.returncode == 0, done.stdout
    lacking = Counter()
    for stage, number in re.findall(r"^  (\w+): (\d+) ", ours.stdout, re.MULTILINE):
        lacking[RULE_OF_STAGE.get(stage, stage)] += int(number)
    stages = {name for name in json.loads(changed.stdout) if not name.endswith(".dvc")}
    return Plans(lacking, dry_run(folder), stages)


def dry_run(folder: Path) -> Counter[str]:
    done = call("snakemake", "--cores=2", "--dry-run", cwd=folder)
    assert done.returncode == 0, done.stdout
    return planned_jobs(done.stdout)


def check_plans(state: Path, tmp_path: Path, row: str) -> tuple[Path, Counter[str]]:
    """Change a copy of a project as a row says, and hold all plans against it."""
    folder = copy(state, tmp_path / "a copy")
    jobs = expected_jobs(LAW[row], make_change(folder, row))
    found = plans(folder)
    assert found.snakemake == jobs
    assert found.ours == jobs
    stages = {"faces" if stage == "cropped" else stage for stage in LAW[row]}  # one for DVC
    assert found.dvc >= stages
    assert found.dvc == set() or stages
    return folder, jobs


@pytest.mark.parametrize("row", rows_long_but_the_first())
def test_all_plan_what_the_law_says(recorded, tmp_path, row):
    check_plans(recorded, tmp_path, row)


@pytest.mark.long
@pytest.mark.parametrize("row", ROWS)
def test_all_plan_the_same_in_a_clone(cloned, tmp_path, row):
    check_plans(cloned, tmp_path, row)


@pytest.mark.long
@pytest.mark.parametrize("row", ROWS)
def test_all_plan_the_same_at_an_older_commit(checked_out, tmp_path, row):
    check_plans(checked_out, tmp_path, row)


@pytest.mark.long
@pytest.mark.parametrize("row", one_of_each_kind())
def test_what_was_planned_is_what_runs(recorded, tmp_path, row):
    folder, jobs = check_plans(recorded, tmp_path, row)
    done = call("dvc", "repro", cwd=folder)
    assert done.returncode == 0, done.stdout
    assert jobs_run(done.stdout) == jobs
    assert plans(folder) == Plans(Counter(), Counter(), set())
    again = call("dvc", "repro", cwd=folder)
    assert not jobs_run(again.stdout)
    assert "Running stage 'plan'" in again.stdout
    assert again.stdout.count("Running stage") == 1


@pytest.mark.parametrize("loss", LOSSES)
def test_what_is_lost_is_made_again_or_comes_back(recorded, tmp_path, loss):
    lose, with_snakemake, with_dvc = LOSSES[loss]
    folder = copy(recorded, tmp_path / "a copy")
    before = contents(folder)
    lose(folder)
    assert dry_run(folder) == dict.fromkeys(with_snakemake.split(), 1)
    done = call("dvc", "repro", cwd=folder)
    assert jobs_run(done.stdout) == dict.fromkeys(with_dvc.split(), 1)
    assert contents(folder) == before
    assert not dry_run(folder)


def test_lost_frames_are_made_again_when_crops_need_them(recorded, tmp_path):
    folder = copy(recorded, tmp_path / "a copy")
    LOSSES["the frames of a video deleted"][0](folder)
    assert make_change(folder, "crop.scale")
    assert dry_run(folder)["extract_frames"] == 1


def test_the_page_has_every_loss_that_is_tried():
    page = PAGE.read_text("utf-8")
    assert all(f"| {loss} |" in page for loss in LOSSES)
