"""The whole network: pixels in, probability of fake out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
from keras import layers

from unmask.errors import ModelError
from unmask.model.backbones import make_backbone
from unmask.model.catalog import MESO, check_backbone, scaling_of
from unmask.model.meso4 import paper_head
from unmask.model.scaling import efficientnet_file_scaling, scale_pixels
from unmask.model.weights import imagenet_backbone, load_weights, trained_on_efficientnet_scaling

HEADS = ("native", "pool", "flatten")


def build_model(
    *,
    backbone: str = "Meso4",
    backbone_args: dict[str, Any] | None = None,
    weights: str | Path = "none",
    head: str = "native",
    dense_units: int = 0,
    dropout: float = 0.0,
    input_size: int = 128,
    scaling: str = "auto",
    trainable: bool = True,
) -> keras.Model:
    """A classifier of face crops.

    Input: RGB (batch, input_size, input_size, 3) in 0..255, integers or floats; the scaling is
    inside. Output: (batch, 1) float32, the probability of fake (label 1).

    ``head``: ``native`` is the paper's own for the Meso networks and ``pool`` for all others;
    ``pool`` averages each feature over the image; ``flatten`` keeps all of them. Then comes a
    dense ReLU layer if ``dense_units`` > 0, ``dropout``, and the output. ``trainable=False``
    freezes the backbone.

    All layers are Keras' own, so a saved model loads anywhere, in safe mode.

    Raises ModelError for settings that do not fit together, WeightsError for weights that cannot
    be had.
    """
    check_backbone(backbone)
    mode = scaling_of(backbone, scaling)
    from_imagenet, from_file = weights == "imagenet", weights not in ("imagenet", "none")
    if from_imagenet:
        body = imagenet_backbone(backbone, input_size, backbone_args)
    else:
        body = make_backbone(backbone, input_size, backbone_args)
    body.trainable = trainable
    top = head_layers(backbone, head, dense_units, dropout)

    pixels = keras.Input((input_size, input_size, 3), name="rgb")
    if from_file and trained_on_efficientnet_scaling(backbone, Path(weights)):
        x = body(efficientnet_file_scaling(pixels))
    else:
        x = body(scale_pixels(pixels, mode))
    for layer in top:
        x = layer(x)
    model = keras.Model(pixels, x, name="unmask")
    if from_file:
        load_weights(model, body, backbone, Path(weights))
    return model


def head_layers(backbone: str, head: str, dense_units: int, dropout: float) -> list[layers.Layer]:
    """The layers behind the backbone, the output last. Raises ModelError for an unknown head."""
    if head not in HEADS:
        raise ModelError(
            f"model.head: {head!r} is not allowed; allowed are {', '.join(HEADS)}. For example:\n"
            "  model:\n    head: native"
        )
    output = layers.Dense(1, activation="sigmoid", dtype="float32", name="p_fake")
    if head == "native" and backbone in MESO:
        if dense_units or dropout:
            raise ModelError(
                f"model.head: the native head of {backbone} has its own dense layer and dropout, "
                f"so dense_units: {dense_units} and dropout: {dropout:g} do not apply. For "
                "example:\n  model:\n    head: native\n    dense_units: 0\n    dropout: 0.0"
            )
        return [*paper_head(), output]
    flat = layers.Flatten(name="flatten")
    chain = [flat if head == "flatten" else layers.GlobalAveragePooling2D(name="pool")]
    if dense_units:
        chain.append(layers.Dense(dense_units, activation="relu", name="dense"))
    if dropout:
        chain.append(layers.Dropout(dropout, name="dropout"))
    return [*chain, output]
