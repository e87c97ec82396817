"""The examples of an epoch as batches for training.

Pixels stay uint8 until augmentation. Crops that fit the memory budget are decoded once and looked
up from there; the batches are the same either way.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from unmask.model.pixels import read_all, read_input
from unmask.training.augment.chain import Effect, augment
from unmask.training.augment.randomness import change_where, seeds
from unmask.training.augment.self_blend import self_blend
from unmask.training.crops import Crops
from unmask.training.examples import Examples

log = logging.getLogger(__name__)

Batch = tuple[tf.Tensor, tf.Tensor, tf.Tensor]


def in_memory(crops: Crops, size: int, budget_mb: float) -> np.ndarray | None:
    """The decoded crops (n, size, size, 3) uint8, or None where they exceed the budget."""
    needed = len(crops) * size * size * 3 / 2**20
    if needed > budget_mb:
        log.info("%d crops need %.0f MB, over the budget: read anew", len(crops), needed)
        return None
    return read_all(crops.files, size)


@dataclass(frozen=True)
class Batches:
    """Makes batches: images (b, size, size, 3) float32, labels (b, 1), weights (b,).

    ``images``: the decoded crops, or None where they are read anew. ``weights``: of real and of
    fake. ``order``: the examples of an epoch, by its number. What augmentation draws depends on
    ``seed`` and the number of the batch, counted over all epochs.
    """

    crops: Crops
    examples: Examples
    images: np.ndarray | None
    weights: np.ndarray
    order: Callable[[int], np.ndarray]
    size: int
    batch_size: int
    seed: int
    effects: Sequence[Effect]

    @property
    def steps(self) -> int:
        """Batches of an epoch, the last one with what is left."""
        return -(-len(self.order(0)) // self.batch_size)

    def dataset(self, first_epoch: int, epochs: int) -> tf.data.Dataset:
        """The batches of the epochs from ``first_epoch`` up to, without, ``epochs``."""
        with tf.device("/CPU:0"):
            names = tf.constant([str(file) for file in self.crops.files])
            held = None if self.images is None else tf.constant(self.images)
            crop = tf.constant(self.examples.crop)

        def shuffled(epoch: tf.Tensor) -> tf.data.Dataset:
            order = tf.numpy_function(self.order, [epoch], tf.int64)
            return tf.data.Dataset.from_tensor_slices(tf.ensure_shape(order, (None,)))

        def read(which: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            return which, read_input(tf.gather(names, tf.gather(crop, which)), self.size)

        def look_up(which: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            return which, tf.gather(held, tf.gather(crop, which))

        numbers = tf.data.Dataset.range(first_epoch, epochs)
        if held is None:
            batches = numbers.flat_map(
                lambda e: shuffled(e).map(read, tf.data.AUTOTUNE).batch(self.batch_size)
            )
        else:
            batches = numbers.flat_map(lambda e: shuffled(e).batch(self.batch_size))
            batches = batches.map(look_up, tf.data.AUTOTUNE)
        finish = self._finisher()
        counted = batches.enumerate(first_epoch * self.steps)
        return counted.map(lambda step, batch: finish(step, *batch), tf.data.AUTOTUNE).prefetch(2)

    def first(self, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The first examples of the first epoch: as they are, as they are shown, their labels.

        Images (n, size, size, 3) uint8, labels (n,).
        """
        which = self.order(0)[:count]
        of = self.examples.crop[which]
        if self.images is None:
            plain = read_all([self.crops.files[number] for number in of], self.size)
        else:
            plain = self.images[of]
        step = tf.constant(0, tf.int64)
        shown, labels, _ = self._finisher()(step, tf.constant(which), tf.constant(plain))
        return plain, tf.cast(tf.round(shown), tf.uint8).numpy(), labels.numpy()[:, 0].astype(int)

    def _finisher(self) -> Callable[[tf.Tensor, tf.Tensor, tf.Tensor], Batch]:
        """Turns the number of a batch, its examples and their plain pixels into the batch."""
        with tf.device("/CPU:0"):
            crop, blended = tf.constant(self.examples.crop), tf.constant(self.examples.blended)
            labels, weights = tf.constant(self.examples.labels), tf.constant(self.weights)
            landmarks = tf.constant(self.crops.landmarks)
        any_blended = bool(self.examples.blended.any())

        def finish(step: tf.Tensor, which: tf.Tensor, pixels: tf.Tensor) -> Batch:
            draw, blend = seeds(tf.stack([tf.constant(self.seed, tf.int64), step]), 2)
            marks = tf.gather(landmarks, tf.gather(crop, which))
            pixels = tf.cast(pixels, tf.float32)
            if any_blended:
                pixels = change_where(
                    pixels,
                    tf.gather(blended, which),
                    lambda some, at: self_blend(some, tf.gather(marks, at), blend),
                )
            label = tf.gather(labels, which)
            pixels = augment(self.effects, pixels, marks, draw)
            return pixels, tf.cast(label, tf.float32)[:, None], tf.gather(weights, label)

        return finish
