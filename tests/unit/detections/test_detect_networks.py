"""The detector's parts: graphs of the package's weights, arithmetic."""

import cv2
import mtcnn_graphs
import numpy as np
import onnx
import pytest

import media
from unmask.detections.detector import reduction_for
from unmask.detections.haar import confidence
from unmask.detections.mtcnn import boxes, networks, pyramid, resample
from unmask.errors import ConfigError

# --- graphs -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", networks.NETWORKS)
def test_the_graphs_that_ship_are_made_of_the_mtcnn_packages_weights(name):
    made = mtcnn_graphs.BUILDERS[name](mtcnn_graphs.package_weights(name))
    shipped = onnx.load(mtcnn_graphs.SHIPPED / f"{name}.onnx")
    assert shipped.graph == made.graph


def test_a_gpu_is_taken_where_there_is_one_unless_told_otherwise():
    available = [networks.CUDA, networks.CPU]
    assert networks.choose_providers("auto", available)[0][0] == networks.CUDA
    assert networks.choose_providers("gpu", available)[0][0] == networks.CUDA
    assert networks.choose_providers("cpu", available) == [networks.CPU]
    assert networks.choose_providers("auto", [networks.CPU]) == [networks.CPU]
    with pytest.raises(ConfigError):
        networks.choose_providers("tpu", available)


def test_many_windows_are_judged_as_one_by_one():
    nets = networks.Networks(device="cpu")
    windows = np.random.default_rng(0).uniform(0, 255, (networks.MAX_BATCH + 7, 24, 24, 3))
    windows = windows.astype(np.float32)
    scores, offsets = nets.refine(windows)
    assert (scores.shape, offsets.shape) == ((len(windows),), (len(windows), 4))
    alone, _ = nets.refine(windows[-1:])
    assert scores[-1] == pytest.approx(alone[0], abs=1e-6)


# --- boxes ------------------------------------------------------------------------------------


def test_windows_of_the_proposal_network_stand_where_its_cells_are():
    scores = np.zeros((4, 5))
    scores[1, 3], scores[2, 0] = 0.9, 0.6
    found, best = boxes.from_cells(scores, np.zeros((4, 5, 4)), 0.6)
    np.testing.assert_array_equal(found, [[7, 3, 18, 14]])
    assert best == [0.9]


def test_boxes_are_moved_by_shares_of_their_size():
    moved = boxes.move(np.array([[10.0, 20, 19, 39]]), np.array([[0.1, -0.1, 0.2, 0]]))
    np.testing.assert_allclose(moved, [[11, 18, 21, 39]])


def test_squares_keep_the_middle():
    np.testing.assert_allclose(boxes.square(np.array([[10.0, 10, 20, 40]])), [[0, 10, 30, 40]])


def test_overlap_is_a_share_of_the_union_or_the_smaller_box():
    first, second = np.array([[0.0, 0, 10, 10]]), np.array([[0.0, 5, 10, 25], [20, 20, 30, 30]])
    np.testing.assert_allclose(boxes.overlap(first, second), [[50 / 250, 0]])
    np.testing.assert_allclose(boxes.overlap(first, second, over="smaller"), [[0.5, 0]])


def test_a_suppressed_box_still_suppresses_others():
    chain = np.array([[x, 0.0, x + 10, 10] for x in (0, 4, 8)])
    np.testing.assert_array_equal(boxes.suppress(chain, 0.4), [0])
    np.testing.assert_array_equal(boxes.suppress(chain[[0, 2]], 0.4), [0, 1])


def test_thousands_of_boxes_are_suppressed_as_a_few_are():
    corners = np.random.default_rng(0).uniform(0, 300, (900, 2))
    many = np.concatenate([corners, corners + 20], axis=1)
    table = np.triu(boxes.overlap(many, many) > 0.3, k=1)
    expected = np.flatnonzero(~table.any(axis=0))
    assert 10 < len(expected) < 800
    np.testing.assert_array_equal(boxes.suppress(many, 0.3), expected)


# --- pixels -----------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(60, 40), (37, 23), (12, 12)])
def test_both_ways_of_averaging_agree(size):
    image = media.portrait()[:400, :333]
    table = resample.shrink_table(resample.area_table(image), *size)
    direct = resample.shrink(image.astype(np.float32), *size)
    np.testing.assert_allclose(table, direct, atol=0.01)


def test_the_table_of_a_huge_image_does_not_overflow():
    image = np.full((3000, 3000, 3), 255, np.uint8)
    shrunk = resample.shrink_table(resample.area_table(image), 20, 20)
    np.testing.assert_allclose(shrunk, 255, atol=0.01)


def test_windows_show_the_frame_inside_and_gray_outside():
    ramp = np.zeros((50, 100, 3), np.uint8)
    ramp[..., 0] = np.arange(100)
    window = resample.cut(ramp, np.array([[-11.0, 10.2, 36, 57.2]]), 48, (100, 50))[0]
    assert (window[:, :11] == resample.GRAY).all()
    assert (window[40:] == resample.GRAY).all()
    np.testing.assert_allclose(window[5, 11:, 0], np.arange(37) * 0.99, atol=1e-4)


def test_windows_of_a_smaller_frame_show_the_same():
    frame = cv2.GaussianBlur(media.portrait(), (0, 0), 9)
    squares = np.array([[100.3, 50.7, 400.2, 350.9], [-20, 300, 180, 500]])
    half = cv2.resize(frame, (256, 300), interpolation=cv2.INTER_AREA)
    whole = resample.cut(frame, squares, 24, (512, 600))
    reduced = resample.cut(half, squares, 24, (512, 600), reduction=2)
    np.testing.assert_allclose(reduced, whole, atol=4)


# --- sizes ------------------------------------------------------------------------------------


def test_the_pyramid_is_the_packages_less_what_serves_smaller_faces_only():
    every = pyramid.scales(1920, 1080)
    assert len(every) == 12
    assert every[0] == 0.6
    assert int(every[-1] * 1080) >= pyramid.CELL
    wanted = pyramid.scales(1920, 1080, 108)
    assert wanted == every[-len(wanted) :]
    assert pyramid.CELL / wanted[0] < 1.25 * 108


def test_a_frame_is_read_as_small_as_its_smallest_face_allows():
    assert [reduction_for(pixels) for pixels in (20, 95, 96, 200, 383, 384, 2000)] == [
        1,
        1,
        2,
        4,
        4,
        8,
        8,
    ]


def test_confidence_of_the_cascade_rises_with_its_weight():
    values = [confidence(weight) for weight in (-2, 0, 1, 4.7, 10)]
    assert values == sorted(values)
    assert values[:2] == [0, 0]
    assert values[3] > 0.9
    assert values[-1] < 1
