"""From a crop's file or array to what the network sees, without TensorFlow.

In every bit what :mod:`unmask.model.pixels` makes of it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from unmask.errors import ModelError, UnreadableMedia

_F = np.float32


def read_crop(path: Path | str) -> NDArray[np.uint8]:
    """Read an image file as RGB (height, width, 3). Raises UnreadableMedia, naming it."""
    try:
        data = np.frombuffer(Path(path).read_bytes(), np.uint8)
    except OSError as error:
        raise UnreadableMedia(f"{path} cannot be read: {error.strerror}") from None
    flags = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
    image = cv2.imdecode(data, flags) if data.size else None
    if image is None:
        raise UnreadableMedia(f"{path} cannot be read as an image: it is damaged or none")
    return image[..., ::-1].astype(np.uint8, copy=False)


def check_crop(crop: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The crop itself. Raises ModelError where it is not RGB (height, width, 3) uint8."""
    if crop.dtype != np.uint8 or crop.ndim != 3 or crop.shape[2] != 3:
        raise ModelError(
            f"A crop is RGB (height, width, 3) uint8; this one is {crop.shape} {crop.dtype}."
        )
    return crop


def fit(crop: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """Resize RGB to (size, size, 3), bilinear and antialiased; untouched if it has that.

    The arithmetic is that of ``tf.image.resize``, in its order and precision.
    """
    check_crop(crop)
    if crop.shape[:2] == (size, size):
        return crop
    resized = _along(_along(crop, 0, size), 1, size)
    return np.clip(np.rint(resized), 0, 255).astype(np.uint8)


def _along(image: NDArray, axis: int, size: int) -> NDArray[np.float32]:
    starts, weights = _spans(image.shape[axis], size)
    last = image.shape[axis] - 1
    shape = (-1, 1, 1) if axis == 0 else (1, -1, 1)
    total: NDArray[np.float32] = _F(0)  # type: ignore[assignment]
    for step in range(weights.shape[1]):
        taken = image.take(np.minimum(starts + step, last), axis).astype(_F)
        total = total + weights[:, step].reshape(shape) * taken
    return total


@cache
def _spans(length: int, size: int) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """For each of ``size`` pixels made of ``length``: the first that counts, and all weights."""
    stride = _F(1) / (_F(size) / _F(length))
    reach = max(stride, _F(1))
    starts, rows = [], []
    for number in range(size):
        center = (_F(number) + _F(0.5)) * stride
        start = max(int(np.ceil(center - reach - _F(0.5))), 0)
        end = min(int(np.floor(center + reach - _F(0.5))), length - 1) + 1
        apart = np.abs(np.arange(start, end, dtype=_F) + _F(0.5) - center) * (_F(1) / reach)
        row = np.maximum(_F(0), _F(1) - apart)
        rows.append(row * (_F(1) / row.cumsum(dtype=_F)[-1]))
        starts.append(start)
    weights = np.zeros((size, max(map(len, rows))), _F)
    for place, row in zip(weights, rows, strict=True):
        place[: len(row)] = row
    return np.array(starts), weights
