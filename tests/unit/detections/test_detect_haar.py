"""The detector that comes with OpenCV."""

import math

import cv2
import numpy as np
import pytest

import media
from unmask.detections.detect import make_detector
from unmask.detections.mtcnn.cascade import View
from unmask.detections.mtcnn.points import FivePoints


def center(face):
    x, y, width, height = face.box
    return x + width / 2, y + height / 2


@pytest.mark.parametrize("who", ["hopper", "collins"])
def test_both_portraits_show_one_face_with_the_landmarks_that_mtcnn_finds(who):
    faces = make_detector("opencv").detect(media.portrait(who))
    best = faces[0]
    (reference,) = make_detector("mtcnn").detect(media.portrait(who))
    assert center(best) == pytest.approx(center(reference), abs=25)
    apart = math.dist(*reference.landmarks[:2])
    for mark, expected in zip(best.landmarks, reference.landmarks, strict=True):
        assert math.dist(mark, expected) < 0.1 * apart
    assert 0.9 < best.confidence < 1
    assert all(face.confidence < best.confidence for face in faces[1:])


def test_boxes_are_in_pixels_of_the_frame_however_small_it_is_read(tmp_path):
    large = cv2.resize(media.portrait("collins"), (1536, 1536), interpolation=cv2.INTER_CUBIC)
    path = media.write_image(tmp_path / "frame.jpg", large)
    (small,) = make_detector("opencv", min_face=0.2).detect(media.portrait("collins"))
    detector = make_detector("opencv", min_face=0.2)
    for faces in (detector.detect(large), detector.detect_file(path, 1536, 1536)):
        assert np.divide(faces[0].box, 3) == pytest.approx(small.box, abs=12)


def test_what_is_no_face_gets_no_landmarks():
    view = View(media.texture((200, 200)), (200, 200))
    assert FivePoints().find(view, (40.0, 40.0, 100.0, 100.0)) is None


def test_faces_under_the_smallest_size_are_left_out():
    assert make_detector("opencv", min_face=0.5).detect(media.portrait("collins")) == []


def test_the_description_says_what_the_results_depend_on():
    described = make_detector("opencv", min_face=40).describe()
    assert described["name"] == "opencv"
    assert described["min_face"] == 40
    assert described["version"] == cv2.__version__
    assert described["model"] == "haarcascade_frontalface_default.xml"
