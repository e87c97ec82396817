"""The crops or pairs of an epoch as batches for training.

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
from unmask.training.augment.randomness import seeds
from unmask.training.augment.self_blend import self_blended
from unmask.training.crops import Crops

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
    fake. ``order``: what an epoch shows, by its number: positions of crops (n,), or pairs (n, 2)
    as :func:`unmask.training.examples.epoch_pairs` gives them. ``batch_size`` counts crops.

    A batch of pairs holds the real faces, then their fakes. Augmentation treats both halves alike:
    the same turn, light and loss, so that nothing but the forgery tells them apart. What it draws
    depends on ``seed`` and the number of the batch, counted over all epochs; what a self-blended
    fake draws, on ``seed``, the epoch and its place in it.
    """

    crops: Crops
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
        return -(-len(self._rows(0)) // self._rows_a_batch)

    def dataset(self, first_epoch: int, epochs: int) -> tf.data.Dataset:
        """The batches of the epochs from ``first_epoch`` up to, without, ``epochs``."""
        width, read = self._rows(0).shape[1], self._reader()

        def shown(epoch: tf.Tensor) -> tf.data.Dataset:
            rows = tf.ensure_shape(tf.numpy_function(self._rows, [epoch], tf.int64), (None, width))
            places = tf.range(tf.shape(rows, tf.int64)[0])
            each = tf.data.Dataset.from_tensor_slices((places, rows))
            each = each.map(lambda at, row: (row, read(epoch, at, row)), tf.data.AUTOTUNE)
            return each.batch(self._rows_a_batch)

        finish = self._finisher()
        batches = tf.data.Dataset.range(first_epoch, epochs).flat_map(shown)
        counted = batches.enumerate(first_epoch * self.steps)
        return counted.map(lambda step, batch: finish(step, *batch), tf.data.AUTOTUNE).prefetch(2)

    def first(self, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The first crops of the first epoch: as they are, as they are shown, their labels.

        Images (n, size, size, 3) uint8, labels (n,). Of pairs, both.
        """
        rows, read = self._rows(0), self._reader()
        rows = tf.constant(rows[: max(1, count // rows.shape[1])])
        zero, places = tf.constant(0, tf.int64), tf.range(len(rows), dtype=tf.int64)
        plain = tf.stack([read(zero, at, row) for at, row in zip(places, rows, strict=True)])
        shown, labels, _ = self._finisher()(zero, rows, plain)
        plain = tf.concat(tf.unstack(plain, axis=1), 0).numpy()
        return plain, tf.cast(tf.round(shown), tf.uint8).numpy(), labels.numpy()[:, 0].astype(int)

    @property
    def _rows_a_batch(self) -> int:
        return max(1, self.batch_size // self._rows(0).shape[1])

    def _rows(self, epoch: int) -> np.ndarray:
        """What an epoch shows, (n, 1) of crops or (n, 2) of pairs."""
        order = self.order(epoch)
        return order.reshape(len(order), -1)

    def _reader(self) -> Callable[[tf.Tensor, tf.Tensor, tf.Tensor], tf.Tensor]:
        """Reads what a row of an epoch names: (k, size, size, 3) uint8."""
        with tf.device("/CPU:0"):
            names = tf.constant([str(file) for file in self.crops.files])
            held = None if self.images is None else tf.constant(self.images)

        def pixels(number: tf.Tensor) -> tf.Tensor:
            return read_input(names[number], self.size) if held is None else held[number]

        def blended(epoch: tf.Tensor, at: tf.Tensor, number: tf.Tensor) -> tf.Tensor:
            given = [pixels(number), number, epoch, at]
            return tf.numpy_function(self._blend, given, tf.uint8, stateful=False)

        def read(epoch: tf.Tensor, at: tf.Tensor, row: tf.Tensor) -> tf.Tensor:
            if row.shape[0] == 1:
                return pixels(row[0])[None]
            images = tf.cond(
                row[1] < 0,
                lambda: blended(epoch, at, row[0]),
                lambda: tf.stack([pixels(row[0]), pixels(row[1])]),
            )
            return tf.ensure_shape(images, (2, self.size, self.size, 3))

        return read

    def _blend(self, face: np.ndarray, number: int, epoch: int, at: int) -> np.ndarray:
        rng = np.random.default_rng((self.seed, int(epoch), int(at)))
        return np.stack(self_blended(face, self.crops.landmarks[number], rng))

    def _finisher(self) -> Callable[[tf.Tensor, tf.Tensor, tf.Tensor], Batch]:
        """Turns the number of a batch, its rows and their plain pixels into the batch."""
        with tf.device("/CPU:0"):
            known = tf.constant(self.crops.labels)
            weights, landmarks = tf.constant(self.weights), tf.constant(self.crops.landmarks)

        def finish(step: tf.Tensor, rows: tf.Tensor, pixels: tf.Tensor) -> Batch:
            (draw,) = seeds(tf.stack([tf.constant(self.seed, tf.int64), step]), 1)
            marks = tf.gather(landmarks, rows[:, 0])
            alike = [
                augment(self.effects, images, marks, draw) for images in tf.unstack(pixels, axis=1)
            ]
            which = tf.reshape(tf.transpose(rows), (-1,))
            label = tf.where(which < 0, tf.ones_like(which), tf.gather(known, tf.maximum(which, 0)))
            images = tf.concat(alike, 0)
            return images, tf.cast(label, tf.float32)[:, None], tf.gather(weights, label)

        return finish
