"""What every face detector offers, and what they share: reading frames, rounding results."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np

from unmask.detections.index import Face
from unmask.disk.records import Point
from unmask.errors import ConfigError, UnreadableMedia

REDUCTIONS = {
    1: cv2.IMREAD_COLOR,
    2: cv2.IMREAD_REDUCED_COLOR_2,
    4: cv2.IMREAD_REDUCED_COLOR_4,
    8: cv2.IMREAD_REDUCED_COLOR_8,
}
"""How many times smaller OpenCV can decode a JPEG; it skips the work, and averages well."""

ENOUGH = 48
"""Pixels across the smallest face that lose nothing: the side of O-Net's window, and twice that
of the Haar cascade. With 24, MTCNN misses 3 of 100 faces that it finds in the full frame."""


class Detector(Protocol):
    """Finds faces. Boxes and landmarks are in pixels of the full frame."""

    def describe(self) -> dict[str, Any]:
        """Return the detector's name and what its results depend on, as JSON values."""

    def detect(self, image: np.ndarray) -> list[Face]:
        """Find the faces in an image: BGR, uint8, (height, width, 3)."""

    def detect_file(self, path: Path, width: int, height: int) -> list[Face]:
        """Find the faces in an image file of this size, read no larger than needed.

        Raises:
            UnreadableMedia: the file is missing, damaged, or of another size.
        """


def min_face_pixels(min_face: float, width: int, height: int) -> float:
    """Return the size in pixels from which a face counts.

    Args:
        min_face: up to 1, a share of the frame's shorter side; above, pixels.
        width: of the frame, in pixels.
        height: of the frame, in pixels.
    """
    return min_face * min(width, height) if min_face <= 1 else min_face


def reduction_for(min_face: float) -> int:
    """Return how many times smaller (1, 2, 4, 8) a frame may be for faces from ``min_face`` up."""
    return max(times for times in REDUCTIONS if times == 1 or min_face / times >= ENOUGH)


def check_min_face(min_face: float) -> None:
    """Refuse a ``min_face`` that no face can be measured by.

    Raises:
        ConfigError: it is not a number above 0.
    """
    if not 0 < min_face < math.inf:
        raise ConfigError(
            f"detect.min_face: {min_face} is not a size. Allowed: a share of the frame's shorter "
            "side (above 0, up to 1), or pixels (above 1).\n  detect:\n    min_face: 0.1"
        )


def read_frame(path: Path, width: int, height: int, reduction: int = 1) -> np.ndarray:
    """Decode an image of known size, ``reduction`` (1, 2, 4 or 8) times smaller, as BGR uint8.

    Raises:
        UnreadableMedia: the file is missing, damaged, cut off, or of another size.
    """
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise UnreadableMedia(f"{path.name} cannot be read: {error.strerror}") from error
    # OpenCV fills what is missing with gray and says nothing.
    if data.startswith(b"\xff\xd8") and b"\xff\xd9" not in data[-64:]:
        raise UnreadableMedia(f"{path.name} is cut off")
    image = cv2.imdecode(np.frombuffer(data, np.uint8), REDUCTIONS[reduction]) if data else None
    if image is None:
        raise UnreadableMedia(f"{path.name} is not a readable image")
    missing = np.subtract((height, width), np.multiply(image.shape[:2], reduction))
    if (abs(missing) >= reduction).any():  # decoders differ in how they round
        raise UnreadableMedia(f"{path.name} is not {width}x{height}, as the index of frames says")
    return image


def reduce_image(image: np.ndarray, reduction: int) -> np.ndarray:
    """Make an image smaller, as ``read_frame`` reads it."""
    if reduction == 1:
        return image
    height, width = (-(-side // reduction) for side in image.shape[:2])
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)


def make_face(
    corners: Sequence[float] | np.ndarray,
    confidence: float,
    landmarks: Sequence[Sequence[float]] | np.ndarray | None = None,
    digits: int = 2,
) -> Face:
    """Build a record from left, top, right and bottom, rounded for the file."""
    left, top, right, bottom = (float(value) for value in corners)
    sides = (left, top, right - left, bottom - top)
    x, y, width, height = (round(value, digits) for value in sides)
    marks: list[Point] | None = None
    if landmarks is not None:
        marks = [(round(float(x), digits), round(float(y), digits)) for x, y in landmarks]
    return Face(box=(x, y, width, height), confidence=round(float(confidence), 6), landmarks=marks)


def in_order(faces: list[Face]) -> list[Face]:
    """Sort faces: the most confident first, then from left to right."""
    return sorted(faces, key=lambda face: (-face.confidence, face.box))
