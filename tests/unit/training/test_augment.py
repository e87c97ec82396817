"""What augmentation does to pixels, held against Keras' ImageDataGenerator and real codecs."""

import cv2
import numpy as np
import pytest
import tensorflow as tf
from keras.src.legacy.preprocessing.image import apply_affine_transform

from unmask.disk.records import Square
from unmask.faces.geometry import crop_square
from unmask.training.augment.camera import RandomQuality, blur, shrink
from unmask.training.augment.chain import augment, augmentation
from unmask.training.augment.codec import jpeg, video
from unmask.training.augment.color import RandomColor
from unmask.training.augment.edges import RandomEdges, mirror_edges
from unmask.training.augment.erase import RandomErase, erase_part
from unmask.training.augment.face_axes import TYPICAL_LANDMARKS
from unmask.training.augment.geometry import RandomAffine, transform
from unmask.training.augment.randomness import change_some

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
    np.testing.assert_allclose(ours, theirs, atol=0.5)


def test_uncovered_area_is_filled_as_asked():
    row = np.tile(np.arange(4, dtype=np.float32)[None, :, None], (4, 1, 3))
    expected = {
        "nearest": [2, 3, 3, 3],
        "reflect": [2, 3, 3, 2],
        "constant": [2, 3, 0, 0],
        "wrap": [2, 3, 0, 1],
    }
    for mode, filled in expected.items():
        assert transformed(row, mode, shift_x=2)[0, :, 0].tolist() == filled, mode


def test_mirroring_turns_left_and_right_around():
    np.testing.assert_allclose(transformed(picture(), mirror=True), picture()[:, ::-1], atol=1e-4)


def test_settings_of_zero_change_nothing():
    still = {"rotation": 0, "width_shift": 0, "height_shift": 0, "shear": 0, "zoom": 0}
    still |= {"horizontal_flip": False, "fill_mode": "reflect"}
    batch = np.random.default_rng(0).integers(0, 256, (3, SIDE, SIDE, 3), dtype=np.uint8)
    assert augmentation(**still, brightness=0, contrast=0) == []
    np.testing.assert_array_equal(augment([], batch, None, SEED), batch)
    np.testing.assert_array_equal(RandomAffine(**still)(batch, None, SEED), batch)
    np.testing.assert_array_equal(RandomColor()(batch, None, SEED), batch)


def test_the_seed_alone_decides_what_is_drawn():
    chain = augmentation(rotation=20, horizontal_flip=True, brightness=0.2, contrast=0.2)
    batch = np.stack([picture()] * 4)
    once, again = augment(chain, batch, None, SEED), augment(chain, batch, None, SEED)
    np.testing.assert_array_equal(once, again)
    assert not np.allclose(once, augment(chain, batch, None, SEED + 1))
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
    moved = RandomAffine(width_shift=0.25)(spots(200), None, SEED).numpy()
    x, y = position(moved)
    assert np.abs(y).max() < 1e-3
    assert 0.23 * SIDE < np.abs(x).max() <= 0.25 * SIDE + 1e-3
    assert abs(x.mean()) < 0.03 * SIDE
    x, y = position(RandomAffine(height_shift=0.25)(spots(200), None, SEED).numpy())
    assert np.abs(x).max() < 1e-3
    assert 0.23 * SIDE < np.abs(y).max() <= 0.25 * SIDE + 1e-3


def test_rotation_is_in_degrees_around_the_center():
    x, y = position(RandomAffine(rotation=30)(spots(200, x=12), None, SEED).numpy())
    angle = np.degrees(np.arctan2(y, x))
    assert 28 < np.abs(angle).max() < 31
    np.testing.assert_allclose(np.hypot(x, y), 12, atol=0.3)


def test_shear_is_in_degrees():
    x, _ = position(RandomAffine(shear=30)(spots(200, y=10), None, SEED).numpy())
    tallest = 10 * np.tan(np.radians(30))
    assert 0.9 * tallest < np.abs(x).max() < 1.1 * tallest


def test_zoom_scales_both_axes_independently():
    x, _ = position(RandomAffine(zoom=0.2)(spots(200, x=10), None, SEED).numpy())
    _, y = position(RandomAffine(zoom=0.2)(spots(200, y=10), None, SEED).numpy())
    for reach in (10 / x, 10 / y):
        assert 0.79 < reach.min() < 0.82
        assert 1.18 < reach.max() < 1.22
    assert abs(np.corrcoef(x, y)[0, 1]) < 0.2


def test_half_of_the_images_are_mirrored():
    x, _ = position(RandomAffine(horizontal_flip=True)(spots(200, x=10), None, SEED).numpy())
    assert 70 < (x < 0).sum() < 130


