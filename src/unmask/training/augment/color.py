"""Light and color."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
import tensorflow as tf

from unmask.training.augment.randomness import change_each, seeds, uniform

_TO_YIQ = np.array(((0.299, 0.587, 0.114), (0.5959, -0.2746, -0.3213), (0.2115, -0.5227, 0.3112)))
_TO_RGB = np.linalg.inv(_TO_YIQ)


@dataclass(frozen=True)
class RandomColor:
    """Change brightness, contrast, saturation and hue of each image of a batch differently.

    ``brightness``: add up to this share of the full range either way. ``contrast``: stretch the
    distance to the image's mean by a factor in 1 - contrast to 1 + contrast. ``saturation``: the
    same for the distance to gray. ``hue``: turn colors by up to this share of half a circle.
    """

    brightness: float = 0.0
    contrast: float = 0.0
    saturation: float = 0.0
    hue: float = 0.0

    def __call__(self, images: tf.Tensor, landmarks: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        """Images (n, height, width, 3) in 0..255 to float32 of the same shape."""
        lift, stretch, fade, turn = (uniform(images, s, -1.0, 1.0) for s in seeds(seed, 4))
        return change_each(
            images,
            _relight,
            1 + fade * self.saturation,
            turn * self.hue,
            1 + stretch * self.contrast,
            lift * self.brightness * 255,
        )


def _relight(
    image: np.ndarray, saturation: float, hue: float, contrast: float, lift: float
) -> np.ndarray:
    """Scale the saturation and turn the hue, 1 being half a circle, in YIQ, where both keep the
    brightness; then stretch the distance to the mean and add ``lift``. Clipped to 0..255."""
    angle = hue * math.pi
    cos, sin = saturation * math.cos(angle), saturation * math.sin(angle)
    turn = np.array([[1, 0, 0], [0, cos, -sin], [0, sin, cos]])
    recolor = _TO_RGB @ turn @ _TO_YIQ
    mean = (recolor @ cv2.mean(image)[:3]).mean()
    offset = np.full(3, (1 - contrast) * mean + lift)
    changed = cv2.transform(image, np.c_[contrast * recolor, offset])
    return np.clip(changed, 0, 255, out=changed)
