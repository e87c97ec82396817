"""Where things are in a face, by its five landmarks."""

from __future__ import annotations

from dataclasses import dataclass

import tensorflow as tf

TYPICAL_LANDMARKS = ((0.30, 0.30), (0.70, 0.30), (0.50, 0.50), (0.33, 0.74), (0.67, 0.74))
"""Where the landmarks of a face are in a crop that is placed by them, as shares of the side: for
crops that come without."""


@dataclass(frozen=True)
class FaceFrame:
    """The coordinates of faces: lengths in eye distances, across and down as the head is tilted.

    ``eyes`` and ``mouth`` (n, 2) are the middle of both, as shares of the side; ``distance`` (n, 1)
    is that of the eyes; ``axes`` (n, 2, 2) holds the unit vectors across and down the face.
    """

    eyes: tf.Tensor
    mouth: tf.Tensor
    distance: tf.Tensor
    axes: tf.Tensor

    @classmethod
    def of(cls, landmarks: tf.Tensor) -> FaceFrame:
        """From landmarks (n, 5, 2) in the order of ``records.LANDMARKS``."""
        left, right = landmarks[:, 0], landmarks[:, 1]
        distance = tf.maximum(tf.norm(right - left, axis=-1, keepdims=True), 1e-3)
        across = (right - left) / distance
        down = tf.reverse(across, [-1]) * tf.constant([-1.0, 1.0])
        mouth = (landmarks[:, 3] + landmarks[:, 4]) / 2
        return cls((left + right) / 2, mouth, distance, tf.stack([across, down], 1))

    def offsets(self, center: tf.Tensor, side: int) -> tf.Tensor:
        """How far each pixel is across and down from a center (n, 2): (n, side, side, 2)."""
        at = (tf.range(side, dtype=tf.float32) + 0.5) / side
        grid = tf.stack(tf.meshgrid(at, at), -1)
        away = (grid[None] - center[:, None, None]) / self.distance[:, None, None]
        return tf.einsum("nhwc,nkc->nhwk", away, self.axes)
