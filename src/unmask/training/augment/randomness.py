"""Random numbers for a batch, and changing only some of its images."""

from __future__ import annotations

from collections.abc import Callable

import tensorflow as tf

Change = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]


def seeds(seed: tf.Tensor, count: int) -> list[tf.Tensor]:
    """Independent seeds made of one."""
    return [tf.random.experimental.stateless_fold_in(seed, number) for number in range(count)]


def uniform(images: tf.Tensor, seed: tf.Tensor, low: float = 0.0, high: float = 1.0) -> tf.Tensor:
    """A number for each image of a batch, (n,) float32 in low..high."""
    return tf.random.stateless_uniform(tf.shape(images)[:1], seed, low, high)


def change_some(
    images: tf.Tensor, probability: float, seed: tf.Tensor, change: Change
) -> tf.Tensor:
    """Change each image with a probability, see :func:`change_where`."""
    if not probability:
        return images
    return change_where(images, uniform(images, seed) < probability, change)


def change_where(images: tf.Tensor, which: tf.Tensor, change: Change) -> tf.Tensor:
    """Change the images for which ``which`` (n,) is true; the others cost nothing.

    ``change`` gets the chosen images and their positions in the batch, (k,) int64.
    """
    chosen = tf.where(which)
    changed = change(tf.gather_nd(images, chosen), chosen[:, 0])
    return tf.tensor_scatter_nd_update(images, chosen, changed)
