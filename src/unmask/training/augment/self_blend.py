"""Fakes made of real faces alone: a face blended into a slightly changed copy of itself.

Shiohara and Yamasaki, Detecting Deepfakes with Self-Blended Images, CVPR 2022,
https://arxiv.org/abs/2204.08376. What gives a fake away is where two pictures meet: another light,
another sharpness, a seam. A network that learns these from self-blended faces meets no method of
forgery, so it cannot learn one by heart.

The result is a pair. Half of the time it is the target that is changed; the real face of the pair
is then the changed one, too, so that nothing but the blending tells the two apart. The paper takes
its masks from 81 landmarks; here a mean face is laid over the five that MTCNN gives.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import cv2
import numpy as np

_OUTLINE = Path(__file__).with_name("face_outline.npz")
_STRENGTHS = (0.25, 0.5, 0.75, 1.0, 1.0, 1.0)
_LARGEST_SHIFT = (0.03, 0.015)
_LARGEST_SCALE = 1 / 0.95
_BEND = 0.11
"""How far the rim of a mask wanders, before smoothing, as a share of the side."""
_BEND_GRID, _BEND_SMOOTHNESS = 56, 2.0
_RIM = 1 / 14
"""What of a crop's border is never blended, as a share of the side: a classifier that saw nothing
else told real from fake with an AUC of 0.65 where masks reached it."""


def self_blended(
    face: np.ndarray, landmarks: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """A real face and a fake made of it, both RGB (side, side, 3) uint8.

    Args:
        face: A real face, RGB (side, side, 3) uint8.
        landmarks: Its five landmarks as shares of the side (5, 2), in the order of
            ``records.LANDMARKS``.
        rng: What is drawn comes from here.

    Returns:
        The real face, perhaps in another light or sharpness, and the fake.
    """
    source, target = face, _change(face, rng)
    if rng.random() < 0.5:
        source, target = target, source
    source, mask = _move(source, face_mask(landmarks, len(face), rng), rng)
    mask = _soften(_bend(mask, rng), rng) * _inside(len(face)) * np.float32(rng.choice(_STRENGTHS))
    return target, cv2.blendLinear(source, target, mask, 1 - mask)


def face_mask(landmarks: np.ndarray, side: int, rng: np.random.Generator) -> np.ndarray:
    """One of three parts of a face, 1 inside and 0 outside, (side, side) float32.

    All of it, from the jaw to the brows, or from the mouth's height up to the brows.
    """
    outline = _mean_face()
    chosen = outline["parts"][int(np.searchsorted((0.4, 0.75), rng.random(), "right"))]
    points = outline["points"][chosen] @ _fit(landmarks) * side
    mask = np.zeros((side, side), np.float32)
    hull = cv2.convexHull(np.round(points).astype(np.int32))
    return cv2.fillConvexPoly(mask, hull, 1.0)


@cache
def _mean_face() -> dict:
    """Its points and landmarks, each with a 1 behind it, and which points are round each part."""
    with np.load(_OUTLINE, allow_pickle=False) as file:
        points, five = (
            np.c_[file[name], np.ones(len(file[name]))].astype(np.float64)
            for name in ("points", "five")
        )
        jaw, brows = file["jaw"], file["brow"]
        parts = (file["oval"], np.r_[jaw, brows], np.r_[jaw[4:17], brows])
    return {"points": points, "five": five, "parts": parts}


def _fit(landmarks: np.ndarray) -> np.ndarray:
    """The affine map (3, 2) that lays the mean face over five landmarks."""
    return np.linalg.lstsq(_mean_face()["five"], np.asarray(landmarks, np.float64), rcond=None)[0]


def _change(face: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Another light, and less detail or more of it: the paper's source-target generator."""
    face = _recolor(face, rng, 0.5)
    if rng.random() < 0.5:
        side = len(face)
        small = (side // int(rng.choice((2, 4))),) * 2
        shrunk = cv2.resize(face, small, interpolation=cv2.INTER_NEAREST)
        return cv2.resize(shrunk, (side, side), interpolation=cv2.INTER_LINEAR)
    share, middle = rng.uniform(0.2, 0.5), 8 + rng.uniform(0.5, 1)
    kernel = np.full((3, 3), -share, np.float32)
    kernel[1, 1] = 1 - share + share * middle
    return cv2.filter2D(face, -1, kernel)


def _recolor(face: np.ndarray, rng: np.random.Generator, probability: float) -> np.ndarray:
    """Shift the colors, turn and stretch hue and saturation, change brightness and contrast."""
    factor, lift = np.ones(3), np.zeros(3)
    if rng.random() < probability:
        lift += rng.uniform(-20, 20, 3)
    hsv = rng.random() < probability
    turn, stretch = rng.uniform(-10, 10), 1 + rng.uniform(-0.3, 0.3, 2)
    if rng.random() < probability:
        contrast, brightness = 1 + rng.uniform(-0.1, 0.1), 255 * rng.uniform(-0.1, 0.1)
        factor, lift = factor * contrast, lift * contrast + brightness
    if hsv:
        face = _turn_colors(face, turn, stretch)
    levels = np.arange(256)[:, None] * factor + lift
    return cv2.LUT(face, np.clip(np.round(levels), 0, 255).astype(np.uint8)[None])


def _turn_colors(face: np.ndarray, turn: float, stretch: np.ndarray) -> np.ndarray:
    """Turn the hue by so many of 180 steps, and stretch saturation and value."""
    levels = np.arange(256)
    table = np.stack(
        [(levels + turn) % 180, *(np.clip(levels * factor, 0, 255) for factor in stretch)], -1
    )
    hsv = cv2.LUT(cv2.cvtColor(face, cv2.COLOR_RGB2HSV), table.astype(np.uint8)[None])
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)


