"""Where in a crop the face is, and how much of a heat map lies on it."""

from __future__ import annotations

import numpy as np

from unmask.records import Box


def face_region(size: int, box: Box, scale: float) -> np.ndarray:
    """The face's box in its crop, as a mask (size, size) of bool.

    ``box`` is that of the face in the frame and ``scale`` the side of the crop's square over the
    box's larger side, as in :func:`unmask.cropping.crop_square`.
    """
    larger = max(box[2:])
    mask = np.zeros((size, size), bool)
    spans = [size * side / (scale * larger) for side in box[2:]]
    (left, right), (top, bottom) = (
        (max(0, round((size - span) / 2)), min(size, round((size + span) / 2))) for span in spans
    )
    mask[top:bottom, left:right] = True
    return mask


def share_inside(heat: np.ndarray, mask: np.ndarray) -> float:
    """The share of a map's heat that lies in ``mask``, 0..1; 0 where the map is cold."""
    total = float(heat.sum())
    return float(heat[mask].sum()) / total if total > 0 else 0.0
