"""Heat maps drawn over the crops they explain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from unmask.explain.heat import Toward, heat_maps
from unmask.explain.layers import Split
from unmask.explain.pictures import CROP, overlay
from unmask.images import read_image
from unmask.model.inputs import read_all


@dataclass(frozen=True)
class DrawnHeat:
    """A crop and its heat map over it, BGR of ``CROP`` pixels a side, and the map in 0..1."""

    crop: np.ndarray
    over: np.ndarray
    heat: np.ndarray


def draw_heat(split: Split, files: Sequence[Path], toward: Toward) -> list[DrawnHeat]:
    """Draw what in each of these crops speaks for ``toward``."""
    if not files:
        return []
    drawn = []
    maps = heat_maps(split, read_all(files, split.input_size), toward=toward)
    for file, heat in zip(files, maps, strict=True):
        crop = cv2.resize(read_image(file), (CROP, CROP), interpolation=cv2.INTER_AREA)
        drawn.append(DrawnHeat(crop, overlay(crop, _soft(heat)), heat))
    return drawn


def _soft(heat: np.ndarray) -> np.ndarray:
    """A map as large as the picture, its specks spread a little so that they can be seen."""
    soft = cv2.GaussianBlur(cv2.resize(heat, (CROP, CROP)), (0, 0), CROP / 24)
    return soft / max(float(soft.max()), 1e-9)
