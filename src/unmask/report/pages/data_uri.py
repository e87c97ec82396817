"""Pictures that stand in the page itself, as data URIs."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

import cv2
import numpy as np

from unmask.errors import DatasetError, UnreadableMedia
from unmask.frames.images import fit_within, read_image

_TYPES = {".jpg": "jpeg", ".gif": "gif", ".png": "png"}


def data_uri(image: np.ndarray, quality: int = 82) -> str:
    """A BGR image as a JPEG of that ``quality`` in a data URI."""
    content = cv2.imencode(
        ".jpg", np.ascontiguousarray(image), [cv2.IMWRITE_JPEG_QUALITY, quality]
    )[1].tobytes()
    return "data:image/jpeg;base64," + b64encode(content).decode()


def small_picture(path: Path, side: int, quality: int = 82) -> str | None:
    """An image of at most ``side`` pixels a side as a data URI; None for what is no image."""
    try:
        image = read_image(path)
    except UnreadableMedia:
        return None
    return data_uri(fit_within(image, side), quality)


def whole_file(path: Path) -> str:
    """A JPEG, PNG or GIF as it is, as a data URI.

    Raises DatasetError if it is not there.
    """
    if not path.is_file():
        raise DatasetError(f"{path}: no such file, and the report shows it")
    content = b64encode(path.read_bytes()).decode()
    return f"data:image/{_TYPES[path.suffix]};base64,{content}"
