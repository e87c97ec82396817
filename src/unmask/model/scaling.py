"""Scaling pixels inside the model, with built-in layers only, so that it travels with the file.

The modes are those of ``keras.applications``' ``preprocess_input``. No layer here has weights.
"""

from __future__ import annotations

import math
from typing import Any

import keras

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
_CAFFE_MEAN_BGR = (103.939, 116.779, 123.68)


def scale_pixels(rgb: Any, mode: str) -> Any:
    """Scale a symbolic RGB batch in 0..255.

    ``mode``: ``unit`` 0..1; ``tf`` -1..1; ``torch`` ImageNet mean and standard deviation;
    ``caffe`` BGR less the ImageNet mean; ``none`` as it is.
    """
    if mode == "caffe":
        bgr = keras.ops.flip(rgb, axis=-1)
        return _affine(bgr, [1.0] * 3, [-mean for mean in _CAFFE_MEAN_BGR])
    if mode == "torch":
        scale = [1 / (255 * std) for std in IMAGENET_STD]
        offset = [-mean / std for mean, std in zip(IMAGENET_MEAN, IMAGENET_STD, strict=True)]
        return _affine(rgb, scale, offset)
    if mode == "tf":
        return _affine(rgb, 1 / 127.5, -1.0)
    if mode == "unit":
        return _affine(rgb, 1 / 255, 0.0)
    return rgb


def efficientnet_file_scaling(rgb: Any) -> Any:
    """Undo a difference that Keras makes between ImageNet weights and a file with the same.

    EfficientNetB0 to B7 divide their normalized input once more by the root of the standard
    deviation, but only when built with ``weights="imagenet"``. Doing the same to the pixels
    beforehand gives weights loaded from a file the input they were trained with.
    """
    factors = [1 / math.sqrt(std) for std in IMAGENET_STD]
    offset = [255 * mean * (1 - f) for mean, f in zip(IMAGENET_MEAN, factors, strict=True)]
    return _affine(rgb, factors, offset)


def _affine(rgb: Any, scale: float | list[float], offset: float | list[float]) -> Any:
    return keras.layers.Rescaling(scale, offset, dtype="float32", name="scaling")(rgb)
