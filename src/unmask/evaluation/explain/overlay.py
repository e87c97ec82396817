"""Heat maps drawn over the crops they explain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from unmask.disk.records import Box, Square
from unmask.faces.geometry import in_crop
from unmask.frames.images import read_image

if TYPE_CHECKING:
    from unmask.evaluation.explain.heat import Toward
    from unmask.evaluation.explain.layers import ModelParts


@dataclass(frozen=True)
class DrawnHeat:
    """A crop and its heat map over it, BGR of ``CROP`` pixels a side, and the map in 0..1."""

    crop: np.ndarray
    over: np.ndarray
    heat: np.ndarray


def draw_heat(parts: ModelParts, files: Sequence[Path], toward: Toward) -> list[DrawnHeat]:
    """Draw what in each of these crops speaks for ``toward``."""
    # Who draws boxes alone needs no TensorFlow.
    from unmask.evaluation.explain.heat import heat_maps
    from unmask.model.pixels import read_all

    if not files:
        return []
    drawn = []
    maps = heat_maps(parts, read_all(files, parts.input_size), toward=toward)
    for file, heat in zip(files, maps, strict=True):
        crop = cv2.resize(read_image(file), (CROP, CROP), interpolation=cv2.INTER_AREA)
        drawn.append(DrawnHeat(crop, overlay(crop, _soft(heat)), heat))
    return drawn


def _soft(heat: np.ndarray) -> np.ndarray:
    """A map as large as the picture, its specks spread a little so that they can be seen."""
    soft = cv2.GaussianBlur(cv2.resize(heat, (CROP, CROP)), (0, 0), CROP / 24)
    return soft / max(float(soft.max()), 1e-9)


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
