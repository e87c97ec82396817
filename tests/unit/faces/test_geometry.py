"""From a face in a frame to a square: placed right, never squeezed, mirrored at the border."""

import cv2
import numpy as np
import pytest

import media
from unmask.faces.geometry import crop_square, in_crop

FRAME = media.texture((160, 120))


def difference(one, other):
    return np.abs(one.astype(int) - other.astype(int)).mean()


def test_the_square_is_scaled_about_the_center_of_the_box():
    crop = crop_square(FRAME, (60, 40, 20, 30), scale=2, size=60)
    assert np.array_equal(crop, FRAME[25:85, 40:100])


def test_the_larger_side_of_the_box_counts():
    wide = crop_square(FRAME, (50, 50, 40, 20), scale=1, size=40)
    assert np.array_equal(wide, FRAME[40:80, 50:90])


@pytest.mark.parametrize("size", [16, 60, 200])
def test_crops_have_the_size_asked_for(size):
    crop = crop_square(FRAME, (60, 40, 20, 30), scale=1.3, size=size)
    assert crop.shape == (size, size, 3)
    assert crop.dtype == np.uint8


def test_shrinking_averages_pixels():
    checks = (np.indices((100, 100)).sum(axis=0) % 2 * 255).astype(np.uint8)
    crop = crop_square(np.dstack([checks] * 3), (10, 10, 80, 80), scale=1, size=40)
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
    crop = crop_square(FRAME, box, scale=2, size=side)
    assert np.array_equal(crop, padded[top : top + side, left : left + side])


def test_a_face_at_the_border_is_not_squeezed():
    disc = np.zeros((120, 160, 3), np.uint8)
    cv2.circle(disc, (20, 60), 15, (255, 255, 255), cv2.FILLED)
    crop = crop_square(disc, (5, 45, 30, 30), scale=2, size=120)
    lit = np.argwhere(crop[:, 30:90, 0] > 127)
    height, width = lit.max(axis=0) - lit.min(axis=0)
    assert abs(int(height) - int(width)) <= 2


def test_a_square_larger_than_the_frame_is_filled_by_mirroring_again_and_again():
    crop = crop_square(FRAME[:5, :7], (0, 0, 7, 5), scale=10, size=70)
    padded = cv2.copyMakeBorder(FRAME[:5, :7], 32, 33, 31, 32, cv2.BORDER_REFLECT_101)
    assert np.array_equal(crop, padded)


def test_a_box_outside_a_one_pixel_frame_still_gives_a_crop():
    crop = crop_square(FRAME[:1, :1], (5, 5, 0, 0), scale=1.3, size=8)
    assert np.array_equal(crop, np.full((8, 8, 3), FRAME[0, 0]))


def level_eyes(box):
    x, y, width, height = box
    return [(x + 0.3 * width, y + 0.4 * height), (x + 0.7 * width, y + 0.4 * height)]


@pytest.mark.parametrize("size", [30, 60, 90])
def test_level_eyes_leave_the_crop_as_it_is(size):
    box = (60, 40, 20, 30)
    plain = crop_square(FRAME, box, scale=2, size=size)
    aligned = crop_square(FRAME, box, scale=2, size=size, landmarks=level_eyes(box))
    assert difference(plain, aligned) < 0.5


@pytest.mark.parametrize("degrees", [-35, 20, 90])
def test_a_tilted_face_comes_out_upright(degrees):
    box = (60, 40, 30, 30)
    center = 75, 55
    turn = cv2.getRotationMatrix2D((center[0] - 0.5, center[1] - 0.5), degrees, 1)
    tilted = cv2.warpAffine(FRAME, turn, (160, 120), flags=cv2.INTER_CUBIC)
    eyes = [tuple(turn @ (*eye, 1)) for eye in level_eyes(box)]

    aligned = crop_square(tilted, box, scale=1.2, size=72, landmarks=eyes)

    assert difference(aligned, crop_square(FRAME, box, scale=1.2, size=72)) < 1
    assert difference(aligned, crop_square(tilted, box, scale=1.2, size=72)) > 5


def test_an_aligned_crop_is_mirrored_at_the_border_too():
    box = (-10, 40, 40, 40)
    plain = crop_square(FRAME, box, scale=1.5, size=60)
    aligned = crop_square(FRAME, box, scale=1.5, size=60, landmarks=level_eyes(box))
    assert difference(plain, aligned) < 0.5


def test_shrinking_an_aligned_crop_averages_pixels():
    checks = (np.indices((400, 400)).sum(axis=0) % 2 * 255).astype(np.uint8)
    box = (100, 100, 200, 200)
    eyes = [(150, 180), (250, 200)]
    crop = crop_square(np.dstack([checks] * 3), box, scale=1, size=50, landmarks=eyes)
    assert np.abs(crop.astype(int) - 127).max() < 30


@pytest.mark.parametrize("align", [False, True])
def test_points_of_the_frame_are_found_again_in_the_crop(align):
    image = np.zeros((200, 300, 3), np.uint8)
    points = [(120, 80), (160, 95), (140, 110), (125, 130), (150, 135)]
    for x, y in points:
        image[y - 1 : y + 2, x - 1 : x + 2] = 255
    box, marks = (100.0, 60.0, 80.0, 100.0), points if align else None
    crop = crop_square(image, box, scale=1.3, size=260, landmarks=marks)[..., 0].astype(float)
    for x, y in in_crop(points, box, scale=1.3, landmarks=marks):
        column, row = x * 260, y * 260
        around = crop[int(row) - 12 : int(row) + 12, int(column) - 12 : int(column) + 12]
        rows, columns = np.indices(around.shape)
        assert around.sum() > 0
        assert (rows * around).sum() / around.sum() + int(row) - 12 == pytest.approx(row, abs=2)
        assert (columns * around).sum() / around.sum() + int(column) - 12 == pytest.approx(
            column, abs=2
        )
