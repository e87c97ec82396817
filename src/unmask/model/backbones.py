"""Building a backbone by name, without its weights file: see :mod:`unmask.model.weights`."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import keras

from unmask.errors import ModelError
from unmask.model.catalog import check_backbone
from unmask.model.efficientnet_lite0 import efficientnet_lite0
from unmask.model.meso4 import SMALLEST_INPUT, meso4, mesoinception4

_OURS: dict[str, Callable[..., keras.Model]] = {
    "Meso4": meso4,
    "MesoInception4": mesoinception4,
    "EfficientNetLite0": efficientnet_lite0,
}

_SET_ELSEWHERE = {
    "include_top": "model.head",
    "weights": "model.weights",
    "input_tensor": "model.input_size",
    "input_shape": "model.input_size",
    "input_size": "model.input_size",
    "pooling": "model.head",
    "classes": "model.head",
    "classifier_activation": "model.head",
    "include_preprocessing": "model.scaling",
    "name": "model.backbone",
}


def make_backbone(
    name: str, input_size: int, args: dict[str, Any] | None = None, *, imagenet: bool = False
) -> keras.Model:
    """A backbone from scaled pixels (input_size, input_size, 3) to a map of features.

    ``args`` are further arguments of it, such as ``{"alpha": 0.25}``. With ``imagenet`` Keras
    fills in its ImageNet weights, downloading them where its cache lacks them; what goes wrong
    then is raised as Keras raises it, but for settings that do not fit: those are a ModelError.
    """
    check_backbone(name)
    args = dict(args or {})
    fixed: dict[str, Any]
    if name in _OURS:
        _check_args(name, _OURS[name], args)
        _check_size(name, input_size)
        make, fixed = _OURS[name], {"input_size": input_size}
    else:
        make = getattr(keras.applications, name)
        _check_args(name, make, args)
        fixed = {
            "include_top": False,
            "weights": "imagenet" if imagenet else None,
            "input_shape": (input_size, input_size, 3),
        }
    try:
        return make(**fixed, **args)
    except (ValueError, TypeError) as error:
        if "corrupted file" in str(error):
            raise
        given = f"input_size {input_size}" + (f", backbone_args {args}" if args else "")
        raise ModelError(f"model.backbone: {name} cannot be built with {given}: {error}") from error


def _check_args(name: str, make: Callable[..., keras.Model], args: dict[str, Any]) -> None:
    """Raise ModelError for an argument the backbone lacks, or that is set by another key."""
    allowed = sorted(set(inspect.signature(make).parameters) - set(_SET_ELSEWHERE))
    for key in args:
        if key in _SET_ELSEWHERE:
            raise ModelError(
                f"model.backbone_args: {key} is not set here but by {_SET_ELSEWHERE[key]}. "
                "For example:\n  model:\n    backbone_args: {}"
            )
        if key not in allowed:
            what = f"allowed are {', '.join(allowed)}" if allowed else "it takes none"
            raise ModelError(
                f"model.backbone_args: {name} has no argument {key!r}; {what}. "
                "For example:\n  model:\n    backbone_args: {}"
            )


def _check_size(name: str, input_size: int) -> None:
    if input_size < SMALLEST_INPUT:
        raise ModelError(
            f"model.input_size: {input_size} is too small for {name}; allowed: {SMALLEST_INPUT} or "
            "more. For example:\n  model:\n    input_size: 128"
        )
