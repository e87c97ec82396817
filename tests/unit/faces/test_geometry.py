"""From a face in a frame to a square: placed right, never squeezed, mirrored at the border."""

import math

import cv2
import numpy as np
import pytest

import media
from unmask.detections.detect import make_detector
from unmask.faces.geometry import Geometry, crop_square, in_crop

FRAME = media.texture((160, 120))


def around(box, scale, landmarks=None):
    """The square around a box, turned by landmarks where they are given."""
    return Geometry("box", scale=scale, align=landmarks is not None).square(box, landmarks)


def difference(one, other):
    return np.abs(one.astype(int) - other.astype(int)).mean()


def test_the_square_is_scaled_about_the_center_of_the_box():
    crop = crop_square(FRAME, around((60, 40, 20, 30), 2), 60)
    assert np.array_equal(crop, FRAME[25:85, 40:100])


def test_the_larger_side_of_the_box_counts():
    wide = crop_square(FRAME, around((50, 50, 40, 20), 1), 40)
    assert np.array_equal(wide, FRAME[40:80, 50:90])


@pytest.mark.parametrize("size", [16, 60, 200])
def test_crops_have_the_size_asked_for(size):
    crop = crop_square(FRAME, around((60, 40, 20, 30), 1.3), size)
    assert crop.shape == (size, size, 3)
    assert crop.dtype == np.uint8


def test_shrinking_averages_pixels():
    checks = (np.indices((100, 100)).sum(axis=0) % 2 * 255).astype(np.uint8)
    crop = crop_square(np.dstack([checks] * 3), around((10, 10, 80, 80), 1), 40)
    assert np.abs(crop.astype(int) - 127).max() <= 1


@pytest.mark.parametrize(
    "box", [(-10, -8, 30, 40), (140, 100, 40, 30), (-5, 60, 30, 30), (60, -5, 30, 30)]
)
def test_what_lies_outside_the_frame_is_mirrored(box):
    x, y, width, height = box
    padded = cv2.copyMakeBorder(FRAME, 100, 100, 100, 100, cv2.BORDER_REFLECT_101)
    side = 2 * max(width, height)
    left = round(x + width / 2 - side / 2) + 100
    top = round(y + height / 2 - side / 2) + 100
    crop = crop_square(FRAME, around(box, 2), side)
    assert np.array_equal(crop, padded[top : top + side, left : left + side])


def test_a_face_at_the_border_is_not_squeezed():
    disc = np.zeros((120, 160, 3), np.uint8)
    cv2.circle(disc, (20, 60), 15, (255, 255, 255), cv2.FILLED)
    crop = crop_square(disc, around((5, 45, 30, 30), 2), 120)
    lit = np.argwhere(crop[:, 30:90, 0] > 127)
    height, width = lit.max(axis=0) - lit.min(axis=0)
    assert abs(int(height) - int(width)) <= 2


def test_a_square_larger_than_the_frame_is_filled_by_mirroring_again_and_again():
    crop = crop_square(FRAME[:5, :7], around((0, 0, 7, 5), 10), 70)
    padded = cv2.copyMakeBorder(FRAME[:5, :7], 32, 33, 31, 32, cv2.BORDER_REFLECT_101)
    assert np.array_equal(crop, padded)


def test_a_box_outside_a_one_pixel_frame_still_gives_a_crop():
    crop = crop_square(FRAME[:1, :1], around((5, 5, 0, 0), 1.3), 8)
    assert np.array_equal(crop, np.full((8, 8, 3), FRAME[0, 0]))


def level_eyes(box):
    x, y, width, height = box
    return [(x + 0.3 * width, y + 0.4 * height), (x + 0.7 * width, y + 0.4 * height)]


@pytest.mark.parametrize("size", [30, 60, 90])
def test_level_eyes_leave_the_crop_as_it_is(size):
    box = (60, 40, 20, 30)
    plain = crop_square(FRAME, around(box, 2), size)
    aligned = crop_square(FRAME, around(box, 2, level_eyes(box)), size)
    assert difference(plain, aligned) < 0.5


