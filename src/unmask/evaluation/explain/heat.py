"""Heat maps: which parts of a face raised its score, and which lowered it.

Two ways of the same idea. Both follow the score back to a map of features and add up, for each
place, what its features contributed.

``gradcam``: Selvaraju et al., Grad-CAM: Visual Explanations from Deep Networks via Gradient-based
Localization, ICCV 2017, https://arxiv.org/abs/1610.02391. A channel's weight is the mean of its
gradient over all places.

``hirescam``: Draelos and Carin, Use HiResCAM instead of Grad-CAM for faithful explanations of
convolutional neural networks, 2020, https://arxiv.org/abs/2011.08891. Each place keeps its own
gradient. Grad-CAM can point at places that the model did not use, where the same feature counts
differently in different places. On the last map of a network whose head is linear, this one cannot:
there its contributions add up to the score, and with a pooling head both are the same.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Literal

import cv2
import numpy as np
import tensorflow as tf

from unmask.errors import ModelError
from unmask.evaluation.explain.layers import ModelParts

Toward = Literal["fake", "real"]
METHODS = ("hirescam", "gradcam")


def heat_maps(
    parts: ModelParts, crops: np.ndarray, *, toward: Toward = "fake", method: str = "hirescam"
) -> np.ndarray:
    """What in each crop speaks for ``fake``, or for ``real``.

    Args:
        parts: the model, see :func:`unmask.evaluation.explain.layers.split_model`.
        crops: as the network sees them, RGB (n, size, size, 3) in 0..255.
        toward: the side whose evidence is shown. The other side's is left out, not subtracted.
        method: ``hirescam`` or ``gradcam``, see the module.

    Returns:
        (n, size, size) float32 in 0..1, 1 being the hottest place of each crop, whatever its
        score: maps of different crops do not compare in strength. All 0 where nothing in the crop
        speaks for that side.
    """
    raw = np.maximum(contributions(parts, crops, toward=toward, method=method), 0)
    size = parts.input_size
    maps = np.stack([cv2.resize(one, (size, size), interpolation=cv2.INTER_LINEAR) for one in raw])
    peak = maps.max(axis=(1, 2), keepdims=True)
    return np.where(peak > 0, maps / np.maximum(peak, np.finfo(np.float32).tiny), 0).astype(
        np.float32
    )


def contributions(
    parts: ModelParts, crops: np.ndarray, *, toward: Toward = "fake", method: str = "hirescam"
) -> np.ndarray:
    """The same before it is cut off at 0, scaled and enlarged: (n, rows, columns) float32.

    The score followed is the log-odds: the probability itself hardly moves near 0 and 1, and its
    gradient would fade there.
    """
    if method not in METHODS:
        raise ModelError(f"{method!r} is no method; allowed are {', '.join(METHODS)}.")
    summed = _compiled(parts, method)(tf.convert_to_tensor(crops, tf.float32)).numpy()
    return summed if toward == "fake" else -summed


@lru_cache(maxsize=4)
def _compiled(parts: ModelParts, method: str) -> Callable[[Any], Any]:
    """The way from crops to contributions as a graph: some networks take seconds without one."""

    @tf.function(reduce_retracing=True)
    def contribute(x: Any) -> Any:
        for op in parts.before:
            x = op(x)
        with tf.GradientTape() as tape:
            tape.watch(x)
            features, x = parts.body(x, training=False)
            for op in parts.after:
                x = op(x)
            log_odds = tf.cast(x, tf.float32) @ tf.cast(parts.last.kernel, tf.float32)
        gradient = tf.cast(tape.gradient(log_odds, features), tf.float32)
        if method == "gradcam":
            gradient = tf.reduce_mean(gradient, axis=(1, 2), keepdims=True)
        return tf.reduce_sum(gradient * tf.cast(features, tf.float32), axis=-1)

    return contribute