def _move(
    face: np.ndarray, mask: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Shift and scale the source and its mask a little, so that outlines do not meet."""
    side = len(face)
    scale = rng.uniform(1 / _LARGEST_SCALE, _LARGEST_SCALE)
    shift = [side / 2 * (1 - scale) + side * rng.uniform(-most, most) for most in _LARGEST_SHIFT]
    matrix = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]], np.float32)
    moved = cv2.warpAffine(face, matrix, (side, side), borderMode=cv2.BORDER_REFLECT)
    return moved, cv2.warpAffine(mask, matrix, (side, side))


def _bend(mask: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Bend a mask elastically: no two have the same rim."""
    side = len(mask)
    wander = rng.random((_BEND_GRID, _BEND_GRID, 2), np.float32) * 2 - 1
    smooth = cv2.GaussianBlur(wander * (_BEND * side), (0, 0), _BEND_SMOOTHNESS)
    places = _grid(side) + cv2.resize(smooth, (side, side))
    # Both maps are in the first; the stubs of OpenCV do not know None.
    return cv2.remap(mask, places, None, cv2.INTER_LINEAR)  # type: ignore[call-overload]


@cache
def _grid(side: int) -> np.ndarray:
    """The place of each pixel, x and y: (side, side, 2) float32."""
    return np.stack(np.meshgrid(np.arange(side), np.arange(side)), -1).astype(np.float32)


@cache
def _inside(side: int) -> np.ndarray:
    """0 in the crop's rim, rising to 1 over as much again: (side, side) float32."""
    place = (np.arange(side) + 0.5) / side
    away = np.minimum(place, 1 - place)
    return np.clip(np.minimum.outer(away, away) / _RIM - 1, 0, 1).astype(np.float32)


def _soften(mask: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Blur, keep what is still full, blur again: a seam that lies inside the face."""
    side = len(mask)
    first, second = (2 * int(side * rng.uniform(0.01, 0.056)) + 1 for _ in range(2))
    mask = cv2.GaussianBlur(mask, (first, first), 0)
    full = (mask >= 0.999).astype(np.float32)
    sigma = side * rng.uniform(0.02, 0.2)
    return cv2.GaussianBlur(full, (second, second), sigma)