def test_brightness_and_contrast_are_shares_and_stay_in_range():
    gray = np.full((200, 4, 4, 3), 128, np.float32)
    lifted = RandomColor(brightness=0.1)(gray, None, SEED).numpy()[:, 0, 0, 0] - 128
    assert 24 < np.abs(lifted).max() <= 25.6
    halves = gray.copy()
    halves[:, :2] = 64
    spread = np.ptp(RandomColor(contrast=0.5)(halves, None, SEED).numpy(), axis=(1, 2, 3)) / 64
    assert 0.5 <= spread.min() < 0.53
    assert 1.47 < spread.max() <= 1.5
    bright = RandomColor(brightness=1.0)(gray, None, SEED).numpy()
    assert bright.min() >= 0
    assert bright.max() <= 255


PORTRAIT = 96


@pytest.fixture(scope="module")
def portrait():
    """The face of skimage's astronaut, about as a crop shows it: RGB float32 in 0..255."""
    from skimage import data

    face = data.astronaut()[40:200, 140:300]
    small = cv2.resize(face, (PORTRAIT, PORTRAIT), interpolation=cv2.INTER_AREA)
    return small.astype(np.float32)


def copies(image, count):
    return tf.constant(np.stack([image] * count))


def typical(count):
    return tf.constant([TYPICAL_LANDMARKS] * count, tf.float32)


def psnr(first, second):
    return 10 * np.log10(255**2 / np.mean((np.asarray(first) - np.asarray(second)) ** 2))


@pytest.mark.parametrize("quality", [20, 50, 80, 95])
def test_jpeg_loses_what_an_encoder_loses(portrait, quality):
    flags = [cv2.IMWRITE_JPEG_QUALITY, quality]
    _, data = cv2.imencode(".jpg", portrait[..., ::-1].astype(np.uint8), flags)
    real = cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1]
    ours = jpeg(copies(portrait, 1), tf.constant([float(quality)]))[0]
    np.testing.assert_array_equal(ours, real)


def test_images_of_a_batch_can_have_different_qualities(portrait):
    both = jpeg(copies(portrait, 2), tf.constant([20.0, 90.0]))
    for got, quality in zip(both, (20.0, 90.0), strict=True):
        alone = jpeg(copies(portrait, 1), tf.constant([quality]))[0]
        np.testing.assert_array_equal(got, alone)


def test_video_loses_six_decibels_or_less_every_six_qp(portrait):
    qps = tf.constant([18.0, 24.0, 30.0, 36.0, 42.0])
    losses = [psnr(image, portrait) for image in video(copies(portrait, 5), qps)]
    steps = -np.diff(losses)
    assert losses[0] > 38
    assert ((steps > 2) & (steps < 6.1)).all()


def test_the_deblocking_filter_smooths_the_edges_of_blocks(portrait):
    coded = video(copies(portrait, 1), tf.constant([40.0]))[0].numpy().mean(-1)
    steps = np.abs(np.diff(coded, axis=1)).mean(0)
    at_edges, inside = steps[7::8].mean(), np.delete(steps, np.arange(7, len(steps), 8)).mean()
    assert at_edges < 2 * inside


@pytest.mark.parametrize("side", [30, 64, 75])
def test_sides_need_not_be_whole_blocks(side):
    flat = tf.fill((2, side, side, 3), 100.0)
    for coded in (jpeg(flat, tf.constant([50.0, 90.0])), video(flat, tf.constant([30.0, 40.0]))):
        assert coded.shape == (2, side, side, 3)
        np.testing.assert_allclose(coded, 100, atol=8)


def test_a_blur_is_a_gaussian(portrait):
    ours = blur(copies(portrait, 1), tf.constant([1.5]))[0].numpy()
    real = cv2.GaussianBlur(portrait, (31, 31), 1.5)
    np.testing.assert_allclose(ours[10:-10, 10:-10], real[10:-10, 10:-10], atol=0.5)


@pytest.mark.parametrize("share", [0.25, 0.5, 0.8])
def test_shrinking_loses_what_resizing_loses(portrait, share):
    side = round(PORTRAIT * share)
    small = tf.image.resize(portrait[None], (side, side), antialias=True)
    real = tf.image.resize(small, (PORTRAIT, PORTRAIT))[0].numpy()
    ours = shrink(copies(portrait, 1), tf.constant([share]))[0].numpy()
    assert psnr(ours, real) > psnr(ours, portrait) + 3


def test_each_loss_strikes_the_share_that_it_is_asked_to(portrait):
    batch = copies(portrait, 200)
    for loss in ({"downscale": 0.3}, {"blur": 0.3}, {"noise": 0.3}):
        changed = RandomQuality(**loss)(batch, None, SEED).numpy()
        struck = (changed != batch.numpy()).any((1, 2, 3)).sum()
        assert 40 < struck < 80


def test_noise_has_the_level_asked_for():
    gray = tf.fill((300, 16, 16, 3), 128.0)
    spread = RandomQuality(noise=1.0, noise_level=0.1)(gray, None, SEED).numpy().std((1, 2, 3))
    assert spread.min() < 2
    assert 23 < spread.max() < 28


