"""What a camera and an upload lose: resolution, sharpness, and what noise hides."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import tensorflow as tf

from unmask.training.augment.randomness import change_each, change_some, seeds, uniform


@dataclass(frozen=True)
class RandomQuality:
    """Shrink and enlarge again, blur, and add noise, each to some images of a batch.

    ``downscale``, ``blur`` and ``noise`` are the probabilities. ``downscale_to``: shrink to this
    share of the side or more. ``blur_px``: largest sigma of the Gaussian in pixels.
    ``noise_level``: largest standard deviation of the noise as a share of the full range.
    """

    downscale: float = 0.0
    downscale_to: float = 0.4
    blur: float = 0.0
    blur_px: float = 2.0
    noise: float = 0.0
    noise_level: float = 0.04

    def __call__(self, images: tf.Tensor, landmarks: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        """Images (n, side, side, 3) in 0..255 to the same."""
        first, second, third = seeds(seed, 3)
        images = tf.cast(images, tf.float32)
        images = change_some(images, self.downscale, first, lambda x, _: self._shrink(x, first))
        images = change_some(images, self.blur, second, lambda x, _: self._blur(x, second))
        return change_some(images, self.noise, third, lambda x, _: self._noise(x, third))

    def _shrink(self, images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        return shrink(images, uniform(images, seeds(seed, 1)[0], self.downscale_to, 1.0))

    def _blur(self, images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        return blur(images, uniform(images, seeds(seed, 1)[0], 0.3, max(0.3, self.blur_px)))

    def _noise(self, images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        how_much, which = seeds(seed, 2)
        spread = uniform(images, how_much, 0.0, self.noise_level * 255)
        start = tf.random.stateless_uniform(
            tf.shape(images)[:1], which, minval=None, maxval=None, dtype=tf.uint32
        )
        return add_noise(images, spread, start)


def add_noise(images: tf.Tensor, spread: tf.Tensor, start: tf.Tensor) -> tf.Tensor:
    """Add Gaussian noise of a standard deviation (n,) to images; ``start`` (n,) seeds each."""

    def one(image: np.ndarray, spread: np.ndarray, start: np.ndarray) -> np.ndarray:
        grain = np.random.default_rng(start).standard_normal(image.shape, np.float32)
        return np.clip(image + grain * spread, 0.0, 255.0)

    return change_each(images, one, spread, start)


def blur(images: tf.Tensor, sigma: tf.Tensor) -> tf.Tensor:
    """Blur each image (side, side, 3) by its own Gaussian, sigma (n,) in pixels."""

    def one(image: np.ndarray, sigma: np.ndarray) -> np.ndarray:
        return cv2.GaussianBlur(image, (0, 0), float(sigma), borderType=cv2.BORDER_REPLICATE)

    return change_each(images, one, sigma)


def shrink(images: tf.Tensor, share: tf.Tensor) -> tf.Tensor:
    """Shrink each image (side, side, 3) to a share (n,) of its side, and enlarge it again.

    By averaging areas, and bilinearly.
    """

    def one(image: np.ndarray, share: np.ndarray) -> np.ndarray:
        side = len(image)
        small = (max(round(float(share) * side), 1),) * 2
        shrunk = cv2.resize(image, small, interpolation=cv2.INTER_AREA)
        return cv2.resize(shrunk, (side, side), interpolation=cv2.INTER_LINEAR)

    return change_each(images, one, share)