@pytest.mark.parametrize("degrees", [-35, 20, 90])
def test_a_tilted_face_comes_out_upright(degrees):
    box = (60, 40, 30, 30)
    center = 75, 55
    turn = cv2.getRotationMatrix2D((center[0] - 0.5, center[1] - 0.5), degrees, 1)
    tilted = cv2.warpAffine(FRAME, turn, (160, 120), flags=cv2.INTER_CUBIC)
    eyes = [tuple(turn @ (*eye, 1)) for eye in level_eyes(box)]

    aligned = crop_square(tilted, around(box, 1.2, eyes), 72)

    assert difference(aligned, crop_square(FRAME, around(box, 1.2), 72)) < 1
    assert difference(aligned, crop_square(tilted, around(box, 1.2), 72)) > 5


def test_an_aligned_crop_is_mirrored_at_the_border_too():
    box = (-10, 40, 40, 40)
    plain = crop_square(FRAME, around(box, 1.5), 60)
    aligned = crop_square(FRAME, around(box, 1.5, level_eyes(box)), 60)
    assert difference(plain, aligned) < 0.5


def test_shrinking_an_aligned_crop_averages_pixels():
    checks = (np.indices((400, 400)).sum(axis=0) % 2 * 255).astype(np.uint8)
    box = (100, 100, 200, 200)
    eyes = [(150, 180), (250, 200)]
    crop = crop_square(np.dstack([checks] * 3), around(box, 1, eyes), 50)
    assert np.abs(crop.astype(int) - 127).max() < 30


# --- placed by landmarks ------------------------------------------------------------------------

FACE = (100.0, 100.0, 60.0, 80.0)
MARKS = [(116.0, 131.0), (144.0, 131.0), (130.0, 147.0), (118.0, 162.0), (142.0, 162.0)]


def eyes_in(square, landmarks):
    """Distance and line of the eyes in the crop of a square."""
    left, right = in_crop(landmarks, square)[:2]
    return math.dist(left, right), (left[1] + right[1]) / 2


