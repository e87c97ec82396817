"""EfficientNet-Lite0: EfficientNet-B0 without squeeze and excitation, with ReLU6 for swish.

Tan and Le, EfficientNet, ICML 2019, https://arxiv.org/abs/1905.11946; the Lite variant is Google's
of 2020, made for small devices. 3.4 million parameters. Its pixels are scaled to -1..1.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

_BLOCKS = (
    # kernel, stride, expansion, channels, how many
    (3, 1, 1, 16, 1),
    (3, 2, 6, 24, 2),
    (5, 2, 6, 40, 2),
    (3, 2, 6, 80, 3),
    (5, 1, 6, 112, 3),
    (5, 2, 6, 192, 4),
    (3, 1, 6, 320, 1),
)
_STEM, _TOP = 32, 1280


def efficientnet_lite0(input_size: int = 224) -> keras.Model:
    """The backbone: scaled pixels (input_size, input_size, 3) to a map of 1,280 features."""
    pixels = keras.Input((input_size, input_size, 3))
    x = layers.Conv2D(_STEM, 3, 2, "same", use_bias=False, name="stem_conv")(pixels)
    x = _normalized(x, "stem_bn")
    number = 0
    for kernel, stride, expansion, channels, count in _BLOCKS:
        for repeat in range(count):
            x = _block(x, number, kernel, stride if repeat == 0 else 1, expansion, channels)
            number += 1
    x = layers.Conv2D(_TOP, 1, use_bias=False, name="top_conv")(x)
    x = _normalized(x, "top_bn")
    return keras.Model(pixels, x, name="efficientnet_lite0")


def _block(x: Any, number: int, kernel: int, stride: int, expansion: int, channels: int) -> Any:
    """An inverted bottleneck: expand, filter each channel, project, add what came in."""
    name, came_in = f"block{number:02d}", x
    if expansion > 1:
        wide = expansion * x.shape[-1]
        x = layers.Conv2D(wide, 1, use_bias=False, name=f"{name}_expand_conv")(x)
        x = _normalized(x, f"{name}_expand_bn")
    depthwise = layers.DepthwiseConv2D(
        kernel, stride, "same", use_bias=False, name=f"{name}_depthwise"
    )
    x = _normalized(depthwise(x), f"{name}_depthwise_bn")
    x = layers.Conv2D(channels, 1, use_bias=False, name=f"{name}_project_conv")(x)
    x = _normalized(x, f"{name}_project_bn", active=False)
    if stride == 1 and came_in.shape[-1] == channels:
        x = layers.Add(name=f"{name}_add")([came_in, x])
    return x


def _normalized(x: Any, name: str, active: bool = True) -> Any:
    x = layers.BatchNormalization(momentum=0.99, epsilon=1e-3, name=name)(x)
    return layers.ReLU(6.0, name=f"{name}_relu")(x) if active else x
