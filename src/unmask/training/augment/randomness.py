"""Random numbers for a batch, changing only some of its images, or each by its own numbers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
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


def change_each(
    images: tf.Tensor, change: Callable[..., np.ndarray], *numbers: tf.Tensor
) -> tf.Tensor:
    """Change images (n, h, w, 3) one by one, outside TensorFlow: OpenCV is several times as fast.

    ``change`` gets an image, float32, and its entry of each of ``numbers`` (n, ...). It returns an
    image of the same shape.
    """

    def each(images: np.ndarray, *numbers: np.ndarray) -> np.ndarray:
        changed = np.empty(images.shape, np.float32)
        for place, given in enumerate(zip(images, *numbers, strict=True)):
            changed[place] = change(*given)
        return changed

    images = tf.cast(images, tf.float32)
    changed = tf.numpy_function(each, [images, *numbers], tf.float32, stateful=False)
    return tf.ensure_shape(changed, images.shape)
