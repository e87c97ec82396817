"""Thumbnails of frames, and crops with their heat laid over them."""

from __future__ import annotations

import cv2
import numpy as np

from unmask.records import Box

THUMBNAIL = 240
"""Larger side of a thumbnail in pixels."""

CROP = 192
"""Side of a crop in pixels."""

FAKE_BGR, REAL_BGR = (0, 94, 213), (178, 114, 0)
"""Orange and blue, which differ for everyone (Okabe and Ito, Color Universal Design)."""

_STRONGEST = 0.7


def overlay(image: np.ndarray, heat: np.ndarray) -> np.ndarray:
    """Lay a heat map over an image, so that cold places stay as they are.

    ``image``: BGR (height, width, 3) uint8. ``heat``: (height, width) in 0..1. The colors go from
    violet over orange to yellow, brighter all the way, so they can be told apart without color.
    """
    colors = cv2.applyColorMap((heat * 255).astype(np.uint8), cv2.COLORMAP_PLASMA)
    weight = (_STRONGEST * np.clip(heat * 1.4, 0, 1))[..., None]
    return np.round(image * (1 - weight) + colors * weight).astype(np.uint8)


def thumbnail(frame: np.ndarray, boxes: list[tuple[Box, bool]], shrunk: float) -> np.ndarray:
    """A small picture of a frame with its faces boxed.

    ``boxes``: in pixels of a frame ``shrunk`` times as large, each with whether it counts as fake.
    """
    height, width = frame.shape[:2]
    ratio = min(1.0, THUMBNAIL / max(height, width))
    shape = max(1, round(width * ratio)), max(1, round(height * ratio))
    small = cv2.resize(frame, shape, interpolation=cv2.INTER_AREA)
    for (x, y, w, h), fake in boxes:
        corners = [round(side * ratio / shrunk) for side in (x, y, x + w, y + h)]
        cv2.rectangle(small, corners[:2], corners[2:], FAKE_BGR if fake else REAL_BGR, 2)
    return small
