"""Fakes made of real faces: what they change, where, and what gives them away."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import skimage.data

from unmask.training.augment.face_axes import TYPICAL_LANDMARKS
from unmask.training.augment.self_blend import face_mask, self_blended

SIDE = 112
TIGHT = np.array(TYPICAL_LANDMARKS)
WIDE = 0.5 + (TIGHT - (0.5, 0.45)) * 0.6
"""A crop with a wider margin: eyes a quarter of the side apart."""


@pytest.fixture(scope="module")
def portrait():
    """A face that lies in its crop as typical landmarks do."""
    picture = skimage.data.astronaut()
    eyes = np.array([(207.0, 118.0), (242.0, 115.0)])
    side = np.hypot(*(eyes[1] - eyes[0])) / (TIGHT[1, 0] - TIGHT[0, 0])
    left, top = eyes.mean(0) - side * np.array([0.5, TIGHT[0, 1]])
    crop = picture[int(top) : int(top + side), int(left) : int(left + side)]
    return cv2.resize(crop, (SIDE, SIDE), interpolation=cv2.INTER_AREA)


def made(portrait, count, marks=TIGHT):
    pairs = [self_blended(portrait, marks, np.random.default_rng((0, i))) for i in range(count)]
    return np.stack([real for real, _ in pairs]), np.stack([fake for _, fake in pairs])


def test_the_same_draw_makes_the_same_pair_and_another_one_another(portrait):
    first, again = (self_blended(portrait, TIGHT, np.random.default_rng(3)) for _ in "ab")
    np.testing.assert_array_equal(first, again)
    other = self_blended(portrait, TIGHT, np.random.default_rng(4))
    assert not np.array_equal(first[1], other[1])


def test_half_of_the_targets_are_changed_and_their_real_faces_with_them(portrait):
    real, fake = made(portrait, 200)
    plain = (real == portrait).all((1, 2, 3))
    assert 0.35 < plain.mean() < 0.65
    corners = (slice(None), [0, 0], [0, -1])
    np.testing.assert_array_equal(real[corners], fake[corners])


def test_the_difference_lies_on_the_face(portrait):
    real, fake = made(portrait, 200)
    difference = np.abs(real.astype(int) - fake).mean((0, 3))
    x, y = np.round(TIGHT.mean(0) * SIDE).astype(int)
    assert difference[y - 5 : y + 5, x - 5 : x + 5].mean() > 10 * difference[:3].mean()
    assert (np.abs(real.astype(int) - fake).mean((1, 2, 3)) > 0.1).mean() > 0.95


@pytest.mark.parametrize("marks", [TIGHT, WIDE], ids=["tight", "wide"])
@pytest.mark.parametrize("turn", [0, 20])
def test_a_mask_covers_the_face_of_tight_and_of_wide_crops(marks, turn):
    angle = np.deg2rad(turn)
    turned = 0.5 + (marks - 0.5) @ [[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]
    masks = [face_mask(turned, SIDE, np.random.default_rng(i)) for i in range(30)]
    kinds = {mask.tobytes(): mask for mask in masks}
    assert len(kinds) == 3
    for mask in kinds.values():
        inside = np.round(turned[3:].mean(0) * SIDE).astype(int)
        assert mask[inside[1], inside[0]] == 1
    eyes = np.hypot(*(marks[1] - marks[0])) * SIDE
    largest = max(mask.sum() for mask in masks)
    assert 3 * eyes**2 < largest < 7 * eyes**2


def test_the_border_alone_does_not_tell_real_from_fake(portrait):
    # The outer 16 of 224 pixels of both faces of a pair are the same, whatever was changed inside.
    real, fake = made(portrait, 200)
    rim = np.ones((SIDE, SIDE), bool)
    rim[8:-8, 8:-8] = False
    np.testing.assert_array_equal(real[:, rim], fake[:, rim])
    assert (real != fake)[:, ~rim].any((1, 2)).mean() > 0.95


def test_the_outline_of_the_mean_face_comes_with_the_package():
    from unmask.training.augment import self_blend

    assert (Path(self_blend.__file__).parent / "face_outline.npz").is_file()
