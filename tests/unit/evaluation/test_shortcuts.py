"""What tells the classes besides the forgery is measured and named."""

from __future__ import annotations

from math import nan

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

import media
from unmask.disk.files import write_text
from unmask.evaluation.properties import NAMES, Properties, columns_of, measure_video
from unmask.evaluation.shortcuts import (
    TOGETHER,
    find_shortcuts,
    read_shortcuts,
    shortcuts_text,
)
from unmask.faces.index import Crop, FaceIndex, Quality
from unmask.frames.index import FrameIndex
from unmask.videos.manifest import Video

LABELS = [0, 1] * 40
BOX = (0.0, 0.0, 48.0, 48.0)
GROUPS = [f"g{n // 2}" for n in range(80)]


def videos(**different):
    """Properties of 80 videos that differ by chance; ``different`` makes some of the label."""
    random = np.random.default_rng(3)
    found = []
    for label in LABELS:
        one = Properties(
            *(float(value) for value in random.normal(100, 10, 8)), codec="h264", dataset="d"
        )
        for name, make in different.items():
            setattr(one, name, make(label, random))
        found.append(one)
    return found


def rows_of(found, **options):
    rows = find_shortcuts(columns_of(found), LABELS, GROUPS, confidence=0.95, **options)
    assert {row.property for row in rows} == {TOGETHER, *NAMES.values()}
    return {row.property: row for row in rows}


def test_nothing_is_named_where_the_classes_differ_by_chance():
    rows = rows_of(videos())
    assert not any(row.strong for row in rows.values())
    assert rows[TOGETHER].auc < 0.65
    assert np.isnan(rows["codec"].auc), "all are the same"


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("width", lambda label, random: 640.0 - 160 * label),
        ("face_px", lambda label, random: 120 - 30 * label + random.normal(0, 20)),
        ("bits_per_pixel", lambda label, random: 0.1 + 0.1 * label + random.normal(0, 0.02)),
        ("codec", lambda label, random: ("h264", "mpeg4")[label]),
        ("dataset", lambda label, random: ("celebdf", "ffpp")[label]),
        ("share_with_face", lambda label, random: 1.0 - 0.2 * label),
    ],
)
def test_a_property_that_tells_the_classes_is_named(name, make):
    rows = rows_of(videos(**{name: make}))
    row = rows[NAMES[name]]
    assert row.strong
    assert row.low <= row.auc <= row.high
    assert row.real != row.fake
    assert rows[TOGETHER].strong, "all together see it too"
    others = [one for key, one in rows.items() if key not in (NAMES[name], TOGETHER)]
    assert not any(one.strong for one in others)


def test_properties_that_tell_only_together_are_found():
    # Whether the two agree tells the class through a sum that neither shows alone as well.
    noise = np.random.default_rng(5).normal(0, 30, 80)
    found = videos()
    for one, label, shift in zip(found, LABELS, noise, strict=True):
        one.width, one.height = 600 + shift + 10 * label, 400 + shift - 10 * label
    rows = rows_of(found)
    assert rows[TOGETHER].auc > 0.9 > max(rows["width"].auc, rows["height"].auc)


def test_the_auc_of_a_number_is_that_of_scikit_learn():
    found = videos(face_px=lambda label, random: random.normal(100 - 5 * label, 10))
    values = np.array([one.face_px for one in found])
    assert rows_of(found)["face size"].auc == pytest.approx(roc_auc_score(LABELS, -values), 1e-9)


def test_what_is_unknown_is_left_out_and_counted():
    found = videos()
    for one in found[:30]:
        one.duration_s = nan
    for one in found:
        one.frame_rate, one.codec = nan, ""
    rows = rows_of(found)
    assert rows["duration"].videos == 50
    assert rows["frame rate"].videos == rows["codec"].videos == 0
    assert np.isnan(rows["frame rate"].auc)
    assert np.isfinite(rows[TOGETHER].auc)


@pytest.mark.parametrize("labels", [[0] * 4, [1] * 4, [0, 1, 0, 1]])
def test_few_videos_and_one_class_give_a_table_without_numbers_where_there_are_none(labels):
    found = videos()[:4]
    rows = find_shortcuts(columns_of(found), labels, ["g"] * 4, confidence=0.95)
    assert np.isnan(rows[0].auc)
    assert not any(row.strong for row in rows)
    assert all(np.isnan(row.low) == np.isnan(row.auc) for row in rows)


def test_the_table_survives_being_written_and_read(tmp_path):
    rows = find_shortcuts(columns_of(videos()), LABELS, GROUPS, confidence=0.95)
    write_text(tmp_path / "s.csv", shortcuts_text(rows))
    again = read_shortcuts(tmp_path / "s.csv")
    assert shortcuts_text(again) == shortcuts_text(rows)


def test_a_video_is_measured_by_its_header_and_its_indexes(tmp_path):
    path = tmp_path / "a.mp4"
    media.portrait_clip(path, frames=20)
    frames = FrameIndex("a", source_width=320, source_height=240)
    video = Video("a", str(path), 0, "g", "train", "", "mine")
    faces = FaceIndex("a", quality=Quality(4, 3, 55.0, 0.9, sharpness=0.4))
    found = measure_video(video, frames, faces)
    assert (found.width, found.height, found.face_px, found.dataset) == (320, 240, 55, "mine")
    assert (found.share_with_face, found.sharpness) == (0.75, 0.4)
    assert found.codec and found.frame_rate > 0
    assert found.duration_s == pytest.approx(20 / found.frame_rate, rel=0.1)
    bits = path.stat().st_size * 8 / (320 * 240 * 20)
    assert found.bits_per_pixel == pytest.approx(bits, rel=0.1)


def test_an_image_that_is_a_crop_already_is_measured_too(tmp_path):
    path = tmp_path / "a.png"
    media.write_image(path, media.texture((48, 48), seed=2))
    faces = FaceIndex("a", faces=[Crop("a.png", 0, 0.0, (0.0, 0.0, 48.0, 48.0), 1.0, BOX)])
    found = measure_video(Video("a", str(path), 1, "g", "test", "", "c"), None, faces)
    assert (found.width, found.height, found.codec) == (48, 48, "png")
    assert found.bits_per_pixel == pytest.approx(path.stat().st_size * 8 / 48**2)
    assert np.isnan(found.frame_rate)


def test_a_file_without_a_header_that_can_be_read_has_no_rate(tmp_path):
    media.text_file(tmp_path / "a.mp4")
    video = Video("a", str(tmp_path / "a.mp4"), 0, "g", "train", "", "mine")
    found = measure_video(video, FrameIndex("a", source_width=8, source_height=8), FaceIndex("a"))
    assert np.isnan(found.frame_rate) and np.isnan(found.bits_per_pixel) and not found.codec
