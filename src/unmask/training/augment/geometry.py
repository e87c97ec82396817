"""Turning, shifting, shearing, zooming and mirroring crops, in one resampling.

Follows Keras' ``ImageDataGenerator``, down to how the steps are chained about the image's center.
The resampling is OpenCV's, a step of the graph like any other: it is several times as fast as
TensorFlow's own, and rounds places in the source to 1/32 of a pixel.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
import tensorflow as tf

_BORDERS = {
    "nearest": cv2.BORDER_REPLICATE,
    "reflect": cv2.BORDER_REFLECT,
    "constant": cv2.BORDER_CONSTANT,
    "wrap": cv2.BORDER_WRAP,
}


@dataclass(frozen=True)
class RandomAffine:
    """Rotate, shift, shear, zoom and mirror each image of a batch differently, bilinearly.

    ``rotation``: up to this many degrees either way. ``width_shift``, ``height_shift``: up to
    this share of the side, sideways and vertically. ``shear``: up to this many degrees, as
    ``ImageDataGenerator``'s ``shear_range``: the 0.2 of Keras' classic recipe is a fifth of a
    degree, next to nothing. ``zoom``: both axes independently by a factor in 1 - zoom to
    1 + zoom; below 1 enlarges. ``horizontal_flip``: mirror half of the images. ``fill_mode``:
    what fills uncovered area: ``nearest`` aaa|abcd|ddd, ``reflect`` cba|abcd|dcb, ``wrap``
    bcd|abcd|abc, ``constant`` black.
    """

    rotation: float = 0.0
    width_shift: float = 0.0
    height_shift: float = 0.0
    shear: float = 0.0
    zoom: float = 0.0
    horizontal_flip: bool = False
    fill_mode: str = "nearest"

    def __call__(self, images: tf.Tensor, landmarks: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        """Images (n, height, width, 3) to the same, of the same type; seed: 2 integers."""
        draws = tf.random.stateless_uniform((tf.shape(images)[0], 7), seed, -1.0, 1.0)
        turn, right, down, slant, zoom_x, zoom_y, mirror = tf.unstack(draws, axis=1)
        height, width = images.shape[1:3]
        return transform(
            images,
            angle=turn * self.rotation,
            shift_x=right * self.width_shift * width,
            shift_y=down * self.height_shift * height,
            shear=slant * self.shear,
            zoom_x=1 + zoom_x * self.zoom,
            zoom_y=1 + zoom_y * self.zoom,
            mirror=(mirror < 0) & self.horizontal_flip,
            fill_mode=self.fill_mode,
        )


def transform(
    images: tf.Tensor,
    *,
    angle: tf.Tensor,
    shift_x: tf.Tensor,
    shift_y: tf.Tensor,
    shear: tf.Tensor,
    zoom_x: tf.Tensor,
    zoom_y: tf.Tensor,
    mirror: tf.Tensor,
    fill_mode: str,
) -> tf.Tensor:
    """Apply one affine transform to each image: angles in degrees, shifts in pixels.

    The matrix takes a pixel of the result to its source, relative to the image's center:
    rotation x shift x shear x zoom, as in ``ImageDataGenerator``, after mirroring the result.
    Arguments are vectors with an entry for each image.
    """
    angle, shear = angle * (math.pi / 180), shear * (math.pi / 180)
    cos, sin = tf.cos(angle), tf.sin(angle)
    slant, squeeze = tf.sin(shear), tf.cos(shear)
    scale_x = tf.where(mirror, -zoom_x, zoom_x)
    a0, a1 = cos * scale_x, -(cos * slant + sin * squeeze) * zoom_y
    b0, b1 = sin * scale_x, (cos * squeeze - sin * slant) * zoom_y
    x, y = (images.shape[2] - 1) / 2, (images.shape[1] - 1) / 2
    a2 = cos * shift_x - sin * shift_y + x - a0 * x - a1 * y
    b2 = sin * shift_x + cos * shift_y + y - b0 * x - b1 * y
    matrices = tf.reshape(tf.stack([a0, a1, a2, b0, b1, b2], axis=1), (-1, 2, 3))
    warp = partial(_warp, border=_BORDERS[fill_mode])
    warped = tf.numpy_function(warp, [images, matrices], images.dtype, stateful=False)
    return tf.ensure_shape(warped, images.shape)


def _warp(images: np.ndarray, matrices: np.ndarray, border: int) -> np.ndarray:
    """Resample each image by its matrix, which takes a place of the result to its source."""
    warped = np.empty_like(images)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    for image, matrix, result in zip(images, matrices, warped, strict=True):
        shape = image.shape[1::-1]
        cv2.warpAffine(image, matrix, shape, dst=result, flags=flags, borderMode=border)
    return warped
