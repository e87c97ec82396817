"""From a face in a frame to a square image of one size: what training and prediction share."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np

from unmask.records import Box, Point


def crop_square(
    image: np.ndarray,
    box: Box,
    *,
    scale: float,
    size: int,
    landmarks: Sequence[Point] | None = None,
) -> np.ndarray:
    """Cut a square around a face and bring it to ``size`` x ``size``.

    This is the one way from a frame to what a model sees, in training and in prediction.

    The square has its center in that of the box, and ``scale`` times the box's larger side. Where
    it leaves the frame, the frame is mirrored at its edge: a face is never squeezed, and the
    margin keeps the texture of skin and noise, where repeated edge pixels would draw stripes and
    a plain color would draw an edge, both of which look like manipulation.

    Args:
        image: the frame, height x width x 3, uint8.
        box: x, y, width, height of the face in pixels.
        scale: side of the square over the larger side of the box.
        size: side of the result in pixels.
        landmarks: in the order of ``records.LANDMARKS``; where given, the square is turned so
            that the eyes are level.

    Returns:
        The crop, size x size x 3, uint8.
    """
    x, y, width, height = box
    center = x + width / 2, y + height / 2
    side = max(1.0, scale * max(width, height))
    if landmarks is None:
        return _resize(_cut(image, center, round(side)), size)
    return _resize(_cut_turned(image, center, side, math.degrees(_tilt(landmarks)), size), size)


def in_crop(
    points: Sequence[Point], box: Box, *, scale: float, landmarks: Sequence[Point] | None = None
) -> list[Point]:
    """Where points of the frame are in the crop that :func:`crop_square` cuts around a box.

    They come as shares of the crop's side, outside 0..1 where the crop does not reach.
    """
    x, y, width, height = box
    center = x + width / 2, y + height / 2
    side = max(1.0, scale * max(width, height))
    if landmarks is None:
        side = round(side)
        left, top = round(center[0] - side / 2), round(center[1] - side / 2)
        return [((px - left) / side, (py - top) / side) for px, py in points]
    tilt = -_tilt(landmarks)
    cos, sin = math.cos(tilt) / side, math.sin(tilt) / side
    moved = [(px - center[0], py - center[1]) for px, py in points]
    return [(0.5 + dx * cos - dy * sin, 0.5 + dx * sin + dy * cos) for dx, dy in moved]


def _tilt(landmarks: Sequence[Point]) -> float:
    """The angle of the eye line in radians, positive where the right eye is lower."""
    (left_x, left_y), (right_x, right_y) = landmarks[:2]
    return math.atan2(right_y - left_y, right_x - left_x)


def _cut(image: np.ndarray, center: Point, side: int) -> np.ndarray:
    """Cut out an upright square of whole pixels, mirroring what lies outside the image."""
    height, width = image.shape[:2]
    left, top = round(center[0] - side / 2), round(center[1] - side / 2)
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


def _cut_turned(
    image: np.ndarray, center: Point, side: float, tilt: float, size: int
) -> np.ndarray:
    """Cut out a square turned by ``tilt`` degrees, at a whole multiple of ``size``.

    It is sampled straight from the frame and never shrunk here, so that shrinking it to ``size``
    afterwards averages pixels instead of skipping them.
    """
    target = size * math.ceil(side / size)
    # Positions are of pixel centers: the middle of n pixels is (n - 1) / 2.
    middle = center[0] - 0.5, center[1] - 0.5
    turn = cv2.getRotationMatrix2D(middle, tilt, target / side)
    turn[:, 2] += (target - 1) / 2 - np.array(middle)
    return cv2.warpAffine(
        image, turn, (target, target), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101
    )


def _resize(square: np.ndarray, size: int) -> np.ndarray:
    shrinks = square.shape[0] > size
    return cv2.resize(
        square, (size, size), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    )
