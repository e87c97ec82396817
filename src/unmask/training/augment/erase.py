"""Covering a part of the picture, or of the face, so that no single clue decides."""

from __future__ import annotations

from dataclasses import dataclass

import tensorflow as tf

from unmask.training.augment.face_axes import FaceFrame
from unmask.training.augment.randomness import change_some, seeds, uniform


@dataclass(frozen=True)
class RandomErase:
    """Cover a rectangle, or a part of the face, in some images of a batch.

    ``erase``: probability of a rectangle of 2 % to 20 % of the area, in one random color (Zhong
    and others, Random Erasing Data Augmentation, AAAI 2020). ``erase_part``: probability that the
    eyes, the nose, the mouth, or half of the face is painted black, as the winner of the DFDC did
    (Seferbekov, 2020).
    """

    erase: float = 0.0
    erase_part: float = 0.0

    def __call__(self, images: tf.Tensor, landmarks: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        """Images (n, side, side, 3) in 0..255 to the same."""
        first, second = seeds(seed, 2)
        images = change_some(
            images,
            self.erase_part,
            first,
            lambda x, which: erase_part(x, tf.gather(landmarks, which), seeds(first, 1)[0]),
        )
        return change_some(
            images, self.erase, second, lambda x, _: erase_rectangle(x, seeds(second, 1)[0])
        )


def erase_rectangle(images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Cover a rectangle of each image (side, side, 3) in a random color."""
    area, shape, right, down, paint = seeds(seed, 5)
    area, shape = uniform(images, area, 0.02, 0.2), uniform(images, shape, -1.0, 1.0)
    width, height = (tf.sqrt(area * 3 ** (sign * shape)) for sign in (1.0, -1.0))
    x, y = uniform(images, right) * (1 - width), uniform(images, down) * (1 - height)
    columns, rows = _places(images)
    inside = _within(columns, x, x + width) & _within(rows, y, y + height)
    color = tf.random.stateless_uniform((tf.shape(images)[0], 1, 1, 3), paint, 0.0, 255.0)
    return tf.where(inside[..., None], color, images)


def erase_part(images: tf.Tensor, landmarks: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Paint a part of each face black: images (n, side, side, 3), landmarks (n, 5, 2)."""
    face = FaceFrame.of(landmarks)
    across, down = (axis * face.distance for axis in tf.unstack(face.axes, axis=1))
    middle = (face.eyes + face.mouth) / 2
    # The center of a part, then half its width and height in eye distances.
    parts = [
        (face.eyes, 0.9, 0.35),
        (landmarks[:, 2], 0.4, 0.4),
        (face.mouth, 0.65, 0.35),
        (middle - across, 1.0, 1.8),
        (middle + across, 1.0, 1.8),
        (face.eyes - down * 0.4, 1.6, 0.9),
        (face.mouth + down * 0.1, 1.6, 0.9),
    ]
    number = tf.cast(tf.floor(uniform(images, seed) * len(parts)), tf.int32)
    number = tf.minimum(number, len(parts) - 1)
    centers = tf.gather(tf.stack([center for center, *_ in parts], 1), number, batch_dims=1)
    sizes = tf.gather(tf.constant([size for _, *size in parts], tf.float32), number)
    away = tf.abs(face.offsets(centers, images.shape[1])) - sizes[:, None, None]
    return tf.where(tf.reduce_all(away < 0, -1, keepdims=True), 0.0, images)


def _places(images: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Where pixels are, as shares of the side: columns (1, 1, side) and rows (1, side, 1)."""
    at = (tf.range(images.shape[1], dtype=tf.float32) + 0.5) / images.shape[1]
    return at[None, None, :], at[None, :, None]


def _within(at: tf.Tensor, low: tf.Tensor, high: tf.Tensor) -> tf.Tensor:
    return (at >= low[:, None, None]) & (at < high[:, None, None])
