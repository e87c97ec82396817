"""Where in a crop the face is, and how much of a heat map lies on it."""

from __future__ import annotations

import cv2
import numpy as np

from unmask.cropping import in_crop
from unmask.records import Box, Square


def face_region(size: int, box: Box, square: Square) -> np.ndarray:
    """The face's box in its crop, as a mask (size, size) of bool.

    ``box`` is that of the face in the frame and ``square`` what was cut out around it.
    """
    x, y, width, height = box
    corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
    places = np.array(in_crop(corners, square)) * size - 0.5
    mask = cv2.fillConvexPoly(np.zeros((size, size), np.uint8), np.round(places).astype(int), 1)
    return mask.astype(bool)


def share_inside(heat: np.ndarray, mask: np.ndarray) -> float:
    """The share of a map's heat that lies in ``mask``, 0..1; 0 where the map is cold."""
    total = float(heat.sum())
    return float(heat[mask].sum()) / total if total > 0 else 0.0
