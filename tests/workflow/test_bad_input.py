"""What goes wrong with people's files: each is set aside with its reason, the rest completes."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import cv2
import pytest

import media
from unmask.workflow.make_plan import make_plan
from workflow.conftest import snakemake_in


def quarantine(folder: Path) -> dict[str, tuple[str, str]]:
    with (folder / "results/quarantine.csv").open(newline="", encoding="utf-8") as file:
        return {row["video"]: (row["stage"], row["reason"]) for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def mixed(tmp_path_factory) -> Path:
    """Two good clips and one of every bad kind, with awkward names among both."""
    folder = tmp_path_factory.mktemp("mixed")
    videos = folder / "my videos"
    (videos / "real").mkdir(parents=True)
    (videos / "fake/méthode à moi").mkdir(parents=True)
    media.portrait_clip(videos / "real/Grace's clip (1).mp4")
    media.portrait_clip(videos / "fake/méthode à moi/été & co; $(x) `y`.avi", who="collins")
    media.truncated_clip(videos / "real/truncated.mp4")
    media.cut_off(media.blank_clip(videos / "real/cut.mp4"))
    media.empty_file(videos / "real/empty.mp4")
    media.audio_file(videos / "real/audio.mp4")
    media.text_file(videos / "fake/text.mp4")
    media.blank_clip(videos / "fake/faceless.mp4")
    media.text_file(videos / "fake/image.jpg")
    media.write_image(videos / "real/still.png", media.portrait())
    settings = {
        "datasets": [{"name": "mine", "kind": "folders", "root": "my videos"}],
        "data": {"max_bad_fraction": 1.0},
        "detect": {"min_face": 0.2},
    }
    done = snakemake_in(folder, settings)("faces", "results/quarantine.csv")
    assert done.returncode == 0, done.stdout
    return folder


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


def test_too_many_bad_videos_stop_the_run_and_the_message_reaches_the_terminal(tmp_path):
    videos = tmp_path / "p/d"
    for label in ("real", "fake"):
        (videos / label).mkdir(parents=True)
        media.portrait_clip(videos / label / f"{label}.mp4")
        media.empty_file(videos / label / f"empty-{label}.mp4")
    settings = {"datasets": [{"name": "mine", "kind": "folders", "root": "d"}]}
    done = snakemake_in(tmp_path / "p", settings)()
    assert done.returncode != 0
    assert "2 of 4 videos (50%) cannot be used" in done.stdout
    assert "max_bad_fraction: 0.5" in done.stdout
    assert "Traceback" not in done.stdout
    assert len(quarantine(tmp_path / "p")) == 2


def test_too_few_groups_to_train_on_are_refused_with_what_is_missing(tmp_path):
    (tmp_path / "p/d/real").mkdir(parents=True)
    (tmp_path / "p/d/fake").mkdir(parents=True)
    media.portrait_clip(tmp_path / "p/d/real/a.mp4")
    media.portrait_clip(tmp_path / "p/d/fake/b.mp4")
    settings = {"datasets": [{"name": "mine", "kind": "folders", "root": "d"}]}
    done = snakemake_in(tmp_path / "p", settings)()
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


def test_several_datasets_and_ready_crops_are_trained_on_together(tmp_path):
    folder = tmp_path / "p"
    for split in ("train", "val", "test"):
        for number, label in enumerate(("real", "fake")):
            for n in range(2):
                image = media.ready_crop(64, 10 * number + n, ("hopper", "collins")[number])
                image = cv2.GaussianBlur(image, (0, 0), 2)
                path = folder / f"crops/{split}/{label}/{split}-{label}-{n}.png"
                path.parent.mkdir(parents=True, exist_ok=True)
                media.write_image(path, image)
    settings = {
        "datasets": [
            {"name": "crops", "kind": "folders", "root": "crops", "cropped": True},
            {"name": "demo", "kind": "demo", "groups": 5, "seconds": 0.5},
        ],
        "crop": {"size": 48},
        "model": {"input_size": 48},
        "train": {"epochs": 1},
        "evaluate": {"bootstrap": 20},
    }
    done = snakemake_in(folder, settings)()
    assert done.returncode == 0, done.stdout
    metrics = json.loads((folder / "results/metrics.json").read_text())
    assert metrics["video"]["n_real"] == 3
    assert (folder / "results/dataset/train/fake").is_dir()
    with (folder / "results/dataset.csv").open() as file:
        assert {row["dataset"] for row in csv.DictReader(file)} == {"crops", "demo"}
    _, unlike = (folder / "results/accepted.txt").read_text().splitlines()
    assert re.fullmatch(
        r"The datasets differ in the sharpness: 0\.\d\d in crops, 0\.\d\d in demo\.", unlike
    )
    assert make_plan(settings, folder).summary().endswith(unlike)
