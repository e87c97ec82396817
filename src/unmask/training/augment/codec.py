"""Loss by compression, as JPEG and video encoders cause it.

JPEG is OpenCV's. An H.264 encoder is imitated: it codes 8 x 8 blocks of brightness, and of color
at half the resolution, as cosine coefficients that are rounded towards zero to multiples of one
step, which doubles every 6 QP, and smooths the edges of its blocks afterwards (ITU-T H.264,
section 8.7). Prediction from neighbors, which saves bits and loses nothing, is left out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import tensorflow as tf

from unmask.training.augment.randomness import change_each, change_some, seeds, uniform

_BLOCK = 8
_BEST_JPEG, _BEST_QP = 95.0, 18.0
_TO_YCC = ((0.299, 0.587, 0.114), (-0.168736, -0.331264, 0.5), (0.5, -0.418688, -0.081312))

_COSINES = np.array(
    [
        [
            math.sqrt((1 if k == 0 else 2) / _BLOCK) * math.cos(math.pi * (2 * i + 1) * k / 16)
            for i in range(_BLOCK)
        ]
        for k in range(_BLOCK)
    ],
    np.float32,
)


@dataclass(frozen=True)
class RandomCompression:
    """Compress some images of a batch as JPEG, some as video.

    ``jpeg`` and ``video`` are the probabilities. ``jpeg_quality``: the worst, up to 95.
    ``video_qp``: the quantization parameter of the worst, from 18, where no loss is seen, to 51.
    """

    jpeg: float = 0.0
    jpeg_quality: int = 40
    video: float = 0.0
    video_qp: int = 40

    def __call__(self, images: tf.Tensor, landmarks: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        """Images (n, side, side, 3) in 0..255 to the same."""
        first, second = seeds(seed, 2)
        images = tf.cast(images, tf.float32)
        images = change_some(images, self.video, first, lambda x, _: self._video(x, first))
        return change_some(images, self.jpeg, second, lambda x, _: self._jpeg(x, second))

    def _video(self, images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        return video(images, tf.floor(uniform(images, seeds(seed, 1)[0], _BEST_QP, self.video_qp)))

    def _jpeg(self, images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        quality = uniform(images, seeds(seed, 1)[0], self.jpeg_quality, _BEST_JPEG)
        return jpeg(images, tf.floor(quality))


def jpeg(images: tf.Tensor, quality: tf.Tensor) -> tf.Tensor:
    """Images (n, side, side, 3) in 0..255 as they come back from JPEGs of a quality (n,) 1..100."""

    def one(image: np.ndarray, quality: np.ndarray) -> np.ndarray:
        bgr = np.clip(np.round(image[..., ::-1]), 0, 255).astype(np.uint8)
        _, coded = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, int(quality)])
        decoded: Any = cv2.imdecode(coded, cv2.IMREAD_COLOR)  # None only where it is no image
        return decoded[..., ::-1]

    return change_each(images, one, quality)


def video(images: tf.Tensor, qp: tf.Tensor) -> tf.Tensor:
    """Images (n, side, side, 3) in 0..255 as they come back from a video of a QP (n,) 0..51."""
    step = (2 ** ((qp - 4) / 6))[:, None, None]
    brightness, colors = _planes(images)
    planes = [_code(plane, step) for plane in (brightness, *colors)]
    brightness, *colors = [_deblock(plane, qp[:, None, None, None]) for plane in planes]
    return _picture(brightness, colors, images.shape[1])


def _planes(images: tf.Tensor) -> tuple[tf.Tensor, list[tf.Tensor]]:
    """Brightness (n, h, w) and two colors of half the size, around 0, filled to whole blocks."""
    fill = -images.shape[1] % (2 * _BLOCK)
    images = tf.pad(images, ((0, 0), (0, fill), (0, fill), (0, 0)), "SYMMETRIC")
    ycc = tf.einsum("ij,nhwj->nhwi", tf.constant(_TO_YCC, tf.float32), images)
    halves = tf.nn.avg_pool2d(ycc[..., 1:], 2, 2, "VALID")
    return ycc[..., 0] - 128, [halves[..., 0], halves[..., 1]]


def _picture(brightness: tf.Tensor, colors: list[tf.Tensor], side: int) -> tf.Tensor:
    whole = tf.image.resize(tf.stack(colors, -1), tf.shape(brightness)[1:3])
    ycc = tf.concat([brightness[..., None] + 128, whole], -1)
    rgb = tf.einsum("ij,nhwj->nhwi", tf.linalg.inv(tf.constant(_TO_YCC, tf.float32)), ycc)
    return tf.clip_by_value(tf.round(rgb[:, :side, :side]), 0.0, 255.0)


def _code(plane: tf.Tensor, step: tf.Tensor) -> tf.Tensor:
    """Round the coefficients of each block to a multiple of its step (n, 1, 1)."""
    count, height, width = tf.unstack(tf.shape(plane))
    shape = (count, height // _BLOCK, _BLOCK, width // _BLOCK, _BLOCK)
    cosines = tf.constant(_COSINES)
    found = tf.einsum("ij,nyjxk->nyixk", cosines, tf.reshape(plane, shape))
    found = tf.einsum("nyixk,lk->nyixl", found, cosines) / step[:, None, :, None, :]
    kept = tf.sign(found) * tf.floor(tf.abs(found) + 1 / 3) * step[:, None, :, None, :]
    back = tf.einsum("ji,nyjxk->nyixk", cosines, kept)
    return tf.reshape(tf.einsum("nyixk,kl->nyixl", back, cosines), (count, height, width))


def _deblock(plane: tf.Tensor, qp: tf.Tensor) -> tf.Tensor:
    """Smooth the edges between blocks where the step is small enough to come from coding."""
    across = _smooth_edges(plane, qp)
    return tf.transpose(_smooth_edges(tf.transpose(across, (0, 2, 1)), qp), (0, 2, 1))


def _smooth_edges(plane: tf.Tensor, qp: tf.Tensor) -> tf.Tensor:
    """Smooth the edges between columns of blocks, by the normal filter of H.264."""
    count, height, width = tf.unstack(tf.shape(plane))
    blocks = tf.reshape(plane, (count, height, width // _BLOCK, _BLOCK))
    p1, p0 = blocks[:, :, :-1, -2:-1], blocks[:, :, :-1, -1:]
    q0, q1 = blocks[:, :, 1:, :1], blocks[:, :, 1:, 1:2]
    alpha, beta, limit = 0.8 * (2 ** (qp / 6) - 1), qp / 2 - 7, tf.maximum(0.0, qp / 3 - 7)
    flat = (tf.abs(p0 - q0) < alpha) & (tf.abs(p1 - p0) < beta) & (tf.abs(q1 - q0) < beta)
    delta = tf.clip_by_value((4 * (q0 - p0) + p1 - q1) / 8, -limit, limit)
    delta = tf.where(flat, delta, 0.0)
    first, last = blocks[..., :1], blocks[..., -1:]
    first += tf.pad(delta, ((0, 0), (0, 0), (1, 0), (0, 0))) * -1
    last += tf.pad(delta, ((0, 0), (0, 0), (0, 1), (0, 0)))
    joined = tf.concat([first, blocks[..., 1:-1], last], -1)
    return tf.reshape(joined, (count, height, width))
