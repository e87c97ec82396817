"""Draws faces and scores into an image."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from unmask.evaluation.explain.overlay import FAKE_BGR, REAL_BGR
from unmask.prediction.annotate.interpolate import Shown

_FONT = cv2.FONT_HERSHEY_SIMPLEX
_WHITE, _GRAY = (255, 255, 255), (70, 70, 70)


def draw(
    image: np.ndarray, faces: Sequence[Shown], *, ratio: float, threshold: float, banner: str
) -> np.ndarray:
    """Draw boxes and a banner into a BGR image, in place; return it.

    ``ratio``: the image's width over that of the frames that the boxes refer to. Fakes are
    orange, the others blue; the word is there too, for those who do not see the difference.
    """
    height, width = image.shape[:2]
    unit = max(height, width) / 1100
    for face in faces:
        fake = face.p_fake >= threshold
        color = FAKE_BGR if fake else REAL_BGR
        left, top, w, h = (round(side * ratio) for side in face.box)
        cv2.rectangle(image, (left, top), (left + w, top + h), color, max(2, round(3 * unit)))
        text = f"{'fake' if fake else 'real'} {face.p_fake:.2f}"
        _label(image, text, (left, top), color, unit, above=True)
    _label(image, banner, (0, 0), _GRAY, unit, above=False)
    return image


def _label(
    image: np.ndarray,
    text: str,
    corner: tuple[int, int],
    color: tuple[int, int, int],
    unit: float,
    *,
    above: bool,
) -> None:
    """Write text on a plate that stands on ``corner`` or hangs from it, kept inside the image."""
    size, thickness = 0.75 * unit, max(1, round(1.6 * unit))
    (width, height), base = cv2.getTextSize(text, _FONT, size, thickness)
    if width > image.shape[1]:
        size *= image.shape[1] / width
        (width, height), base = cv2.getTextSize(text, _FONT, size, thickness)
    pad = max(2, round(6 * unit))
    tall = height + base + 2 * pad
    left = max(0, min(corner[0], image.shape[1] - width - 2 * pad))
    top = max(0, min(corner[1] - tall if above else corner[1], image.shape[0] - tall))
    cv2.rectangle(image, (left, top), (left + width + 2 * pad, top + tall), color, cv2.FILLED)
    where = left + pad, top + pad + height
    cv2.putText(image, text, where, _FONT, size, _WHITE, thickness, cv2.LINE_AA)
