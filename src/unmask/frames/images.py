"""Reading, writing and shrinking images, held as height x width x 3 arrays: uint8, BGR."""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from unmask.disk.files import write_bytes
from unmask.disk.foreign import open_regular
from unmask.errors import UnreadableMedia
from unmask.frames.limits import MediaLimits
from unmask.videos.media_types import is_animated_webp, why_not_an_image

MOST_SIDE = 65_500
"""Pixels, that libjpeg writes."""


def read_image(path: Path, limits: MediaLimits | None = None) -> np.ndarray:
    """Read an image as height x width x 3, uint8, BGR, turned upright by its EXIF orientation.

    One from outside is looked at first: with ``limits``, its kind and size have to be known.

    The bytes are read here and decoded in memory, because OpenCV's own reading fails on
    non-ASCII paths on some systems.

    Raises:
        UnreadableMedia: the file is missing, empty, cut off, too large, or no image.
    """
    try:
        with open_regular(path) as file:
            data = file.read()
    except FileNotFoundError:
        raise UnreadableMedia("the file is missing") from None
    except OSError as error:
        raise UnreadableMedia(f"the file cannot be read: {error.strerror}") from None
    if not data:
        raise UnreadableMedia("the file is empty")
    if is_animated_webp(data):
        raise UnreadableMedia(
            "an animated WebP, which cannot be read here: save it as a video or an animated GIF"
        )
    if limits:
        _check_size(data, limits)
    try:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error as error:
        if error.code == cv2.Error.STS_NO_MEM:
            raise MemoryError from None
        image = None
    if image is None:
        raise UnreadableMedia(why_not_an_image(data))
    return image


def _check_size(data: bytes, limits: MediaLimits) -> None:
    """Ask Pillow, which reads the header alone; OpenCV would decode whatever it says."""
    from PIL import Image

    own_limit, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
    try:
        with Image.open(io.BytesIO(data)) as image:
            size = image.size
    except (OSError, ValueError, SyntaxError, TypeError, MemoryError, struct.error):
        raise UnreadableMedia(why_not_an_image(data)) from None
    finally:
        Image.MAX_IMAGE_PIXELS = own_limit
    limits.check_size(*size)


def write_jpeg(path: Path, image: np.ndarray, quality: int) -> None:
    """Write a BGR image as JPEG of ``quality`` 1..100, whole or not at all."""
    if max(image.shape[:2]) > MOST_SIDE:
        raise UnreadableMedia(
            f"its pictures have {image.shape[1]} x {image.shape[0]} pixels, and no side of a JPEG "
            f"can have over {MOST_SIDE}: shrink them with frames.max_size"
        )
    _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    write_bytes(path, data.tobytes())


def fit_within(image: np.ndarray, max_size: int | Sequence[int] | None) -> np.ndarray:
    """Shrink an image to fit within a square or a ``(width, height)`` box; never enlarge it."""
    if max_size is None:
        return image
    height, width = image.shape[:2]
    box_width, box_height = (max_size, max_size) if isinstance(max_size, int) else max_size
    ratio = min(box_width / width, box_height / height)
    if ratio >= 1:
        return image
    shape = max(1, round(width * ratio)), max(1, round(height * ratio))
    return cv2.resize(image, shape, interpolation=cv2.INTER_AREA)


def limit_threads(threads: int) -> None:
    """Let OpenCV use so many threads in this process; parallel jobs share the machine."""
    cv2.setNumThreads(threads)
