"""Random changes to training crops: what the camera, the codec and the counterfeiter do to faces.

An effect is called with images (n, side, side, 3) in 0..255, uint8 or float32, their landmarks
(n, 5, 2) as shares of the side, in the order of ``records.LANDMARKS``, and a seed of 2 integers.
It returns new images. What it draws depends on that seed and the number of images alone: a
training is repeatable whatever the number of threads, and two batches of one size, called with one
seed, are changed alike. Pixels are OpenCV's work where it is faster.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import tensorflow as tf

from unmask.training.augment.camera import RandomQuality
from unmask.training.augment.codec import RandomCompression
from unmask.training.augment.color import RandomColor
from unmask.training.augment.edges import RandomEdges
from unmask.training.augment.erase import RandomErase
from unmask.training.augment.geometry import RandomAffine

Effect = Callable[[tf.Tensor, tf.Tensor, tf.Tensor], tf.Tensor]


def augmentation(
    *,
    rotation: float = 0.0,
    width_shift: float = 0.0,
    height_shift: float = 0.0,
    shear: float = 0.0,
    zoom: float = 0.0,
    horizontal_flip: bool = False,
    fill_mode: str = "nearest",
    brightness: float = 0.0,
    contrast: float = 0.0,
    saturation: float = 0.0,
    hue: float = 0.0,
    erase: float = 0.0,
    erase_part: float = 0.0,
    edges: float = 0.0,
    downscale: float = 0.0,
    downscale_to: float = 0.4,
    blur: float = 0.0,
    blur_px: float = 2.0,
    noise: float = 0.0,
    noise_level: float = 0.04,
    jpeg: float = 0.0,
    jpeg_quality: int = 40,
    video: float = 0.0,
    video_qp: int = 40,
) -> list[Effect]:
    """The effects that the ``augment`` settings ask for, in the order a picture meets them.

    First the picture gets its edges and the face moves, then comes the light, what covers it, the
    camera's loss, the codec's.
    Effects that would change nothing are left out.
    """
    chain: list[Effect] = []
    if erase or erase_part:
        # Before the face moves, because the landmarks say where it was.
        chain.append(RandomErase(erase, erase_part))
    if edges:
        chain.append(RandomEdges(edges))
    if rotation or width_shift or height_shift or shear or zoom or horizontal_flip:
        moves = (rotation, width_shift, height_shift, shear, zoom)
        chain.append(RandomAffine(*moves, horizontal_flip, fill_mode))
    if brightness or contrast or saturation or hue:
        chain.append(RandomColor(brightness, contrast, saturation, hue))
    if downscale or blur or noise:
        losses = (downscale, downscale_to, blur, blur_px, noise, noise_level)
        chain.append(RandomQuality(*losses))
    if jpeg or video:
        chain.append(RandomCompression(jpeg, jpeg_quality, video, video_qp))
    return chain


def augment(
    chain: Sequence[Effect], images: tf.Tensor, landmarks: tf.Tensor, seed: tf.Tensor
) -> tf.Tensor:
    """Pass a batch through the effects, each with a seed of its own; float32 in 0..255."""
    for number, effect in enumerate(chain):
        images = effect(images, landmarks, tf.random.experimental.stateless_fold_in(seed, number))
    return tf.cast(images, tf.float32)
