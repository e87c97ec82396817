"""What goes wrong with people's files: each is set aside with its reason, the rest completes."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
import yaml

import media
from commands import Done, call
from projects import copy, snakemake_in


def quarantine(folder: Path) -> dict[str, tuple[str, str]]:
    with (folder / "results/quarantine.csv").open(newline="", encoding="utf-8") as file:
        return {row["video"]: (row["stage"], row["reason"]) for row in csv.DictReader(file)}


def test_every_bad_file_has_a_row_with_its_reason(mixed):
    found = quarantine(mixed)
    assert {name: stage for name, (stage, _) in found.items()} == {
        "real-truncated": "frames",
        "real-cut": "frames",
        "real-empty": "frames",
        "real-audio": "frames",
        "fake-text": "frames",
        "fake-image": "frames",
        "fake-faceless": "faces",
    }
    said = {name: reason for name, (_, reason) in found.items()}
    assert "promises" in said["real-truncated"]
    assert "empty" in said["real-empty"]
    assert "no face" in said["fake-faceless"]
    assert all(reason and "Traceback" not in reason for reason in said.values())


def test_the_good_files_go_on_whatever_they_are_called(mixed):
    names = {path.stem for path in (mixed / "results/faces").glob("*.json")}
    for name in ("real-Grace_s_clip_1", "fake-methode_a_moi-ete_co_x_y", "real-still"):
        assert name in names
        assert list((mixed / "results/faces" / name).glob("*.jpg")), name


def run_on_a_copy(mixed: Path, tmp_path: Path, data: dict[str, float]) -> Done:
    """Go on with a copy of the project to the end, or as far as it gets."""
    folder = copy(mixed, tmp_path / "p")
    settings = yaml.safe_load((folder / "overlay.yaml").read_text("utf-8"))
    return snakemake_in(folder, settings | {"data": data})()


def test_too_many_bad_videos_stop_the_run_and_the_message_reaches_the_terminal(mixed, tmp_path):
    done = run_on_a_copy(mixed, tmp_path, {"max_bad_fraction": 0.1})
    assert done.returncode != 0
    assert "7 of 10 videos (70%) cannot be used" in done.stdout
    assert "max_bad_fraction: 0.7" in done.stdout
    assert "Traceback" not in done.stdout
    assert quarantine(tmp_path / "p") == quarantine(mixed)


def test_too_few_groups_to_train_on_are_refused_with_what_is_missing(mixed, tmp_path):
    done = run_on_a_copy(mixed, tmp_path, {"max_bad_fraction": 1.0})
    assert done.returncode != 0
    assert "Training cannot start" in done.stdout
    assert "Traceback" not in done.stdout


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("path,label\na.mp4,maybe\n", "the label 'maybe' is not known"),
        ("path,label\na.mp4,real\na.mp4,fake\n", "stands already in line 2"),
        ("path,label\n../../secret.mp4,real\n", "leads out of the dataset's folder"),
    ],
)
def test_wrong_labels_stop_before_any_job(tmp_path, table, said):
    root = tmp_path / "p/d"
    root.mkdir(parents=True)
    media.empty_file(root / "a.mp4")
    (root / "labels.csv").write_text(table)
    settings = {"datasets": [{"name": "t", "kind": "table", "root": "d"}]}
    done = snakemake_in(tmp_path / "p", settings)()
    assert done.returncode != 0
    assert said in done.stdout
    assert "Traceback" not in done.stdout
    assert not (tmp_path / "p/logs").exists()


def test_several_datasets_and_ready_crops_are_trained_on_together(recorded):
    results = recorded / "results"
    metrics = json.loads((results / "metrics.json").read_text())
    assert metrics["data"]["total"]["videos"] == 6 + 4 + 10
    with (results / "dataset.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert {row["dataset"] for row in rows} == {"demo", "mine", "crops"}
    assert {row["dataset"] for row in rows if row["split"] == "train"} >= {"demo", "crops"}
    assert all((results / "dataset" / row["file"]).is_file() for row in rows)
    said = (results / "workflow/accepted.txt").read_text().splitlines()
    [unlike] = [line for line in said if line.startswith("The datasets differ in ")]
    assert unlike in call("unmask", "plan", cwd=recorded).stdout
