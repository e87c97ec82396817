"""Our detector against the stock ``mtcnn`` package. Imports TensorFlow: allow 20 seconds."""

import os

import cv2
import mtcnn_graphs
import numpy as np
import pytest

import media
from unmask.detections.detect import make_detector
from unmask.detections.mtcnn import boxes, networks, pyramid, resample
from unmask.disk.records import LANDMARKS
from unmask.videos.demo import film_demo

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


@pytest.fixture(scope="module")
def stock():
    """The package's detector, on the CPU."""
    from mtcnn import MTCNN

    return MTCNN()


def scenes():
    """Frames with both portraits, large and small, whole and cut by the border, in noise."""
    rng = np.random.default_rng(3)
    sizes = [(480, 270), (400, 300), (320, 426), (641, 359)] * 2 + [(1280, 720)] * 2
    for number, (width, height) in enumerate(sizes):
        image = media.texture((width, height), seed=number)
        for who in ("hopper", "collins"):
            side = int(rng.uniform(0.45, 0.95) * min(width, height))
            face = cv2.resize(media.portrait(who), (side, side), interpolation=cv2.INTER_AREA)
            left, top = rng.integers(0, width - side // 2), rng.integers(0, height - side // 2)
            room = image[top : top + side, left : left + side]
            room[:] = face[: room.shape[0], : room.shape[1]]
        noise = rng.normal(0, 6, image.shape)
        yield np.clip(image + noise, 0, 255).astype(np.uint8)


def frames_of(folder, every=45):
    """Frames of the clips in a folder, if one was given on the command line (``--clips``)."""
    for path in sorted(folder.rglob("*.mp4")) if folder else ():
        capture, number = cv2.VideoCapture(str(path)), 0
        while capture.grab():
            if number % every == 0:
                yield capture.retrieve()[1]
            number += 1


def demo_frames(folder):
    """Some frames of the demo's clips."""
    film_demo(folder, groups=3, seconds=1.0)
    return frames_of(folder, every=12)


@pytest.fixture(scope="module")
def found(stock, tmp_path_factory, pytestconfig):
    """Each image with the faces that the package finds in it."""
    images = [
        *scenes(),
        *demo_frames(tmp_path_factory.mktemp("demo")),
        *frames_of(pytestconfig.getoption("clips")),
    ]
    return [(image, stock.detect_faces(image[..., ::-1])) for image in images]


def corners(found, size):
    """Boxes x, y, width, height as left, top, right, bottom, cut off at the border."""
    found = np.array(found, float).reshape(-1, 4)
    found[:, 2:] += found[:, :2]
    return np.clip(found, 0, np.tile(size, 2) - 1)


def test_fidelity_mode_finds_the_packages_boxes_and_landmarks(found):
    detector = make_detector(min_face=2, fidelity=True, device="cpu")
    faces = matched = 0
    for image, theirs in found:
        ours = detector.detect(image)
        assert len(ours) == len(theirs)
        for face in theirs:
            size = image.shape[1::-1]
            overlaps = boxes.overlap(
                corners([face["box"]], size), corners([mine.box for mine in ours], size)
            )[0]
            mine = ours[overlaps.argmax()]
            side = max(face["box"][2:])
            marks = [face["keypoints"][name] for name in LANDMARKS]
            near = np.abs(np.subtract(marks, mine.landmarks)).max() <= 0.02 * side
            faces += 1
            matched += overlaps.max() >= 0.95 and near
            assert mine.confidence == pytest.approx(face["confidence"], abs=1e-3)
    assert faces >= 12
    assert matched >= 0.995 * faces


@pytest.mark.parametrize("min_face", [0.1, 0.15])
def test_the_default_mode_finds_the_packages_faces_and_no_others(min_face, found):
    detector = make_detector(min_face=min_face, device="cpu")
    wanted = matched = 0
    for image, theirs in found:
        size = image.shape[1::-1]
        ours = corners([face.box for face in detector.detect(image)], size)
        theirs = corners([face["box"] for face in theirs], size)
        overlaps = boxes.overlap(theirs, ours)
        large = (theirs[:, 2:] - theirs[:, :2]).max(axis=1) >= min_face * min(size)
        wanted += large.sum()
        matched += (overlaps[large].max(axis=1, initial=0) >= 0.7).sum()
        assert (overlaps.max(axis=0, initial=0) >= 0.5).all()
    assert wanted >= 8
    assert matched >= 0.99 * wanted


def test_the_graphs_calculate_what_the_keras_models_do(stock):
    rng = np.random.default_rng(0)
    nets = networks.Networks(device="cpu")

    def compare(stage, pixels, ours):
        outputs = stock.get_stage(stage_name=stage).model((pixels[..., ::-1] - 127.5) / 128)
        *others, classes = (output.numpy() for output in outputs)
        for output, expected in zip(ours, [classes[..., 1], *others], strict=True):
            np.testing.assert_allclose(output.reshape(expected.shape), expected, atol=2e-5)

    level, small, large = (
        rng.uniform(0, 255, (count, *shape, 3)).astype(np.float32)
        for count, shape in ((1, (97, 64)), (9, (24, 24)), (5, (48, 48)))
    )
    scores, offsets = nets.propose(level[0])
    compare("Stage PNET", level, (scores, offsets))
    compare("Stage RNET", small, nets.refine(small))
    scores, offsets, landmarks = nets.finish(large)
    compare("Stage ONET", large, (scores, offsets, landmarks.transpose(0, 2, 1)))


def test_levels_and_windows_hold_the_packages_pixels(stock):
    from mtcnn.utils import images as package

    image = media.portrait()
    height, width = image.shape[:2]
    frames = ((image - 127.5) / 128)[np.newaxis]
    scales = pyramid.scales(width, height)
    np.testing.assert_allclose(scales, package.build_scale_pyramid(width, height, 20, 0.709))
    for scale in scales:
        expected = package.scale_images(frames, scale)[0].numpy() * 128 + 127.5
        size = int(width * scale), int(height * scale)
        assert expected.shape == (size[1], size[0], 3)
        level = resample.shrink_table(resample.area_table(image), *size)
        np.testing.assert_allclose(level, expected, atol=0.05)

    squares = np.array([[100.3, 90.2, 300.9, 290.8], [-30.0, 400, 250, 680], [5, 5, 11, 11]])
    numbered = np.concatenate([np.zeros((3, 1)), squares], axis=1)
    expected = package.extract_patches(frames, numbered, (24, 24)).numpy() * 128 + 127.5
    windows = resample.cut(image, squares, 24, (width, height))
    np.testing.assert_allclose(windows, expected, atol=0.05)


def test_the_weights_are_in_the_order_that_keras_sets_them(stock):
    for name in networks.NETWORKS:
        expected = stock.get_stage(stage_name=f"Stage {name.upper()}").model.get_weights()
        arrays = mtcnn_graphs.package_weights(name)
        for array, reference in zip(arrays, expected, strict=True):
            np.testing.assert_array_equal(array, reference)
