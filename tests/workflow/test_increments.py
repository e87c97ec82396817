"""After a change, exactly what depends on it is made again. Dry runs tell which jobs that is."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import media
from workflow.conftest import snakemake_in

SETTINGS = {"datasets": [{"name": "mine", "kind": "folders", "root": "videos"}]}
ALL_THREE = {"extract_frames": 3, "detect_faces": 3, "crop_faces": 3}
TARGETS = ("faces", "results/manifest.csv")


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """Three clips on which all per-video stages have run."""
    folder = tmp_path_factory.mktemp("made")
    for name in ("real/a", "real/b", "fake/c"):
        (folder / "videos" / name).parent.mkdir(parents=True, exist_ok=True)
        media.portrait_clip(folder / f"videos/{name}.mp4", frames=5)
    done = snakemake_in(folder, SETTINGS)(*TARGETS)
    assert done.returncode == 0, done.stdout
    return folder


@pytest.fixture
def jobs(made, tmp_path) -> Callable[..., dict[str, int]]:
    """Apply a change to a copy of the project; which rules would run, and how often."""

    def count(change: Callable[[Path], None] = lambda _: None, **settings) -> dict[str, int]:
        copy = tmp_path / "copy"
        shutil.copytree(made, copy)
        change(copy)
        done = snakemake_in(copy, {**SETTINGS, **settings})("--dry-run", *TARGETS)
        assert done.returncode == 0, done.stdout
        table = re.search(r"Job stats:\n.*?\n-.*?\n(.*?)\ntotal", done.stdout, re.DOTALL)
        lines = table.group(1).splitlines() if table else []
        found = {line.split()[0]: int(line.split()[1]) for line in lines}
        found.pop("faces", None)
        return found

    return count


def test_nothing_runs_when_nothing_changed(jobs):
    assert jobs() == {}


def test_an_added_video_is_the_only_one_that_is_worked_on(jobs):
    def add(folder):
        media.portrait_clip(folder / "videos/fake/d.mp4", frames=5)

    one_of_each = {"extract_frames": 1, "detect_faces": 1, "crop_faces": 1}
    assert jobs(add) == one_of_each | {"manifest": 1}


def test_a_replaced_video_is_the_only_one_that_is_worked_on(jobs):
    def replace(folder):
        media.portrait_clip(folder / "videos/real/a.mp4", who="collins", frames=5)

    assert jobs(replace) == {"extract_frames": 1, "detect_faces": 1, "crop_faces": 1}


def test_a_video_replaced_by_one_with_an_old_date_is_noticed(jobs):
    def swap(folder):
        media.portrait_clip(folder / "videos/real/a.mp4", who="collins", frames=5)
        os.utime(folder / "videos/real/a.mp4", (1, 1))

    assert jobs(swap) == {"extract_frames": 1, "detect_faces": 1, "crop_faces": 1}


def test_a_removed_video_changes_only_the_manifest(jobs):
    assert jobs(lambda folder: (folder / "videos/real/b.mp4").unlink()) == {"manifest": 1}


def test_a_touched_but_equal_video_runs_nothing(jobs):
    assert jobs(lambda folder: (folder / "videos/real/a.mp4").touch()) == {}


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"frames": {"fps": 3}}, ALL_THREE),
        ({"detect": {"min_face": 0.3}}, {"detect_faces": 3, "crop_faces": 3}),
        ({"crop": {"min_confidence": 0.5}}, {"crop_faces": 3}),
        ({"crop": {"scale": 1.5}}, {"crop_faces": 3}),
        ({"split": {"seed": 7}}, {"manifest": 1}),
        ({"train": {"epochs": 2}}, {}),
        ({"frames": {"fps": 2}}, {}),
    ],
)
def test_a_setting_makes_its_own_stage_and_what_follows_run(jobs, settings, expected):
    assert jobs(**settings) == expected


def test_a_lost_result_is_made_again(jobs):
    def lose(folder):
        shutil.rmtree(folder / "results/frames/real-a")

    assert jobs(lose, crop={"scale": 1.5})["extract_frames"] == 1
