"""What augmentation does to pixels, held against Keras' ImageDataGenerator."""

import cv2
import numpy as np
import pytest
import tensorflow as tf
from keras.src.legacy.preprocessing.image import apply_affine_transform

from unmask.model.augment import (
    FILL_MODES,
    RandomAffine,
    RandomLight,
    augment,
    augmentation_layers,
    transform,
)

SIDE = 40
SEED = tf.constant([3, 1], tf.int64)


def picture():
    noise = np.random.default_rng(0).uniform(0, 255, (SIDE, SIDE, 3)).astype(np.float32)
    return cv2.GaussianBlur(noise, (0, 0), 2)


def transformed(image, fill_mode="nearest", mirror=False, **changes):
    still = {"angle": 0, "shift_x": 0, "shift_y": 0, "shear": 0, "zoom_x": 1, "zoom_y": 1}
    vectors = {key: tf.constant([value], tf.float32) for key, value in (still | changes).items()}
    batch = tf.constant(image[None])
    return transform(batch, mirror=tf.constant([mirror]), fill_mode=fill_mode, **vectors)[0].numpy()


@pytest.mark.parametrize("fill_mode", ["nearest", "reflect"])
def test_a_transform_is_that_of_image_data_generator(fill_mode):
    ours = transformed(
        picture(), fill_mode, angle=25, shift_x=3, shift_y=-5, shear=12, zoom_x=0.8, zoom_y=1.2
    )
    theirs = apply_affine_transform(
        picture(), theta=25, tx=3, ty=-5, shear=12, zx=0.8, zy=1.2,
        row_axis=0, col_axis=1, channel_axis=2, fill_mode=fill_mode,
    )  # fmt: skip
    np.testing.assert_allclose(ours, theirs, atol=1e-3)


def test_uncovered_area_is_filled_as_asked():
    row = np.tile(np.arange(4, dtype=np.float32)[None, :, None], (4, 1, 3))
    filled = {mode: transformed(row, mode, shift_x=2)[0, :, 0].tolist() for mode in FILL_MODES}
    assert filled == {
        "nearest": [2, 3, 3, 3],
        "reflect": [2, 3, 3, 2],
        "constant": [2, 3, 0, 0],
        "wrap": [2, 3, 0, 1],
    }


def test_mirroring_turns_left_and_right_around():
    np.testing.assert_allclose(transformed(picture(), mirror=True), picture()[:, ::-1], atol=1e-4)


def test_settings_of_zero_change_nothing():
    still = {"rotation": 0, "width_shift": 0, "height_shift": 0, "shear": 0, "zoom": 0}
    still |= {"horizontal_flip": False, "fill_mode": "reflect"}
    batch = np.random.default_rng(0).integers(0, 256, (3, SIDE, SIDE, 3), dtype=np.uint8)
    assert augmentation_layers(**still, brightness=0, contrast=0) == []
    np.testing.assert_array_equal(augment([], batch, SEED), batch)
    np.testing.assert_array_equal(RandomAffine(**still)(batch, SEED), batch)
    np.testing.assert_array_equal(RandomLight()(batch, SEED), batch)


def test_the_seed_alone_decides_what_is_drawn():
    chain = augmentation_layers(rotation=20, horizontal_flip=True, brightness=0.2, contrast=0.2)
    batch = np.stack([picture()] * 4)
    once, again = augment(chain, batch, SEED), augment(chain, batch, SEED)
    np.testing.assert_array_equal(once, again)
    assert not np.allclose(once, augment(chain, batch, SEED + 1))
    assert not np.allclose(once[0], once[1])
    assert once.dtype == tf.float32


def position(images):
    """Where the one bright spot of each image is: x, y from its center."""
    mass = images[..., 0] / images[..., 0].sum((1, 2), keepdims=True)
    along = np.arange(SIDE) - (SIDE - 1) / 2
    return np.stack([(mass * along).sum((1, 2)), (mass * along[:, None]).sum((1, 2))])


def spots(count, x=0, y=0):
    image = np.zeros((SIDE, SIDE, 3), np.float32)
    middle = SIDE // 2
    image[middle - 1 + y : middle + 1 + y, middle - 1 + x : middle + 1 + x] = 255
    return np.stack([image] * count)


def test_shifts_are_shares_of_the_side():
    moved = RandomAffine(width_shift=0.25)(spots(200), SEED).numpy()
    x, y = position(moved)
    assert np.abs(y).max() < 1e-3
    assert 0.23 * SIDE < np.abs(x).max() <= 0.25 * SIDE + 1e-3
    assert abs(x.mean()) < 0.03 * SIDE
    x, y = position(RandomAffine(height_shift=0.25)(spots(200), SEED).numpy())
    assert np.abs(x).max() < 1e-3
    assert 0.23 * SIDE < np.abs(y).max() <= 0.25 * SIDE + 1e-3


def test_rotation_is_in_degrees_around_the_center():
    x, y = position(RandomAffine(rotation=30)(spots(200, x=12), SEED).numpy())
    angle = np.degrees(np.arctan2(y, x))
    assert 28 < np.abs(angle).max() < 31
    np.testing.assert_allclose(np.hypot(x, y), 12, atol=0.3)


def test_shear_is_in_degrees():
    x, _ = position(RandomAffine(shear=30)(spots(200, y=10), SEED).numpy())
    tallest = 10 * np.tan(np.radians(30))
    assert 0.9 * tallest < np.abs(x).max() < 1.1 * tallest


def test_zoom_scales_both_axes_independently():
    x, _ = position(RandomAffine(zoom=0.2)(spots(200, x=10), SEED).numpy())
    _, y = position(RandomAffine(zoom=0.2)(spots(200, y=10), SEED).numpy())
    for reach in (10 / x, 10 / y):
        assert 0.79 < reach.min() < 0.82
        assert 1.18 < reach.max() < 1.22
    assert abs(np.corrcoef(x, y)[0, 1]) < 0.2


def test_half_of_the_images_are_mirrored():
    x, _ = position(RandomAffine(horizontal_flip=True)(spots(200, x=10), SEED).numpy())
    assert 70 < (x < 0).sum() < 130


def test_brightness_and_contrast_are_shares_and_stay_in_range():
    gray = np.full((200, 4, 4, 3), 128, np.float32)
    lifted = RandomLight(brightness=0.1)(gray, SEED).numpy()[:, 0, 0, 0] - 128
    assert 24 < np.abs(lifted).max() <= 25.6
    halves = gray.copy()
    halves[:, :2] = 64
    spread = np.ptp(RandomLight(contrast=0.5)(halves, SEED).numpy(), axis=(1, 2, 3)) / 64
    assert 0.5 <= spread.min() < 0.53
    assert 1.47 < spread.max() <= 1.5
    bright = RandomLight(brightness=1.0)(gray, SEED).numpy()
    assert bright.min() >= 0
    assert bright.max() <= 255
