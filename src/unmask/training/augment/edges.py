"""Pictures that end close to the face: the crop shows them mirrored beyond their edge."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import tensorflow as tf

from unmask.training.augment.randomness import change_each, change_some, seeds

_DEEPEST = 0.3
"""How far from the crop's side a picture ends at most, as a share of the side."""


@dataclass(frozen=True)
class RandomEdges:
    """Let some images of a batch end within the crop, and mirror them there.

    A face at the edge of a frame, or a picture cut close to the face, reaches the network so: see
    :func:`unmask.faces.geometry.crop_square`. ``probability``: how many are changed. Each side is
    cut, two times of three, by up to 0.3 of the crop.
    """

    probability: float = 0.0

    def __call__(self, images: tf.Tensor, landmarks: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        """Images (n, side, side, 3) to the same, float32."""
        images = tf.cast(images, tf.float32)
        return change_some(images, self.probability, seed, lambda x, _: self._cut(x, seed))

    def _cut(self, images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        depths = tf.random.stateless_uniform(
            (tf.shape(images)[0], 4), seeds(seed, 1)[0], -_DEEPEST / 2, _DEEPEST
        )
        return mirror_edges(images, tf.maximum(depths, 0.0))


def mirror_edges(images: tf.Tensor, depths: tf.Tensor) -> tf.Tensor:
    """Mirror images (n, side, side, 3) at lines inside: what lies beyond is not seen any more.

    ``depths`` (n, 4): how far from the top, bottom, left and right, as shares of the side.
    """

    def one(image: np.ndarray, depths: np.ndarray) -> np.ndarray:
        side = len(image)
        top, bottom, left, right = (round(float(depth) * side) for depth in depths)
        inner = image[top : side - bottom, left : side - right]
        return cv2.copyMakeBorder(inner, top, bottom, left, right, cv2.BORDER_REFLECT_101)

    return change_each(images, one, depths)
