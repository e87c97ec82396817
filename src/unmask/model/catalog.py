"""Which backbones there are, and how each wants its pixels scaled. Imports no TensorFlow."""

from __future__ import annotations

from difflib import get_close_matches

from unmask.errors import ModelError

SCALINGS = ("auto", "unit", "tf", "torch", "caffe", "none")

MESO = ("Meso4", "MesoInception4")

_BY_SCALING = {
    "unit": MESO,
    "caffe": ("VGG16", "VGG19", "ResNet50", "ResNet101", "ResNet152"),
    "tf": (
        *("ResNet50V2", "ResNet101V2", "ResNet152V2", "InceptionV3", "InceptionResNetV2"),
        *("MobileNet", "MobileNetV2", "NASNetLarge", "NASNetMobile", "Xception"),
        "EfficientNetLite0",
    ),
    "torch": ("DenseNet121", "DenseNet169", "DenseNet201"),
    "none": (
        *(f"EfficientNetB{number}" for number in range(8)),
        *(f"EfficientNetV2{size}" for size in ("B0", "B1", "B2", "B3", "S", "M", "L")),
        *(f"ConvNeXt{size}" for size in ("Tiny", "Small", "Base", "Large", "XLarge")),
        *("MobileNetV3Small", "MobileNetV3Large"),
    ),
}

BACKBONES = {name: mode for mode, names in _BY_SCALING.items() for name in names}
"""Backbone name: the scaling it was trained with. ``none``: it rescales 0..255 itself."""


_SMALLEST = {"Xception": 71, "InceptionV3": 75, "InceptionResNetV2": 75}
_SMALLEST_OF_OTHERS = 32


def check_input_size(backbone: str, input_size: int) -> None:
    """Raise ModelError for an input smaller than the backbone's layers can shrink."""
    smallest = _SMALLEST.get(backbone, _SMALLEST_OF_OTHERS)
    if input_size < smallest:
        raise ModelError(
            f"model.input_size: {backbone} takes {smallest} pixels or more, got {input_size}. For "
            f"example:\n  model:\n    input_size: {smallest}"
        )


def check_backbone(name: str) -> None:
    """Raise ModelError, with the names that come close, unless there is such a backbone."""
    if name in BACKBONES:
        return
    folded = {known.casefold(): known for known in BACKBONES}
    close = get_close_matches(str(name).casefold(), folded, n=3, cutoff=0.5)
    likely = [folded[match] for match in close]
    hint = f"Did you mean {' or '.join(likely)}? " if likely else ""
    example = likely[0] if likely else "Meso4"
    raise ModelError(
        f"model.backbone: {name!r} is not a backbone. {hint}Names are case-sensitive; allowed are "
        f"{', '.join(sorted(BACKBONES))}. For example:\n  model:\n    backbone: {example}"
    )


def scaling_of(backbone: str, scaling: str = "auto") -> str:
    """The scaling a model uses: the one asked for, or with ``auto`` the backbone's own.

    Raises ModelError for an unknown scaling, and for one that would scale the pixels twice.
    """
    own = BACKBONES[backbone]
    if scaling not in SCALINGS:
        raise ModelError(
            f"model.scaling: {scaling!r} is not allowed; allowed are {', '.join(SCALINGS)}. "
            "For example:\n  model:\n    scaling: auto"
        )
    if own == "none" and scaling not in ("auto", "none"):
        raise ModelError(
            f"model.scaling: {scaling!r} does not fit {backbone}, which scales pixels itself; "
            "allowed are auto, none. For example:\n  model:\n    scaling: auto"
        )
    return own if scaling == "auto" else scaling
