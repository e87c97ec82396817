"""Reading, writing and shrinking images."""

import cv2
import numpy as np
import pytest

import media
from unmask.frames.images import fit_within, limit_threads, read_image, write_jpeg


def test_a_jpeg_with_a_non_ascii_path_is_written_and_read_back(tmp_path):
    image = media.texture((80, 60))
    path = tmp_path / "gesicht-äö-顔.jpg"
    write_jpeg(path, image, 95)
    assert np.abs(read_image(path).astype(int) - image).mean() < 3
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_quality_decides_on_the_size_of_the_file(tmp_path):
    for quality in (20, 95):
        write_jpeg(tmp_path / f"{quality}.jpg", media.portrait(), quality)
    assert (tmp_path / "20.jpg").stat().st_size * 3 < (tmp_path / "95.jpg").stat().st_size


def test_gray_deep_and_transparent_images_become_three_channels_of_bytes(tmp_path):
    gray = media.texture()[..., 0]
    for name, image in {
        "gray.png": gray,
        "deep.png": gray.astype(np.uint16) * 257,
        "transparent.png": np.dstack([gray] * 4),
    }.items():
        read = read_image(media.write_image(tmp_path / name, image))
        assert read.dtype == np.uint8
        assert np.array_equal(read, np.dstack([gray] * 3))


@pytest.mark.parametrize(
    ("max_size", "shape"),
    [
        (None, (300, 400)),
        (1000, (300, 400)),
        (400, (300, 400)),
        (200, (150, 200)),
        ((400, 150), (150, 200)),
        ([100, 300], (75, 100)),
        (1, (1, 1)),
    ],
)
def test_images_are_shrunk_to_fit_but_never_enlarged(max_size, shape):
    assert fit_within(media.texture((400, 300)), max_size).shape[:2] == shape


def test_shrinking_averages_pixels():
    checks = np.indices((64, 64)).sum(axis=0) % 2 * 255
    small = fit_within(np.dstack([checks.astype(np.uint8)] * 3), 32)
    assert np.abs(small.astype(int) - 127).max() <= 1


def test_opencv_can_be_held_to_one_thread():
    before = cv2.getNumThreads()
    try:
        limit_threads(1)
        assert cv2.getNumThreads() == 1
    finally:
        limit_threads(before)
