"""Light and color."""

from __future__ import annotations

import math
from dataclasses import dataclass

import tensorflow as tf

from unmask.training.augment.randomness import seeds, uniform

_TO_YIQ = ((0.299, 0.587, 0.114), (0.5959, -0.2746, -0.3213), (0.2115, -0.5227, 0.3112))


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
        images = tf.cast(images, tf.float32)
        if self.saturation or self.hue:
            images = recolor(images, 1 + fade * self.saturation, turn * self.hue)
        mean = tf.reduce_mean(images, axis=(1, 2, 3), keepdims=True)
        images += (images - mean) * _each(stretch * self.contrast)
        return tf.clip_by_value(images + _each(lift * self.brightness * 255), 0.0, 255.0)


def recolor(images: tf.Tensor, saturation: tf.Tensor, hue: tf.Tensor) -> tf.Tensor:
    """Scale each image's saturation (n,), and turn its hue (n,), 1 being half a circle.

    Done in YIQ, where both keep the brightness. Values may leave 0..255.
    """
    to_yiq = tf.constant(_TO_YIQ, tf.float32)
    angle, zero = hue * math.pi, tf.zeros_like(hue)
    cos, sin = saturation * tf.cos(angle), saturation * tf.sin(angle)
    rows = [[zero + 1, zero, zero], [zero, cos, -sin], [zero, sin, cos]]
    turn = tf.stack([tf.stack(row, -1) for row in rows], -2)
    whole = tf.linalg.inv(to_yiq) @ turn @ to_yiq
    return tf.einsum("nij,nhwj->nhwi", whole, images)


def _each(values: tf.Tensor) -> tf.Tensor:
    return values[:, None, None, None]
