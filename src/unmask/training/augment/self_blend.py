"""Fakes made of real faces alone: a face blended into a slightly changed copy of itself.

Shiohara and Yamasaki, Detecting Deepfakes with Self-Blended Images, CVPR 2022,
https://arxiv.org/abs/2204.08376. What gives a fake away is where two pictures meet: another light,
another sharpness, a seam. A network that learns these from self-blended faces meets no method of
forgery, so it cannot learn one by heart. The paper takes its masks from 81 landmarks; here they
are drawn around the five that MTCNN gives, as ellipses with a wavy rim.
"""

from __future__ import annotations

import math

import tensorflow as tf

from unmask.training.augment.camera import blur, shrink
from unmask.training.augment.color import recolor
from unmask.training.augment.face_axes import FaceFrame
from unmask.training.augment.geometry import transform
from unmask.training.augment.randomness import seeds, uniform

_WAVES = 4


def self_blend(images: tf.Tensor, landmarks: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Fakes made of real faces: images (n, side, side, 3) in 0..255, landmarks (n, 5, 2).

    ``landmarks`` are shares of the side, in the order of ``records.LANDMARKS``.
    """
    which, change, move, draw, strength = seeds(seed, 5)
    images = tf.cast(images, tf.float32)
    changed = _change(images, change)
    first = (uniform(images, which) < 0.5)[:, None, None, None]
    source, target = tf.where(first, changed, images), tf.where(first, images, changed)
    mask = face_mask(landmarks, images.shape[1], draw) * _strength(images, strength)
    blended = _move(source, move) * mask + target * (1 - mask)
    return tf.clip_by_value(tf.round(blended), 0.0, 255.0)


def face_mask(landmarks: tf.Tensor, side: int, seed: tf.Tensor) -> tf.Tensor:
    """Soft masks (n, side, side, 1) in 0..1: a random part of each face."""
    place, width, height, soft, waves, phases = seeds(seed, 6)
    face = FaceFrame.of(landmarks)
    # From just above the eyes to just below the mouth.
    where = uniform(landmarks, place, -0.1, 1.1)
    center = face.eyes + (face.mouth - face.eyes) * where[:, None]
    # A part near the middle may cover all of the face; one near its end, only that end.
    tallest = 1.35 - 0.7 * tf.abs(where - 0.5)
    half_height = 0.45 + uniform(landmarks, height) * (tallest - 0.45)
    half = tf.stack([uniform(landmarks, width, 0.6, 1.15), half_height], -1)
    away = face.offsets(center, side) / half[:, None, None]
    right, below = tf.unstack(away, axis=-1)
    radius = tf.sqrt(right**2 + below**2 + 1e-6)
    rim = 1 + _wave(tf.atan2(below, right), waves, phases)
    softness = tf.exp(uniform(landmarks, soft, math.log(0.02), math.log(0.25)))
    return tf.sigmoid((rim - radius) / softness[:, None, None])[..., None]


def _wave(angle: tf.Tensor, amounts: tf.Tensor, phases: tf.Tensor) -> tf.Tensor:
    """A smooth random function of the direction (n, side, side), up to a few tenths either way."""
    count = tf.shape(angle)[0]
    sizes = tf.random.stateless_uniform((count, _WAVES), amounts, -1.0, 1.0)
    starts = tf.random.stateless_uniform((count, _WAVES), phases, 0.0, 2 * math.pi)
    total = tf.zeros_like(angle)
    for number in range(_WAVES):
        turns = number + 2
        height = sizes[:, number, None, None] * (0.2 / turns)
        total += height * tf.sin(turns * angle + starts[:, number, None, None])
    return total


def _change(images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Another light and another sharpness, as the paper's source-target generator."""
    shift, fade, turn, lift, stretch, kind, amount = seeds(seed, 7)
    color = tf.random.stateless_uniform((tf.shape(images)[0], 1, 1, 3), shift, -20.0, 20.0)
    images = recolor(images, uniform(images, fade, 0.7, 1.3), uniform(images, turn, -0.05, 0.05))
    mean = tf.reduce_mean(images, (1, 2, 3), keepdims=True)
    factor = uniform(images, stretch, 0.9, 1.1)[:, None, None, None]
    images = mean + (images - mean) * factor + color
    images += uniform(images, lift, -15.0, 15.0)[:, None, None, None]
    # Either shrunk and enlarged again, or sharpened.
    shrunk = shrink(images, uniform(images, amount, 0.25, 0.8))
    more = uniform(images, amount, 0.2, 0.8)[:, None, None, None]
    sharp = images + more * (images - blur(images, tf.ones(tf.shape(images)[:1])))
    chosen = (uniform(images, kind) < 0.5)[:, None, None, None]
    return tf.clip_by_value(tf.where(chosen, shrunk, sharp), 0.0, 255.0)


def _move(images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Shift and scale a little, so that outlines do not meet."""
    right, down, wide, high = (uniform(images, s, -1.0, 1.0) for s in seeds(seed, 4))
    side = images.shape[1]
    still = tf.zeros_like(right)
    return transform(
        images,
        angle=still,
        shift_x=right * 0.03 * side,
        shift_y=down * 0.015 * side,
        shear=still,
        zoom_x=1 + wide * 0.05,
        zoom_y=1 + high * 0.05,
        mirror=still > 0,
        fill_mode="reflect",
    )


def _strength(images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """How much of the source shows: 1 in half of the images, else 0.25, 0.5 or 0.75."""
    levels = tf.constant([0.25, 0.5, 0.75, 1.0, 1.0, 1.0])
    number = tf.cast(tf.floor(uniform(images, seed) * 6), tf.int32)
    return tf.gather(levels, tf.minimum(number, 5))[:, None, None, None]
