"""Boxes on every frame, between those that were looked at too, in files that browsers play."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

import media
from unmask.errors import UnmaskError
from unmask.prediction.annotate.annotate import annotate
from unmask.prediction.annotate.interpolate import Shown, Trails
from unmask.prediction.annotate.names import annotated_names
from unmask.prediction.annotate.video_writer import CODECS, video_writer
from unmask.prediction.results import FaceScore, Prediction


def face(time, x, p=0.9, track=0):
    return FaceScore(round(time * 10), time, track, (x, 20.0, 40.0, 50.0), 0.99, p)


TIMES = [n / 2 for n in range(9)]


def test_a_box_moves_in_a_straight_line_and_the_score_is_that_of_the_nearer_frame():
    trails = Trails([face(0, 0.0, 0.2), face(0.5, 10.0, 0.8)], TIMES)
    assert trails.at(0.125) == [Shown(0, (2.5, 20.0, 40.0, 50.0), 0.2)]
    assert trails.at(0.375)[0].p_fake == 0.8
    assert trails.at(0.5)[0].box[0] == 10


def test_a_box_is_held_for_half_a_step_where_its_track_starts_and_ends():
    trails = Trails([face(1.0, 0.0), face(1.5, 10.0)], TIMES)
    assert [len(trails.at(time)) for time in (0.7, 0.8, 1.7, 1.8)] == [0, 1, 1, 0]


def test_a_track_that_is_missing_for_long_has_no_box_meanwhile():
    trails = Trails([face(0, 0.0), face(3.0, 10.0)], TIMES)
    assert trails.at(1.5) == []
    assert len(Trails([face(0, 0.0), face(1.5, 10.0)], TIMES).at(0.7)) == 1


def test_tracks_do_not_mix():
    trails = Trails([face(0, 0.0, track=0), face(0, 300.0, track=1), face(0.5, 10.0)], TIMES)
    assert [shown.box[0] for shown in trails.at(0.2)] == [pytest.approx(4), 300]


def test_a_still_image_has_its_faces():
    assert len(Trails([face(0, 0.0)], [0.0]).at(0.0)) == 1


def read(path):
    capture = cv2.VideoCapture(str(path))
    images = []
    while True:
        ok, image = capture.read()
        if not ok:
            return images
        images.append(image)


@pytest.mark.parametrize("suffix", CODECS)
def test_every_frame_is_written_with_a_box_around_the_face(tmp_path, suffix):
    clip = media.blank_clip(tmp_path / "a.mp4", frames=11, fps=10, size=(320, 240))
    faces = [face(0, 100.0, 0.9), face(0.5, 110.0, 0.9), face(1.0, 120.0, 0.1)]
    result = Prediction("a.mp4", 0.6, 0.5, 0.7, "fake", faces=faces, width=320)
    result.sampled = [(0, 0.0), (5, 0.5), (10, 1.0)]
    out = tmp_path / f"marked{suffix}"
    codec = annotate(clip, out, result, threshold=0.5, fps=10)
    assert codec == CODECS[suffix][1]
    images = read(out)
    assert len(images) == 11
    blue, _, red = (images[3][45, 106].astype(int) - 127).tolist()
    assert red > 20 > blue, "the left side of the moving box is orange"
    blue, _, red = (images[10][45, 120].astype(int) - 127).tolist()
    assert blue > 20 > red, "below the threshold it is blue"
    assert {path.name for path in tmp_path.iterdir()} == {"a.mp4", out.name}


def test_large_and_odd_frames_become_smaller_and_even(tmp_path):
    clip = media.blank_clip(tmp_path / "a.mp4", frames=2, size=(1930, 1082))
    result = Prediction("a.mp4", reason="no face", sampled=[(0, 0.0)], width=1930)
    annotate(clip, tmp_path / "b.webm", result, threshold=0.5, fps=10)
    assert read(tmp_path / "b.webm")[0].shape == (538, 960, 3)


def test_a_still_image_stays_one(tmp_path):
    path = media.write_image(tmp_path / "a.png", np.full((200, 300, 3), 127, np.uint8))
    result = Prediction("a.png", 0.9, verdict="fake", faces=[face(0, 100.0)], width=300)
    result.sampled = [(0, 0.0)]
    annotate(path, tmp_path / "b.png", result, threshold=0.5, fps=25)
    image = cv2.imread(str(tmp_path / "b.png"))
    assert image.shape == (200, 300, 3)
    assert tuple(image[45, 100]) == (0, 94, 213)


def test_a_file_that_was_not_finished_does_not_appear(tmp_path):
    with (
        pytest.raises(RuntimeError),
        video_writer(tmp_path / "a.webm", 10, (64, 64)) as writer,
    ):
        writer.write(np.zeros((64, 64, 3), np.uint8))
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_what_the_encoder_says_is_not_shown(tmp_path, capfd):
    with video_writer(tmp_path / "a.mp4", 10, (64, 64)) as writer:
        writer.write(np.zeros((64, 64, 3), np.uint8))
    assert capfd.readouterr().err == ""


def test_one_input_goes_to_the_file_that_is_named_and_several_to_a_folder(tmp_path):
    one = [tmp_path / "a.mp4"]
    assert annotated_names(tmp_path / "o.webm", one) == {one[0]: tmp_path / "o.webm"}
    some = [tmp_path / "1/a.mov", tmp_path / "2/a.mp4", tmp_path / "b.png"]
    names = [path.name for path in annotated_names(tmp_path / "marked", some).values()]
    assert names == ["a.mp4", "a-2.mp4", "b.jpg"]


@pytest.mark.parametrize(
    ("out", "files", "said"),
    [
        ("o.avi", ["a.mp4"], "is written as .mp4 or .webm"),
        ("o.mp4", ["a.jpg"], "is written as .jpg or .png"),
        ("o.mp4", ["a.mp4", "b.mp4"], "there are 2 inputs"),
        ("a.mp4", ["a.mp4"], "would write over the input"),
        ("taken", ["a.mp4", "b.mp4"], "is a file. Name a folder"),
    ],
)
def test_a_name_that_does_not_fit_is_answered_with_one_that_does(tmp_path, out, files, said):
    media.text_file(tmp_path / "taken")
    with pytest.raises(UnmaskError, match=said):
        annotated_names(tmp_path / out, [tmp_path / file for file in files])
