"""Scoring crops with a trained model."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import keras
import numpy as np
import tensorflow as tf

from unmask.errors import ModelError, UnreadableMedia
from unmask.model.logits import logit_of, mean_logit
from unmask.model.pixels import first_unreadable, fit, read_input


def predict_crops(
    model: keras.Model,
    crops: Iterable[Path | str | np.ndarray],
    *,
    input_size: int,
    batch_size: int = 32,
    flip: bool = False,
) -> np.ndarray:
    """Score crops, given either as image files or as RGB arrays (height, width, 3) uint8.

    Returns the probability of fake for each, float32 of shape (n,), in their order. A crop is
    resized as in training. Its score depends on the other crops by less than 1e-6. With ``flip`` it
    is the mean of those of the crop and of its mirror image.

    Raises ModelError where ``input_size`` is not the model's or an array has another form, and
    UnreadableMedia, naming it, for a file that cannot be decoded.
    """
    views = _run(model, model, crops, input_size, batch_size, flip)
    return views[:, :, 0].mean(axis=1).astype(np.float32)


def predict_logits(
    model: keras.Model,
    crops: Iterable[Path | str | np.ndarray],
    *,
    input_size: int,
    batch_size: int = 32,
    flip: bool = False,
) -> np.ndarray:
    """The logits of what :func:`predict_crops` gives, float64 of shape (n,).

    They tell crops apart whose probabilities are 0 or 1 in single precision.
    """
    part = without_sigmoid(model)
    if part is None:
        return logit_of(
            predict_crops(model, crops, input_size=input_size, batch_size=batch_size, flip=flip)
        )
    logits = _run(model, part, crops, input_size, batch_size, flip)[:, :, 0].astype(np.float64)
    return mean_logit(logits, axis=1) if flip else logits[:, 0]


_PARTS: WeakKeyDictionary[keras.Model, keras.Model] = WeakKeyDictionary()
"""What :func:`without_sigmoid` made, so that a model is compiled once for all files."""


def without_sigmoid(model: keras.Model) -> keras.Model | None:
    """The model up to its logit; None where its last layer is no dense one with a sigmoid."""
    last = model.layers[-1]
    if not isinstance(last, keras.layers.Dense) or last.activation is not keras.activations.sigmoid:
        return None
    if model not in _PARTS:
        linear = keras.layers.Dense(
            1, use_bias=last.use_bias, dtype="float32", name="logit_of_fake"
        )
        _PARTS[model] = keras.Model(model.inputs, linear(last.input))
    _PARTS[model].layers[-1].set_weights(last.get_weights())
    return _PARTS[model]


def _run(
    model: keras.Model,
    part: keras.Model,
    crops: Iterable[Any],
    input_size: int,
    batch_size: int,
    flip: bool,
) -> np.ndarray:
    """What ``part`` of a model gives for each crop, and with ``flip`` for its mirror image too.

    Shape (n, 1 or 2, values).
    """
    if model.input_shape[1:] != (input_size, input_size, 3):
        raise ModelError(
            f"The model takes RGB of {model.input_shape[1]} px, not of {input_size} px. Set\n"
            f"  model:\n    input_size: {model.input_shape[1]}"
        )
    crops = iter(crops)
    first = next(crops, None)
    if first is None:
        return np.empty((0, 1 + flip, part.output_shape[-1]), np.float32)
    crops = itertools.chain([first], crops)
    if isinstance(first, np.ndarray):
        return _outputs(part, _array_batches(crops, input_size, batch_size), flip)
    files = [Path(file) for file in crops]
    try:
        return _outputs(part, _file_batches(files, input_size, batch_size), flip)
    except tf.errors.OpError as error:
        bad = first_unreadable(files)
        if bad is None:
            raise
        raise UnreadableMedia(f"{bad[0]} cannot be read as an image: {bad[1]}") from error


def _file_batches(files: list[Path], size: int, batch_size: int) -> Iterable[np.ndarray]:
    names = tf.data.Dataset.from_tensor_slices([str(file) for file in files])
    images = names.map(lambda name: read_input(name, size), tf.data.AUTOTUNE)
    return images.batch(batch_size).prefetch(2).as_numpy_iterator()


def _array_batches(
    arrays: Iterable[np.ndarray], size: int, batch_size: int
) -> Iterable[np.ndarray]:
    arrays = iter(arrays)
    while chunk := list(itertools.islice(arrays, batch_size)):
        yield np.stack([fit(tf.constant(_checked(array)), size).numpy() for array in chunk])


def _checked(array: np.ndarray) -> np.ndarray:
    if array.dtype != np.uint8 or array.ndim != 3 or array.shape[2] != 3:
        raise ModelError(
            f"A crop is RGB (height, width, 3) uint8; this one is {array.shape} {array.dtype}."
        )
    return array


def _outputs(part: keras.Model, batches: Iterable[np.ndarray], flip: bool) -> np.ndarray:
    """Run batches, the last one filled up: a batch of another size may round differently."""
    found: list[np.ndarray] = []
    full = 0
    for batch in batches:
        count, full = len(batch), max(full, len(batch))
        missing = np.zeros((full - count, *batch.shape[1:]), batch.dtype)
        whole = np.concatenate([batch, missing])
        views = [whole, whole[:, :, ::-1]] if flip else [whole]
        rows = [np.asarray(part.predict_on_batch(view))[:count] for view in views]
        found.append(np.stack(rows, axis=1).astype(np.float32))
    return np.concatenate(found)
