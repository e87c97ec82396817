"""``snakemake verdicts``: a folder of videos of unknown label, scored and gone on with."""

from __future__ import annotations

import csv
import json
import shutil

import pytest

import media
from projects import SMALL, copy, snakemake_in
from rerun_table import planned_jobs


@pytest.fixture
def project(finished, tmp_path):
    """The finished project with a folder of new videos beside it."""
    folder = copy(finished, tmp_path / "project")
    incoming = folder / "incoming"
    incoming.mkdir()
    media.portrait_clip(incoming / "it's a clip.mp4", frames=3)
    media.text_file(incoming / "bad.mp4")
    return folder


def rows(folder):
    with (folder / "results/verdicts/verdicts.csv").open(newline="") as file:
        return {row["file"]: row for row in csv.DictReader(file)}


def test_a_folder_is_scored_and_gone_on_with(project, finished):
    settings = SMALL | {"predict": {"inputs": ["incoming"]}}
    assert planned_jobs(snakemake_in(project, settings)("--dry-run").stdout) == {}
    done = snakemake_in(project, settings)("verdicts")
    assert done.returncode == 0, done.stdout
    first = rows(project)
    assert first["incoming/it's a clip.mp4"]["verdict"] in ("real", "fake")
    assert first["incoming/bad.mp4"]["reason"] == "the file is a text, not a video"
    page = (project / "results/verdicts/index.html").read_text()
    assert page.count("Heat map over it") == 1

    # The same clip as in the dataset has the score that it has there.
    with (finished / "results/predictions/videos.csv").open(newline="") as file:
        known = next(csv.DictReader(file))
    shutil.copyfile(finished / f"data/demo/{known['video']}.mp4", project / "incoming/new.mp4")
    again = snakemake_in(project, settings)("verdicts")
    assert again.returncode == 0, again.stdout
    after = rows(project)
    assert float(after["incoming/new.mp4"]["p_fake"]) == pytest.approx(
        float(known["p_fake"]), abs=1e-6
    )
    assert {name: after[name] for name in first} == first
    assert len(list((project / "results/checkpoint/verdicts").iterdir())) == 3
    content = json.loads((project / "results/verdicts/verdicts.json").read_text())
    assert [file["file"] for file in content["files"]] == sorted(after)
    nothing = snakemake_in(project, settings)("verdicts", "--dry-run")
    assert planned_jobs(nothing.stdout) == {}


def test_without_any_file_it_says_what_to_write(project):
    done = snakemake_in(project)("verdicts")
    assert done.returncode != 0
    assert "predict.inputs names no video or image" in done.stdout
    assert "inputs: [data/unlabeled]" in done.stdout
    assert "Traceback" not in done.stdout
    empty = SMALL | {"predict": {"inputs": ["no such folder"]}}
    assert snakemake_in(project, empty)("--dry-run").returncode == 0
