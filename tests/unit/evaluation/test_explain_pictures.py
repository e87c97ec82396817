"""Timelines, the frames that stand out, and pictures of both."""

from __future__ import annotations

from base64 import b64decode

import cv2
import numpy as np
import pytest

import media
from unmask.evaluation.explain.overlay import (
    FAKE_BGR,
    REAL_BGR,
    face_region,
    overlay,
    share_inside,
    thumbnail,
)
from unmask.evaluation.explain.standouts import evenly, standouts
from unmask.evaluation.scores import FrameScore
from unmask.faces.geometry import Geometry, crop_square
from unmask.report.pages.data_uri import data_uri
from unmask.report.pages.timeline import timeline


def scores(*values):
    return [FrameScore("clip", number, number / 2, p) for number, p in enumerate(values)]


def numbers(frames):
    return [frame.frame for frame in frames]


def test_the_highest_and_the_lowest_scores_stand_out():
    most, least = standouts(scores(0.5, 0.9, 0.1, 0.8, 0.2, 0.6), 2)
    assert (numbers(most), numbers(least)) == ([1, 3], [2, 4])


@pytest.mark.parametrize(
    ("values", "most", "least"),
    [((0.7,), [0], []), ((0.2, 0.8, 0.5), [1], [0]), ((0.5, 0.5, 0.5, 0.5), [0, 1], [2, 3])],
)
def test_no_frame_is_both_the_most_and_the_least_suspicious(values, most, least):
    found = standouts(scores(*values), 3)
    assert tuple(map(numbers, found)) == (most, least)


@pytest.mark.parametrize(
    ("length", "count", "expected"),
    [(0, 3, []), (2, 3, [0, 1]), (9, 3, [0, 4, 8]), (10, 1, [0]), (4, 4, [0, 1, 2, 3])],
)
def test_positions_are_spread_from_end_to_end(length, count, expected):
    assert evenly(length, count) == expected


def test_a_timeline_runs_from_left_to_right_and_from_real_below_to_fake_above():
    line = timeline([(n, n / 2) for n in range(3)], scores(0.0, 0.4, 1.0), 0.5, (0.2, 0.6))
    xs, ys = [dot.x for dot in line.dots], [dot.y for dot in line.dots]
    assert xs == sorted(xs) and xs[0] == line.left and xs[-1] == line.right
    assert ys == sorted(ys, reverse=True) and (ys[0], ys[-1]) == (line.bottom, line.top)
    assert [dot.look for dot in line.dots] == ["real", "real", "fake"]
    assert line.dots[1].text == "frame 1, 0.50 s: 0.400"
    assert 0 < line.left < line.right < line.width and 0 < line.top < line.bottom < line.height
    heights = [float(point.split(",")[1]) for point in line.band.split()]
    [(look, _, threshold, *_)] = line.rules
    assert look == "threshold" and min(heights) < threshold < max(heights)
    assert line.x_ticks[0][1] == "0 s" and line.x_ticks[-1][1] == "1 s"


def test_a_frame_without_a_face_breaks_the_line_and_is_marked():
    seen = [frame for frame in scores(0.1, 0.2, 0.3, 0.4, 0.5) if frame.frame != 2]
    line = timeline([(n, n / 2) for n in range(5)], seen, 0.5)
    assert len(line.lines) == 2 and line.missing == [line.at_x(1.0)]
    assert not line.band
    assert "frames without a face" in line.caption


@pytest.mark.parametrize("turned", [False, True])
def test_the_face_is_where_the_crop_has_it(turned):
    frame = np.zeros((200, 300, 3), np.uint8)
    frame[60:140, 100:160] = 255
    box = (100, 60, 60, 80)
    square = Geometry("box", scale=1.5, align=turned).square(box, [(110, 80), (150, 90)])
    crop = crop_square(frame, square, 96)
    mask = face_region(96, box, square)
    assert abs((crop[..., 0] > 127) ^ mask).mean() < 0.03


def test_the_share_of_heat_on_the_face():
    mask = np.zeros((4, 4), bool)
    mask[:2] = True
    heat = np.zeros((4, 4))
    assert share_inside(heat, mask) == 0
    heat[0, 0], heat[3, 3] = 0.75, 0.25
    assert share_inside(heat, mask) == 0.75


def test_cold_places_stay_as_they_are_and_hot_ones_turn_bright():
    image = media.texture((32, 32))
    heat = np.zeros((32, 32), np.float32)
    heat[:8] = 1
    shown = overlay(image, heat)
    np.testing.assert_array_equal(shown[8:], image[8:])
    assert shown[:8].mean() > image[:8].mean()


def test_a_thumbnail_is_small_and_boxes_fakes_in_another_color():
    frame = np.full((270, 480, 3), 127, np.uint8)
    boxes = [((160, 160, 320, 320), True), ((1200, 160, 320, 320), False)]
    small = thumbnail(frame, boxes, shrunk=4)
    assert small.shape == (135, 240, 3)
    assert tuple(small[40, 20]) == FAKE_BGR
    assert tuple(small[40, 150]) == REAL_BGR


def test_a_picture_becomes_part_of_the_page():
    content = data_uri(media.texture((20, 10))[:, ::-1]).removeprefix("data:image/jpeg;base64,")
    assert cv2.imdecode(np.frombuffer(b64decode(content), np.uint8), 1).shape == (10, 20, 3)