def test_hue_turns_colors_and_keeps_the_brightness(portrait):
    turned = RandomColor(hue=0.2)(copies(portrait, 20), None, SEED).numpy()
    gray = np.array([0.299, 0.587, 0.114])
    middle = (turned > 5).all(-1) & (turned < 250).all(-1)
    off = np.abs(turned @ gray - portrait @ gray)[middle]
    assert off.mean() < 1
    assert np.abs(turned - portrait).max((1, 2, 3)).max() > 20


def test_without_saturation_a_picture_is_gray(portrait):
    faded = RandomColor(saturation=1.0)(copies(portrait, 60), None, SEED).numpy()
    assert np.ptp(faded, axis=-1).mean((1, 2)).min() < 5


def test_erasing_covers_a_rectangle_of_one_color():
    images = tf.fill((200, 50, 50, 3), -1.0)
    erased = RandomErase(erase=0.5)(images, typical(200), SEED).numpy()
    covered = (erased >= 0).any(-1)
    share = covered.mean((1, 2))
    assert 70 < (share > 0).sum() < 130
    assert share[share > 0].min() > 0.01
    assert share.max() < 0.23
    for image, inside in zip(erased, covered, strict=True):
        if inside.any():
            rows, columns = inside.any(1), inside.any(0)
            assert inside.sum() == rows.sum() * columns.sum()
            assert len(np.unique(image[inside], axis=0)) == 1


def test_erased_parts_are_where_the_landmarks_are():
    level = erase_part(tf.ones((300, 40, 40, 3)), typical(300), SEED).numpy()[..., 0]
    masks = {mask.tobytes(): mask for mask in level}
    assert len(masks) == 7
    down = [int(40 * y) for _, y in TYPICAL_LANDMARKS]
    across = [int(40 * x) for x, _ in TYPICAL_LANDMARKS]
    hit = {tuple(mask[down, across] == 0) for mask in masks.values()}
    assert (True, True, False, False, False) in hit, "the eyes"
    assert (False, False, True, False, False) in hit, "the nose"
    assert (False, False, False, True, True) in hit, "the mouth"
    assert (True, False, False, True, False) in {(a, b, False, d, e) for a, b, _, d, e in hit}


def test_beyond_an_edge_a_picture_is_mirrored_as_beyond_the_edge_of_a_frame():
    image = picture().astype(np.uint8)
    cut = [0.2, 0.1, 0.0, 0.25]
    mirrored = mirror_edges(tf.constant(image[None]), tf.constant([cut])).numpy()[0]
    ended = image[8 : SIDE - 4, : SIDE - 10]
    center_x, center_y = SIDE / 2, SIDE / 2 - 8
    np.testing.assert_array_equal(
        mirrored, crop_square(ended, Square(center_x, center_y, SIDE), SIDE)
    )


def test_edges_are_drawn_for_the_share_of_images_that_is_asked_for():
    batch = tf.random.stateless_uniform((200, SIDE, SIDE, 3), SEED, 0.0, 255.0)
    changed = RandomEdges(0.4)(batch, None, SEED).numpy()
    struck = (changed != batch.numpy()).any((1, 2, 3))
    assert 55 < struck.sum() < 105
    middle = slice(SIDE * 3 // 10 + 1, -(SIDE * 3 // 10) - 1)
    np.testing.assert_array_equal(changed[:, middle, middle], batch.numpy()[:, middle, middle])


def test_an_image_that_is_not_chosen_is_not_touched():
    batch = tf.random.stateless_uniform((50, 8, 8, 3), SEED, 0.0, 255.0)
    changed = change_some(
        batch, 0.5, SEED, lambda some, at: some + tf.cast(at, tf.float32)[:, None, None, None] + 1
    )
    moved = (changed.numpy() - batch.numpy())[:, 0, 0, 0]
    chosen = np.flatnonzero(moved)
    assert 10 < len(chosen) < 40
    np.testing.assert_allclose(moved[chosen], chosen + 1, atol=1e-3)


def test_every_effect_runs_as_part_of_an_input_pipeline(portrait):
    amounts = {"rotation": 10, "zoom": 0.1, "horizontal_flip": True, "brightness": 0.1, "hue": 0.1}
    losses = dict.fromkeys(
        ("erase", "erase_part", "edges", "downscale", "blur", "noise", "jpeg", "video"), 0.5
    )
    chain = augmentation(**amounts, **losses)
    each = tf.data.Dataset.from_tensor_slices((copies(portrait, 6), typical(6)))
    shown = each.batch(6).map(lambda images, marks: augment(chain, images, marks, SEED))
    (piped,) = shown.as_numpy_iterator()
    np.testing.assert_allclose(
        piped, augment(chain, copies(portrait, 6), typical(6), SEED), atol=1.01
    )
    assert piped.shape == (6, PORTRAIT, PORTRAIT, 3)
    assert np.isfinite(piped).all()
