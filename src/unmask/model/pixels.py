"""From a crop's file or array to what the network sees: the one way, in training and prediction.

The pixels are those OpenCV decodes: JPEG with the accurate transform, which is not
TensorFlow's default.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import tensorflow as tf

_AHEAD = 64


def read_image(path: tf.Tensor) -> tf.Tensor:
    """Decode a JPEG, PNG, BMP or GIF file to RGB (height, width, 3) uint8."""
    content = tf.io.read_file(path)
    image = tf.cond(
        tf.io.is_jpeg(content),
        lambda: tf.io.decode_jpeg(content, channels=3, dct_method="INTEGER_ACCURATE"),
        lambda: tf.io.decode_image(content, channels=3, expand_animations=False),
    )
    image.set_shape((None, None, 3))
    return image


def fit(image: tf.Tensor, size: int) -> tf.Tensor:
    """Resize RGB uint8 to (size, size, 3), bilinear and antialiased; untouched if it has that."""
    same = tf.reduce_all(tf.equal(tf.shape(image)[:2], size))
    image = tf.cond(same, lambda: image, lambda: _resize(image, size))
    return tf.ensure_shape(image, (size, size, 3))


def read_input(path: tf.Tensor, size: int) -> tf.Tensor:
    """A file as the network sees it: RGB (size, size, 3) uint8."""
    return fit(read_image(path), size)


def read_all(files: Sequence[Path], size: int) -> np.ndarray:
    """All files as the network sees them: (n, size, size, 3) uint8, in their order."""
    images = np.empty((len(files), size, size, 3), np.uint8)
    names = tf.data.Dataset.from_tensor_slices([str(file) for file in files])
    read = names.map(lambda name: read_input(name, size), tf.data.AUTOTUNE)
    start = 0
    for batch in read.batch(_AHEAD).prefetch(1).as_numpy_iterator():
        images[start : start + len(batch)] = batch
        start += len(batch)
    return images


def first_unreadable(files: Iterable[Path]) -> tuple[Path, str] | None:
    """The first file that is missing or cannot be decoded and why, or None."""
    for file in files:
        try:
            read_image(tf.constant(str(file)))
        except tf.errors.OpError as error:
            return Path(file), error.message.splitlines()[0]
    return None


def _resize(image: tf.Tensor, size: int) -> tf.Tensor:
    resized = tf.image.resize(image, (size, size), method="bilinear", antialias=True)
    return tf.cast(tf.clip_by_value(tf.round(resized), 0, 255), tf.uint8)
