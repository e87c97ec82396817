"""The face in an image that is a face crop already, which detectors of scenes seldom find.

They were trained on faces with some surroundings. So the crop gets a border, its own mirror image,
before it is looked at.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from unmask.detections.index import Face
from unmask.detections.mtcnn.cascade import Mtcnn, View
from unmask.detections.mtcnn.points import FivePoints
from unmask.disk.records import Square
from unmask.faces.geometry import crop_square

_WIDER = 1.5
"""Side of the crop with its border over that of the crop."""

_LARGEST = 336
"""Pixels to look at, at most: what is wanted is one large face."""

_MIN_FACES = (0.2, 0.08)
"""Smallest face, as a share of the bordered crop. The first finds 975 of 1000 in DFDC's crops."""

_OFF_CENTER = 0.27
"""How far the middle of the points may be from that of the crop, in sides of the crop: beyond, it
is another face in the picture, or the border's mirror image."""


class ReadyCrops:
    """Finds the face that a ready crop is of, with its five points.

    Args:
        device: ``auto``, ``cpu`` or ``gpu``.
        threads: CPU threads of the networks.
    """

    def __init__(self, *, device: str = "cpu", threads: int = 1) -> None:
        self._detectors = [
            Mtcnn(min_face=share, device=device, threads=threads) for share in _MIN_FACES
        ]
        self._points = FivePoints(device=device, threads=threads)

    def find(self, image: np.ndarray) -> Face | None:
        """The face nearest the middle, in pixels of ``image``: BGR, uint8, (height, width, 3)."""
        height, width = image.shape[:2]
        larger = max(height, width)
        side = round(larger * _WIDER)
        view = crop_square(image, Square(width / 2, height / 2, side), min(side, _LARGEST))
        scale = side / len(view)
        left, top = round(width / 2 - side / 2), round(height / 2 - side / 2)
        for faces in self._looks(view):
            found = [_moved(face, scale, left, top) for face in faces]
            away = [_distance(face, width / 2, height / 2) / larger for face in found]
            if found and min(away) <= _OFF_CENTER:
                return found[away.index(min(away))]
        return None

    def _looks(self, view: np.ndarray) -> Iterator[list[Face]]:
        """What is found in a bordered crop, one way after the other.

        Where MTCNN finds nothing, as in the dark, the middle is taken for the face that it
        ought to be, if its last network agrees.
        """
        for detector in self._detectors:
            yield detector.detect(view)
        side = len(view)
        inner = side / _WIDER
        middle = (side - inner) / 2, (side - inner) / 2, inner, inner
        face = self._points.find(View(view, (side, side)), middle)
        yield [face] if face else []


def _moved(face: Face, scale: float, left: float, top: float) -> Face:
    """A face in pixels of the crop, given one in those of the view."""
    x, y, width, height = face.box
    seen = (x, y), *(face.landmarks or ())
    points = [(x * scale + left, y * scale + top) for x, y in seen]
    corner, *marks = [(round(x, 2), round(y, 2)) for x, y in points]
    return Face(
        (*corner, round(width * scale, 2), round(height * scale, 2)), face.confidence, marks
    )


def _distance(face: Face, x: float, y: float) -> float:
    marks = face.landmarks or ()
    return math.hypot(
        sum(mark[0] for mark in marks) / 5 - x, sum(mark[1] for mark in marks) / 5 - y
    )
