"""What a camera and an upload lose: resolution, sharpness, and what noise hides."""

from __future__ import annotations

from dataclasses import dataclass

import tensorflow as tf

from unmask.training.augment.randomness import change_some, seeds, uniform


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
        images = change_some(images, self.downscale, first, lambda x, _: self._shrink(x, first))
        images = change_some(images, self.blur, second, lambda x, _: self._blur(x, second))
        return change_some(images, self.noise, third, lambda x, _: self._noise(x, third))

    def _shrink(self, images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        return shrink(images, uniform(images, seeds(seed, 1)[0], self.downscale_to, 1.0))

    def _blur(self, images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        return blur(images, uniform(images, seeds(seed, 1)[0], 0.3, max(0.3, self.blur_px)))

    def _noise(self, images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        how_much, which = seeds(seed, 2)
        spread = uniform(images, how_much, 0.0, self.noise_level * 255)[:, None, None, None]
        grain = tf.random.stateless_normal(tf.shape(images), which)
        return tf.clip_by_value(images + grain * spread, 0.0, 255.0)


def blur(images: tf.Tensor, sigma: tf.Tensor) -> tf.Tensor:
    """Blur each image (side, side, 3) by its own Gaussian, sigma (n,) in pixels."""
    at = tf.range(images.shape[1], dtype=tf.float32)
    distance = (at[:, None] - at[None, :])[None] / sigma[:, None, None]
    weights = tf.exp(-(distance**2) / 2)
    return _resample(images, weights / tf.reduce_sum(weights, -1, keepdims=True))


def shrink(images: tf.Tensor, share: tf.Tensor) -> tf.Tensor:
    """Shrink each image (side, side, 3) to a share (n,) of its side, and enlarge it again.

    Both bilinear, the first antialiased. One matrix an image does both ways, so that images of a
    batch can shrink to different sizes.
    """
    side = images.shape[1]
    count = tf.maximum(tf.round(share * side), 1)[:, None, None]
    scale = count / side
    at = tf.range(side, dtype=tf.float32)
    small, large = at[None, :, None], (at + 0.5)[None, None, :] * scale
    down = tf.nn.relu(1 - tf.abs(large - (small + 0.5))) * tf.cast(small < count, tf.float32)
    down /= tf.maximum(tf.reduce_sum(down, -1, keepdims=True), 1e-6)
    places = tf.clip_by_value(tf.transpose(large, (0, 2, 1)) - 0.5, 0.0, count - 1)
    up = tf.nn.relu(1 - tf.abs(places - at[None, None, :]))
    return _resample(images, up @ down)


def _resample(images: tf.Tensor, matrix: tf.Tensor) -> tf.Tensor:
    """Pass the rows and then the columns of each image through its matrix (n, side, side)."""
    rows = tf.einsum("nij,njkc->nikc", matrix, images)
    return tf.einsum("nij,nkjc->nkic", matrix, rows)
