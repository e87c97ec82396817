"""Gives a swapped face as much detail as the face it replaces.

A young face in place of an old one is smoother, so its clip would take fewer bytes, and the size
of the file would tell the classes apart. Here the finest detail of the new face is strengthened or
weakened until JPEG needs as many bytes for it, filmed by the same camera, as for the old one.
Glasses weigh more in a clip's key frames than in those between, so detail of middle size has a
gain of its own. ``benchmarks/demo_leaks.py`` measures what is left.
"""

from __future__ import annotations

import cv2
import numpy as np

from unmask.videos.demo.portraits import EYES
from unmask.videos.demo.script import Swap, Take

QUALITY = 95
"""JPEG quality: about what the encoder of the clips keeps."""
FINEST, MIDDLE = 2.0, 8.0
"""The finest detail is what a Gaussian of the first standard deviation removes, in pixels of a
still; detail of middle size is what the second removes besides."""
GAINS = (0.3, 3.0)
STEPS = 8


def match_detail(
    image: np.ndarray, like: np.ndarray, mask: np.ndarray, swap: Swap, take: Take
) -> np.ndarray:
    """``image`` with its detail scaled where ``mask`` says, so that it is as costly as ``like``.

    Args:
        image: the changed face, uint8 BGR (height, width, 3).
        like: the face it replaces, same shape.
        mask: how much each pixel may change, float32 (height, width) in 0..1.
        swap: gives the gain on detail of middle size, and the bytes wanted relative to ``like``.
        take: the camera, whose scale, blur and noise decide what detail survives.
    """
    wanted = swap.detail * _cost(like, take)
    weight = mask[..., np.newaxis]
    sharp = image.astype(np.float32)
    smooth = cv2.GaussianBlur(sharp, (0, 0), FINEST)
    middle = weight * (smooth - cv2.GaussianBlur(sharp, (0, 0), MIDDLE))
    finest = weight * (image - smooth)
    base = image + (swap.middle - 1) * middle - finest
    low, high = GAINS
    for _ in range(STEPS):
        gain = (low * high) ** 0.5
        result = np.rint(base + gain * finest).clip(0, 255).astype(np.uint8)
        if _cost(result, take) < wanted:
            low = gain
        else:
            high = gain
    return result


def _cost(image: np.ndarray, take: Take) -> int:
    """Bytes of the image as JPEG, at the size, blur and noise at which the take shows it."""
    scale = take.zoom.center * take.height / EYES
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    seen = cv2.resize(image, None, fx=scale, fy=scale, interpolation=method)
    seen = cv2.GaussianBlur(seen, (3, 3), take.blur)
    noise = np.array(np.random.default_rng(0).normal(0, take.noise, seen.shape)).astype(np.int16)
    seen = cv2.add(seen, noise, dtype=cv2.CV_8U)
    return len(cv2.imencode(".jpg", seen, (cv2.IMWRITE_JPEG_QUALITY, QUALITY))[1])
