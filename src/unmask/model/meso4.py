"""Meso4 and MesoInception4, the small networks of MesoNet.

Afchar, Nozick, Yamagishi, Echizen: MesoNet: a Compact Facial Video Forgery Detection Network,
WIFS 2018, https://arxiv.org/abs/1809.00888. With 256 px and the paper's head they have 27,977 and
28,615 trainable parameters.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

SMALLEST_INPUT = 32
"""Four poolings divide the side by 32."""


def meso4(input_size: int, batchnorm_momentum: float = 0.9) -> keras.Model:
    """The four convolution blocks of Meso4: RGB in 0..1 to (input_size / 32)^2 x 16 features.

    ``batchnorm_momentum``: share of the running averages kept at each step. Keras' own 0.99 needs
    hundreds of steps to forget where it started: many epochs of a small dataset.
    """
    inputs = keras.Input((input_size, input_size, 3), name="scaled")
    x = inputs
    for filters, kernel, pool in ((8, 3, 2), (8, 5, 2), (16, 5, 2), (16, 5, 4)):
        x = layers.Conv2D(filters, kernel, padding="same", activation="relu")(x)
        x = _normalize_and_pool(x, pool, batchnorm_momentum)
    return keras.Model(inputs, x, name="meso4")


def mesoinception4(input_size: int, batchnorm_momentum: float = 0.9) -> keras.Model:
    """MesoInception4: as :func:`meso4`, the first two blocks being inception modules."""
    inputs = keras.Input((input_size, input_size, 3), name="scaled")
    x = inputs
    for filters in ((1, 4, 4, 2), (2, 4, 4, 2)):
        x = _normalize_and_pool(_inception(x, filters), 2, batchnorm_momentum)
    for pool in (2, 4):
        x = layers.Conv2D(16, 5, padding="same", activation="relu")(x)
        x = _normalize_and_pool(x, pool, batchnorm_momentum)
    return keras.Model(inputs, x, name="mesoinception4")


def paper_head() -> list[keras.layers.Layer]:
    """The layers between the features and the output, as both networks have them."""
    return [
        layers.Flatten(name="flatten"),
        layers.Dropout(0.5),
        layers.Dense(16),
        layers.LeakyReLU(negative_slope=0.1),
        layers.Dropout(0.5),
    ]


def _inception(x: Any, filters: tuple[int, int, int, int]) -> Any:
    """Four branches: 1x1, then 3x3 with dilation 1, 2 and 3, each behind a 1x1."""
    branches = [layers.Conv2D(filters[0], 1, padding="same", activation="relu")(x)]
    for dilation, count in enumerate(filters[1:], start=1):
        branch = layers.Conv2D(count, 1, padding="same", activation="relu")(x)
        branches.append(
            layers.Conv2D(
                count, 3, padding="same", dilation_rate=dilation, activation="relu"
            )(branch)
        )  # fmt: skip
    return layers.Concatenate()(branches)


def _normalize_and_pool(x: Any, pool: int, momentum: float) -> Any:
    x = layers.BatchNormalization(momentum=momentum)(x)
    return layers.MaxPooling2D(pool, padding="same")(x)