def about(points, center, degrees):
    """Points turned clockwise about a center."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    away = [(x - center[0], y - center[1]) for x, y in points]
    return [(center[0] + x * cos - y * sin, center[1] + x * sin + y * cos) for x, y in away]


@pytest.mark.parametrize("who", ["hopper", "collins"])
@pytest.mark.parametrize("detector", ["mtcnn", "opencv"])
@pytest.mark.parametrize("settings", [{}, {"align": True}, {"eye_distance": 0.3, "eye_line": 0.4}])
def test_the_eyes_are_where_they_are_to_be_whatever_found_the_face(who, detector, settings):
    portrait = media.portrait(who)
    face = make_detector(detector).detect(portrait)[0]
    square = Geometry(**settings).square(face.box, face.landmarks)
    (true,) = make_detector("mtcnn").detect(portrait)
    distance, line = eyes_in(square, true.landmarks)
    assert distance == pytest.approx(settings.get("eye_distance", 0.4), rel=0.08)
    assert line == pytest.approx(settings.get("eye_line", 0.3), abs=0.03)


def test_boxes_of_any_size_give_the_same_crop_of_a_face_seen_from_the_front():
    squares = [
        Geometry().square((130 - side / 2, 140 - side / 2, side, side), MARKS)
        for side in (60, 80, 86)
    ]
    assert len(set(squares)) == 1


@pytest.mark.parametrize("closer", [0.8, 0.5, 0.2, 0.0])
def test_a_turned_head_is_not_cut_closer_than_one_seen_from_the_front(closer):
    front = Geometry().square(FACE, MARKS)
    turned = [(130 + closer * (x - 130), y) for x, y in MARKS]
    square = Geometry().square(FACE, turned)
    assert 0.9 * front.side < square.side <= front.side
    assert (square.x, square.y) == pytest.approx((front.x, front.y), abs=3)


def test_a_bowed_head_is_not_cut_closer_and_its_eyes_stay():
    bowed = [(x, 131 + 0.5 * (y - 131)) for x, y in MARKS]
    assert Geometry().square(FACE, bowed).side == Geometry().square(FACE, MARKS).side
    assert eyes_in(Geometry().square(FACE, bowed), bowed)[1] == pytest.approx(0.3, abs=0.01)


@pytest.mark.parametrize("place", ["landmarks", "box"])
def test_points_that_all_are_one_leave_the_size_to_the_box(place):
    square = Geometry(place).square(FACE, [(130.0, 140.0)] * 5)
    assert 60 < square.side < 110
    assert crop_square(FRAME, square, 32).shape == (32, 32, 3)


@pytest.mark.parametrize("degrees", [-90, -30, 15, 90, 180])
@pytest.mark.parametrize("align", [False, True])
def test_a_tilted_head_is_in_the_middle_as_an_upright_one_is(degrees, align):
    upright = Geometry().square(FACE, MARKS)
    marks = about(MARKS, (130, 140), degrees)
    tall = abs(math.sin(math.radians(degrees))) < 0.7
    box = FACE if tall else (90.0, 110.0, 80.0, 60.0)
    square = Geometry(align=align).square(box, marks)
    center = about([upright[:2]], (130, 140), degrees)[0]
    assert square[:3] == pytest.approx((*center, upright.side), abs=1.5)
    if align:
        left, right = in_crop(marks, square)[:2]
        assert left == pytest.approx((0.3, 0.3), abs=0.02)
        assert right == pytest.approx((0.7, 0.3), abs=0.02)


def test_a_face_without_landmarks_is_cut_as_a_typical_one():
    found, guessed = Geometry().square(FACE, MARKS), Geometry().square(FACE)
    assert guessed[:3] == pytest.approx(found[:3], rel=0.05)
    assert Geometry(align=True).square(FACE).tilt == 0


@pytest.mark.parametrize("shift", [(-400, 0), (0, 900), (-95, -120)])
def test_points_outside_the_frame_give_a_mirrored_crop(shift):
    right, down = shift
    box = (FACE[0] + right, FACE[1] + down, *FACE[2:])
    square = Geometry().square(box, [(x + right, y + down) for x, y in MARKS])
    crop = crop_square(FRAME, square, 64)
    assert crop.shape == (64, 64, 3) and crop.std() > 10


@pytest.mark.parametrize("align", [False, True])
def test_a_face_of_a_few_pixels_gives_a_crop(align):
    tiny = [(60.5 + 0.01 * x, 40.5 + 0.01 * y) for x, y in MARKS]
    square = Geometry(align=align).square((61.5, 41.5, 0.6, 0.8), tiny)
    assert square.side == 1
    assert crop_square(FRAME, square, 32).shape == (32, 32, 3)


# --- where points come to lie ---------------------------------------------------------------------


@pytest.mark.parametrize("align", [False, True])
def test_points_of_the_frame_are_found_again_in_the_crop(align):
    image = np.zeros((200, 300, 3), np.uint8)
    points = [(120, 80), (160, 95), (140, 110), (125, 130), (150, 135)]
    for x, y in points:
        image[y - 1 : y + 2, x - 1 : x + 2] = 255
    box, marks = (100.0, 60.0, 80.0, 100.0), points if align else None
    square = around(box, 1.3, marks)
    crop = crop_square(image, square, 260)[..., 0].astype(float)
    for x, y in in_crop(points, square):
        column, row = x * 260, y * 260
        near = crop[int(row) - 12 : int(row) + 12, int(column) - 12 : int(column) + 12]
        rows, columns = np.indices(near.shape) * near / near.sum()
        assert rows.sum() + int(row) - 12 == pytest.approx(row, abs=2)
        assert columns.sum() + int(column) - 12 == pytest.approx(column, abs=2)
