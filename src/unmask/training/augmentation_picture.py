"""A picture of what training shows: some examples before and after augmentation."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from unmask.frames.images import write_jpeg

COUNT = 8
_SIDE, _RIM = 112, 4
_COLORS = {0: (60, 140, 60), 1: (50, 50, 190)}
"""Green around real and red around fake, as BGR."""


def write_picture(path: Path, plain: np.ndarray, shown: np.ndarray, labels: np.ndarray) -> None:
    """Write two rows: crops as they are and below them as the network sees them.

    ``plain`` and ``shown`` are RGB (n, size, size, 3) uint8, ``labels`` (n,), 1 is fake.
    """
    rows = [
        np.hstack([_framed(image, label) for image, label in zip(images, labels, strict=True)])
        for images in (plain, shown)
    ]
    write_jpeg(path, np.vstack(rows), 90)


def _framed(image: np.ndarray, label: int) -> np.ndarray:
    small = cv2.resize(image[..., ::-1], (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
    rim = (_RIM,) * 4
    return cv2.copyMakeBorder(small, *rim, cv2.BORDER_CONSTANT, value=_COLORS[int(label)])
