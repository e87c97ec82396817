"""What crops look like, in three numbers: so that it shows where some are unlike others.

A detector that is trained on crops of one look and asked about another loses a lot, and learns the
look instead of the forgery where the two go together.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

import cv2
import numpy as np

from unmask.faces.geometry import EYES_TO_MOUTH

_FINE, _COARSE = 1.0, 4.0
"""Widths in pixels of the Gaussians between which detail is measured."""

MUCH = {"eye_distance": 1.15, "eye_line": 1.25, "sharpness": 1.5}
"""Two medians differ that are apart by more than this factor. Measured on crops of one geometry:
DFDC's have a sharpness of 0.39, with a Gaussian blur of one pixel 0.20, Celeb-DF's 0.17."""

_WORDS = {
    "eye_distance": "distance of the eyes, a share of the side",
    "eye_line": "line of the eyes, a share of the height",
    "sharpness": "sharpness",
}


@dataclass(frozen=True)
class Look:
    """Medians over crops; None where nothing is known, as of crops without landmarks.

    ``eye_distance`` and ``eye_line`` are shares of the side, the distance as it would be seen from
    the front. ``sharpness``: see :func:`sharpness`.
    """

    eye_distance: float | None = None
    eye_line: float | None = None
    sharpness: float | None = None


def sharpness(crop: np.ndarray) -> float:
    """How much of a crop's detail is fine, whatever its contrast: some 0.1 (blurred) to 1 (noisy).

    The deviation of what a narrow Gaussian takes away, over that of what a wide one takes away
    besides, in the middle of the crop (side x side x 3, uint8). To be compared between crops of one
    size, as those of a run and of its model are.
    """
    rim = len(crop) // 7
    gray = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)[rim:-rim, rim:-rim].astype(np.float32)
    fine, coarse = (cv2.GaussianBlur(gray, (0, 0), width) for width in (_FINE, _COARSE))
    return round(float((gray - fine).std() / max(float((fine - coarse).std()), 0.01)), 4)


def look(
    landmarks: Iterable[Sequence[Sequence[float]] | None], sharpnesses: Iterable[float | None]
) -> Look:
    """The look of crops, given their landmarks as shares of the side, and how sharp they are."""
    faces = [points for points in landmarks if points]
    return Look(
        _median(_eye_distance(points) for points in faces),
        _median((points[0][1] + points[1][1]) / 2 for points in faces),
        _median(sharpnesses),
    )


def middle(looks: Iterable[Look]) -> Look:
    """The medians of several looks."""
    looks = list(looks)
    return Look(*(_median(getattr(one, name) for one in looks) for name in MUCH))


def differences(looks: Mapping[str, Look]) -> list[str]:
    """In what the named looks differ much, with the numbers of the two that are farthest apart."""
    lines = []
    for name, factor in MUCH.items():
        known = {who: value for who, one in looks.items() if (value := getattr(one, name))}
        if not known:
            continue
        least, most = (choose(known, key=known.__getitem__) for choose in (min, max))
        if known[most] > factor * known[least]:
            lines.append(
                f"{_WORDS[name]}: {known[least]:.2f} in {least}, {known[most]:.2f} in {most}"
            )
    return lines


def _eye_distance(points: Sequence[Sequence[float]]) -> float:
    """As it would be seen from the front, in the way of :class:`unmask.faces.geometry.Geometry`."""
    eyes, mouth = (
        [(one + other) / 2 for one, other in zip(*pair, strict=True)]
        for pair in (points[:2], points[3:])
    )
    return max(math.dist(*points[:2]), math.dist(eyes, mouth) / EYES_TO_MOUTH)


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None and math.isfinite(value)]
    return round(median(known), 4) if known else None
