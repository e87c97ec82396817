"""Arithmetic on boxes, as the ``mtcnn`` package does it, so that its results come out.

Boxes are float arrays (n, 4) of left, top, right and bottom side in pixels.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

CELL, STRIDE = 12, 2
"""Side of P-Net's window, and its step, in pixels of a pyramid level."""

_ROWS_AT_ONCE = 256

Over = Literal["union", "smaller"]


def by_score(scores: np.ndarray) -> np.ndarray:
    """Return the order of falling scores.

    Good faces often score exactly 1, so the order of equal ones shows in the result: it is that
    of the package, which sorts doubles with NumPy's default method and turns them around.
    """
    return np.argsort(scores.astype(np.float64))[::-1]


def from_cells(
    scores: np.ndarray, offsets: np.ndarray, threshold: float
) -> tuple[np.ndarray, np.ndarray]:
    """Read the candidates off P-Net's answer.

    Args:
        scores: (rows, columns), 0..1.
        offsets: (rows, columns, 4), as shares of the window.
        threshold: only cells above it count.

    Returns:
        Boxes (n, 4) in pixels of the level, and their scores (n,).
    """
    rows, columns = np.nonzero(scores > threshold)
    corner = np.stack([columns, rows], axis=1) * STRIDE
    # The window spans pixels 1 to 12, as in the authors' Matlab code.
    windows = np.concatenate([corner + 1, corner + CELL], axis=1)
    boxes = windows + offsets[rows, columns].astype(np.float64) * (CELL - 1)
    return boxes, scores[rows, columns]


def move(boxes: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """Move each side by its offset (n, 4), a share of the box's width or height."""
    return boxes + offsets * np.tile(_sizes(boxes), 2)


def place(shares: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Turn landmarks (n, k, 2) from shares of their box into pixels."""
    return shares * _sizes(boxes)[:, np.newaxis] + boxes[:, np.newaxis, :2] - 1


def square(boxes: np.ndarray) -> np.ndarray:
    """Lengthen the shorter sides around the middle, so that the boxes are square."""
    size = boxes[:, 2:] - boxes[:, :2]
    side = size.max(axis=1, keepdims=True)
    corner = boxes[:, :2] + size * 0.5 - side * 0.5
    return np.concatenate([corner, corner + side], axis=1)


def suppress(boxes: np.ndarray, threshold: float, *, over: Over = "union") -> np.ndarray:
    """Return the indices of the boxes that no better box overlaps too much.

    Unlike the usual greedy method, a box that is itself suppressed still suppresses others:
    that is how the package does it.

    Args:
        boxes: (n, 4), the best first.
        threshold: a box goes if its overlap with a better one is above this share.
        over: whether that share is one of the union of both, or of the smaller box.
    """
    keep = np.ones(len(boxes), bool)
    if len(boxes) < 2:
        return np.flatnonzero(keep)
    for start in range(0, len(boxes), _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        overlapping = overlap(boxes[rows], boxes[start:], over=over) > threshold
        keep[start:] &= ~np.triu(overlapping, k=1).any(axis=0)
    return np.flatnonzero(keep)


def overlap(first: np.ndarray, second: np.ndarray, *, over: Over = "union") -> np.ndarray:
    """Return every pair's overlap (n, m), as a share of the union or of the smaller box."""
    left, top, right, bottom = first.T[:, :, np.newaxis]
    width = np.minimum(right, second[:, 2]) - np.maximum(left, second[:, 0])
    height = np.minimum(bottom, second[:, 3]) - np.maximum(top, second[:, 1])
    shared = np.maximum(width, 0) * np.maximum(height, 0)
    area = (right - left) * (bottom - top)
    other_area = (second[:, 2] - second[:, 0]) * (second[:, 3] - second[:, 1])
    if over == "union":
        return shared / (area + other_area - shared)
    return shared / np.minimum(area, other_area)


def _sizes(boxes: np.ndarray) -> np.ndarray:
    return boxes[:, 2:] - boxes[:, :2] + 1
