"""Reads pixels at fractional positions: pyramid levels and windows, as TensorFlow makes them."""

from __future__ import annotations

import cv2
import numpy as np

GRAY = 127.5
"""What lies outside of the frame; the networks see it as zero."""


def area_table(image: np.ndarray) -> np.ndarray:
    """Return the table (height + 1, width + 1, 3) of sums over all pixels above and to the left.

    With it, the mean of any box costs four look-ups (Crow 1984, Summed-area tables).
    """
    fits = image.size * 85 < 2**31  # 255 for each of three channels
    return cv2.integral(image, sdepth=cv2.CV_32S if fits else cv2.CV_64F)


def shrink(image: np.ndarray, width: int, height: int) -> np.ndarray:
    """Average a float32 image down to (height, width, 3).

    Pixels on a boundary count for the share that lies inside, as in TensorFlow's ``AREA``.
    """
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)


def shrink_table(table: np.ndarray, width: int, height: int) -> np.ndarray:
    """Do the same as ``shrink``, given an image's ``area_table``: faster for many sizes."""
    down, right = (table.shape[0] - 1) / height, (table.shape[1] - 1) / width
    rows, columns = np.arange(height + 1) * down, np.arange(width + 1) * right
    sums = bilinear(table, rows[np.newaxis], columns[np.newaxis], np.float64)[0]
    sums = sums[1:] - sums[:-1]
    sums = sums[:, 1:] - sums[:, :-1]
    return (sums / (down * right)).astype(np.float32)


def cut(
    image: np.ndarray, boxes: np.ndarray, side: int, size: tuple[int, int], reduction: int = 1
) -> np.ndarray:
    """Sample boxes at ``side`` by ``side`` points each, as TensorFlow's ``crop_and_resize`` does.

    Args:
        image: (height, width, 3) uint8; the frame, or the frame shrunk ``reduction`` times.
        boxes: (n, 4) left, top, right, bottom in pixels of the full frame.
        side: points in a row and a column.
        size: width and height of the full frame.
        reduction: how many times smaller than the frame the image is.

    Returns:
        float32 (n, side, side, 3).
    """
    columns = _points(boxes[:, 0], boxes[:, 2], side, size[0])
    rows = _points(boxes[:, 1], boxes[:, 3], side, size[1])
    outside = _outside(rows, size[1])[:, :, np.newaxis] | _outside(columns, size[0])[:, np.newaxis]
    if reduction > 1:
        rows, columns = ((points + 0.5) / reduction - 0.5 for points in (rows, columns))
    windows = bilinear(image, rows, columns, np.float32)
    if outside.any():
        windows[outside] = GRAY
    return windows


def bilinear(
    image: np.ndarray, rows: np.ndarray, columns: np.ndarray, kind: type[np.floating]
) -> np.ndarray:
    """Interpolate grids of positions (n, h) by (n, w) in an image; returns (n, h, w, 3).

    Positions outside of the image take its nearest pixel. ``kind`` is the type to calculate in.
    """
    height, width, channels = image.shape
    pixels = image.reshape(-1, channels)
    row, down = _split(rows, height)
    column, right = _split(columns, width)
    first = row[:, :, np.newaxis] * width + column[:, np.newaxis]
    down = down[:, :, np.newaxis].astype(kind)
    # NumPy is slow along an axis as short as the channels, so a row is one long axis.
    right = np.repeat(right, channels, axis=1)[:, np.newaxis].astype(kind)

    def along_row(index: np.ndarray) -> np.ndarray:
        left, after = (
            pixels.take(place, axis=0).reshape(*index.shape[:2], -1).astype(kind)
            for place in (index, index + 1)
        )
        return _mix(left, after, right)

    mixed = _mix(along_row(first), along_row(first + width), down)
    return mixed.reshape(*first.shape, channels)


def _mix(first: np.ndarray, second: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Go a share of the way from the first to the second, which is overwritten."""
    second -= first
    second *= share
    second += first
    return second


def _split(positions: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the pixel before each position, and the share of the pixel after it."""
    positions = np.clip(positions, 0, count - 1)
    before = np.minimum(positions.astype(np.intp), count - 2)
    return before, positions - before


def _points(start: np.ndarray, end: np.ndarray, count: int, size: int) -> np.ndarray:
    shares = np.arange(count) / (count - 1)
    points = start[:, np.newaxis] + (end - start)[:, np.newaxis] * shares
    # The package divides boxes by the size, and TensorFlow multiplies by the size less one.
    return points * ((size - 1) / size)


def _outside(points: np.ndarray, size: int) -> np.ndarray:
    return (points < 0) | (points > size - 1)
