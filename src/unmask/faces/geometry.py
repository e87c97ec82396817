"""From a face in a frame to a square image of one size: what training and prediction share."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

from unmask.disk.records import Box, Point, Square

EYES_TO_MOUTH = 1.15
"""From the middle of the eyes to that of the mouth, in eye distances: 1.10 in the median of faces
seen from the front, by MTCNN's points. In more, a head is turned, and its eyes are closer together
than they are; its height is not changed by that."""

EYES_IN_BOX = 0.32
"""Distance of the eyes over the larger side of the box: 0.34 in the median. In less, a head is both
turned and bowed."""

TYPICAL_IN_BOX = ((-0.17, -0.11), (0.17, -0.11), (0.0, 0.06), (-0.145, 0.265), (0.145, 0.265))
"""Where the landmarks of a face seen from the front are about the center of its box, in larger
sides of the box. Medians over DFDC, for boxes of MTCNN; those of the Haar cascade are alike."""


@dataclass(frozen=True)
class Geometry:
    """How a crop lies about a face: a part of the section ``crop``.

    ``place`` says what it is placed by. ``landmarks``: so that the eyes are ``eye_distance`` apart,
    ``eye_line`` below the upper side, as shares of the side. ``box``: around its center, ``scale``
    times its larger side. ``align`` turns it so that the eyes are level.
    """

    place: Literal["landmarks", "box"] = "landmarks"
    eye_distance: float = 0.4
    eye_line: float = 0.3
    scale: float = 1.3
    align: bool = False

    def square(self, box: Box, landmarks: Sequence[Point] | None = None) -> Square:
        """The square to cut around a face.

        A turned head is not cut closer than one seen from the front: where the eyes are near each
        other, the side follows from the distance of eyes and mouth, which turning does not change,
        and at least from the box. A face without landmarks has those of a typical one in its box.

        Args:
            box: x, y, width, height of the face in pixels.
            landmarks: in the order of ``records.LANDMARKS``.
        """
        tilt = _tilt(landmarks) if self.align and landmarks else 0.0
        x, y, width, height = box
        center, larger = (x + width / 2, y + height / 2), max(width, height)
        if self.place == "box":
            return Square(*center, max(1.0, self.scale * larger), tilt)
        points = landmarks or [
            (center[0] + right * larger, center[1] + down * larger)
            for right, down in TYPICAL_IN_BOX
        ]
        eyes, mouth = _middle(*points[:2]), _middle(*points[3:])
        height = math.dist(eyes, mouth)
        apart = max(math.dist(*points[:2]), height / EYES_TO_MOUTH, EYES_IN_BOX * larger)
        side = max(1.0, apart / self.eye_distance)
        below = (0.5 - self.eye_line) * side / height if height else 0.0
        return Square(
            eyes[0] + below * (mouth[0] - eyes[0]), eyes[1] + below * (mouth[1] - eyes[1]),
            side, tilt,
        )  # fmt: skip


def crop_square(image: np.ndarray, square: Square, size: int) -> np.ndarray:
    """Cut a square out of a frame and bring it to ``size`` x ``size``.

    This is the one way from a frame to what a model sees, in training and in prediction.

    Where the square leaves the frame, the frame is mirrored at its edge: a face is never squeezed,
    and the margin keeps the texture of skin and noise, where repeated edge pixels would draw
    stripes and a plain color would draw an edge, both of which look like manipulation.

    Args:
        image: the frame, height x width x 3, uint8.
        square: as :meth:`Geometry.square` gives it.
        size: side of the result in pixels.

    Returns:
        The crop, size x size x 3, uint8.
    """
    if square.tilt:
        return _resize(_cut_turned(image, square, size), size)
    return _resize(_cut(image, square), size)


def in_crop(points: Sequence[Point], square: Square) -> list[Point]:
    """Where points of the frame are in the crop that :func:`crop_square` cuts.

    They come as shares of the crop's side, outside 0..1 where the crop does not reach.
    """
    if not square.tilt:
        left, top, side = _whole_pixels(square)
        return [((x - left) / side, (y - top) / side) for x, y in points]
    cos, sin = math.cos(-square.tilt) / square.side, math.sin(-square.tilt) / square.side
    moved = [(x - square.x, y - square.y) for x, y in points]
    return [(0.5 + dx * cos - dy * sin, 0.5 + dx * sin + dy * cos) for dx, dy in moved]


def _middle(one: Point, other: Point) -> Point:
    return (one[0] + other[0]) / 2, (one[1] + other[1]) / 2


def _tilt(landmarks: Sequence[Point]) -> float:
    """The angle of the eye line in radians, positive where the right eye is lower."""
    (left_x, left_y), (right_x, right_y) = landmarks[:2]
    return math.atan2(right_y - left_y, right_x - left_x)


def _whole_pixels(square: Square) -> tuple[int, int, int]:
    """Left, top and side of an upright square, in whole pixels."""
    side = max(1, round(square.side))
    return round(square.x - side / 2), round(square.y - side / 2), side


def _cut(image: np.ndarray, square: Square) -> np.ndarray:
    """Cut out an upright square of whole pixels, mirroring what lies outside the image."""
    height, width = image.shape[:2]
    left, top, side = _whole_pixels(square)
    if left >= 0 and top >= 0 and left + side <= width and top + side <= height:
        return image[top : top + side, left : left + side]
    rows = _mirrored(np.arange(top, top + side), height)
    columns = _mirrored(np.arange(left, left + side), width)
    return image[rows[:, None], columns]


def _mirrored(positions: np.ndarray, length: int) -> np.ndarray:
    """Fold positions back into 0..length-1; the edge pixel itself is not repeated."""
    if length == 1:
        return np.zeros_like(positions)
    folded = np.abs(positions) % (2 * length - 2)
    return np.minimum(folded, 2 * length - 2 - folded)


def _cut_turned(image: np.ndarray, square: Square, size: int) -> np.ndarray:
    """Cut out a turned square, at a whole multiple of ``size``.

    It is sampled straight from the frame and never shrunk here, so that shrinking it to ``size``
    afterwards averages pixels instead of skipping them.
    """
    target = size * math.ceil(square.side / size)
    # Positions are of pixel centers: the middle of n pixels is (n - 1) / 2.
    middle = square.x - 0.5, square.y - 0.5
    turn: np.ndarray = cv2.getRotationMatrix2D(
        middle, math.degrees(square.tilt), target / square.side
    )
    turn[:, 2] += (target - 1) / 2 - np.array(middle)
    return cv2.warpAffine(
        image, turn, (target, target), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101
    )


def _resize(square: np.ndarray, size: int) -> np.ndarray:
    shrinks = square.shape[0] > size
    return cv2.resize(
        square, (size, size), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    )
