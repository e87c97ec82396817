"""What crops look like in numbers, and when that is said to differ."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

import media
from unmask.cli import main
from unmask.config.sections import DataSettings
from unmask.dataset.duplicates import pairs_text
from unmask.dataset.quarantine import quality_text
from unmask.detections.detect import make_detector
from unmask.faces.geometry import Geometry, crop_square
from unmask.faces.index import FaceIndex, Quality
from unmask.faces.look import Look, differences, look, middle, sharpness
from unmask.prediction.unlike import unlike_training
from unmask.videos.manifest import Video, manifest_text

MARKS = [(0.3, 0.3), (0.7, 0.3), (0.5, 0.5), (0.35, 0.72), (0.65, 0.72)]


@pytest.fixture(scope="module")
def crop():
    portrait = media.portrait("hopper")
    (face,) = make_detector("mtcnn").detect(portrait)
    return crop_square(portrait, Geometry().square(face.box, face.landmarks), 224)


def test_blur_takes_sharpness_away_and_noise_adds_to_it(crop):
    blurred = [cv2.GaussianBlur(crop, (0, 0), width) for width in (2.0, 1.0, 0.5)]
    noise = np.random.default_rng(0).normal(0, 12, crop.shape)
    noisy = np.clip(crop + noise, 0, 255).astype(np.uint8)
    measured = [sharpness(image) for image in (*blurred, crop, noisy)]
    assert measured == sorted(measured)
    assert measured[3] > 1.3 * measured[1]


def test_sharpness_is_of_the_picture_and_not_of_its_contrast(crop):
    faint = (crop * 0.5 + 60).astype(np.uint8)
    assert sharpness(faint) == pytest.approx(sharpness(crop), rel=0.05)
    small = cv2.resize(crop, (60, 60), interpolation=cv2.INTER_AREA)
    enlarged = cv2.resize(small, (224, 224), interpolation=cv2.INTER_CUBIC)
    assert sharpness(enlarged) < 0.8 * sharpness(crop)
    for side in (16, 64):
        assert sharpness(np.full((side, side, 3), 90, np.uint8)) < 0.01


def test_a_look_is_the_median_over_crops_with_landmarks():
    lower = [(x, y + 0.1) for x, y in MARKS]
    found = look([MARKS, None, lower, lower], [0.2, 0.3, 0.4, 0.5])
    assert found == Look(0.4, 0.4, 0.35)
    assert look([None], []) == Look()
    assert middle([found, Look(), Look(0.5, 0.4, 0.35)]) == Look(0.45, 0.4, 0.35)


def test_a_turned_head_counts_as_if_it_were_seen_from_the_front():
    turned = [(0.5 + 0.4 * (x - 0.5), y) for x, y in MARKS]
    assert look([turned], []).eye_distance == pytest.approx(0.4, abs=0.04)


def test_what_differs_much_is_named_with_its_numbers():
    looks = {"a": Look(0.40, 0.30, 0.40), "b": Look(0.26, 0.42, 0.38), "c": Look(0.39, 0.31, 0.2)}
    distance, line, sharp = differences(looks)
    assert "0.26 in b" in distance and "0.40 in a" in distance
    assert "0.42 in b" in line
    assert "sharpness: 0.20 in c, 0.40 in a" in sharp


def test_small_differences_and_what_is_unknown_are_not_told():
    looks = {"a": Look(0.40, 0.30, 0.40), "b": Look(0.38, 0.32, 0.30), "c": Look()}
    assert differences(looks) == []
    assert differences({"a": Look(0.4)}) == differences({}) == []


def index(name: str, *values: float) -> FaceIndex:
    return FaceIndex(name, quality=Quality(1, 1, 80.0, 0.99, "cpu", *values))


def test_files_unlike_the_training_are_told_with_numbers():
    contract = {"look": {"eye_distance": 0.4, "eye_line": 0.3, "sharpness": 0.4}}
    scored = [index("a", 0.4, 0.3, 0.15), FaceIndex("b").quarantine("faces", "no face")]
    (line,) = unlike_training(contract, scored)
    assert "0.15 in these" in line and "0.40 in its training" in line
    assert unlike_training(contract, [index("a", 0.4, 0.3, 0.35)]) == []
    assert unlike_training(contract, []) == unlike_training({}, scored) == []


def test_the_run_says_in_what_its_datasets_differ(tmp_path: Path):
    videos = [
        Video(f"{split}{label}{name}", "p", label, f"{split}{label}{name}", split, "", name)
        for split in ("train", "val", "test")
        for label in (0, 1)
        for name in ("ours", "theirs")
    ]
    indexes = [
        index(v.id, *((0.4, 0.3, 0.4) if v.dataset == "ours" else (0.26, 0.42, 0.38)))
        for v in videos
    ]
    (tmp_path / "manifest.csv").write_text(manifest_text(videos))
    (tmp_path / "quarantine.csv").write_text("video,stage,reason\n")
    (tmp_path / "duplicates.csv").write_text(pairs_text([]))
    (tmp_path / "quality.csv").write_text(quality_text(indexes))
    settings = {"code": "", "settings": DataSettings().model_dump()}
    (tmp_path / "accept.json").write_text(json.dumps(settings))
    tables = ("manifest", "quarantine", "quality", "duplicates")
    given = [text for t in tables for text in (f"--{t}", str(tmp_path / f"{t}.csv"))]
    out = tmp_path / "accepted.txt"
    given += ["--settings", str(tmp_path / "accept.json"), "--output", str(out)]

    assert main(["accept", *given]) == 0

    verdict, distance, line = out.read_text().splitlines()
    assert verdict == "12 of 12 videos can be used, 0 are quarantined."
    assert "0.26 in theirs, 0.40 in ours" in distance
    assert "0.30 in ours, 0.42 in theirs" in line
