"""What is behind the person: soft procedural pictures, drawn from a seed."""

from __future__ import annotations

import cv2
import numpy as np

MARGIN = 1.5
"""How much larger than the frame a backdrop is on each axis, so that the camera can move."""


def paint(kind: str, width: int, height: int, rng: np.random.Generator) -> np.ndarray:
    """A backdrop for frames of ``width`` x ``height``: uint8 BGR, MARGIN times that size."""
    size = (round(height * MARGIN), round(width * MARGIN))
    dark, light = _palette(rng)
    shade = _KINDS[kind](size, rng)[..., np.newaxis]
    image = dark + shade * (light - dark)
    return np.rint(image).clip(0, 255).astype(np.uint8)


def _palette(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Two colors, darker and lighter."""
    tint = rng.uniform(0.6, 1.0, 3)
    low, high = rng.uniform(20, 90), rng.uniform(130, 220)
    other = np.clip(tint + rng.uniform(-0.25, 0.25, 3), 0.4, 1.0)
    return low * tint, high * other


def _gradient(size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    y, x = _grid(size)
    angle = rng.uniform(0, 2 * np.pi)
    slope = (x - 0.5) * np.cos(angle) + (y - 0.5) * np.sin(angle)
    return np.clip(0.5 + slope * rng.uniform(0.7, 1.2), 0, 1) * 0.85 + 0.15 * _clouds(size, rng)


def _clouds(size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    total = np.zeros(size, np.float32)
    for cells, weight in ((3, 1.0), (6, 0.5), (12, 0.25), (24, 0.12)):
        coarse = rng.random((cells, cells + 1), np.float32)
        total += weight * cv2.resize(coarse, size[::-1], interpolation=cv2.INTER_CUBIC)
    return (total - total.min()) / np.ptp(total)


def _curtain(size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    y, x = _grid(size)
    folds = rng.uniform(8, 16)
    bend = 0.02 * np.sin(2 * np.pi * (y * rng.uniform(0.3, 1.0) + rng.random()))
    wave = np.sin(2 * np.pi * folds * (x + bend)) + 0.4 * np.sin(2 * np.pi * 2.3 * folds * x)
    return np.clip(0.5 + 0.25 * wave + 0.3 * (0.5 - y), 0, 1)


def _lamps(size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    image = 0.25 * _clouds(size, rng)
    for _ in range(30):
        spot = np.zeros(size, np.float32)
        center = (int(rng.integers(size[1])), int(rng.integers(size[0])))
        cv2.circle(spot, center, int(rng.integers(8, 32)), float(rng.uniform(0.15, 0.6)), -1)
        image += spot
    return np.clip(cv2.GaussianBlur(image, (0, 0), 2.5), 0, 1)


def _panels(size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    coarse = rng.random((int(rng.integers(2, 6)), int(rng.integers(3, 9))), np.float32)
    fine = cv2.resize(coarse, size[::-1], interpolation=cv2.INTER_NEAREST)
    return 0.7 * cv2.GaussianBlur(fine, (0, 0), 1.5) + 0.3 * _clouds(size, rng)


def _grid(size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Row and column of every pixel, in 0..1."""
    height, width = size
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    return y / height, x / width


_KINDS = {
    "gradient": _gradient,
    "clouds": _clouds,
    "curtain": _curtain,
    "lamps": _lamps,
    "panels": _panels,
}
