"""Goes through a file once more and draws what was found on every frame."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from unmask.frames.video import open_clip
from unmask.prediction.annotate.draw import draw
from unmask.prediction.annotate.interpolate import Trails
from unmask.prediction.annotate.video_writer import video_writer
from unmask.prediction.results import Prediction
from unmask.videos.media_types import is_still

LARGEST = 960
"""Larger side of an annotated video in pixels, at most: encoding costs far more than scoring."""

_EVERY = 20


def annotate(
    source: Path,
    out: Path,
    result: Prediction,
    *,
    threshold: float,
    fps: float,
    tell: Callable[[int], None] = lambda _: None,
) -> str:
    """Write ``source`` with its faces and scores drawn in; return how it was encoded.

    Every frame of a video is written, at the constant rate ``fps``; there is no sound. ``tell`` is
    called now and then with the number of frames done.

    Raises:
        UnreadableMedia: the file cannot be read.
        UnmaskError: the video cannot be encoded.
    """
    trails = Trails(result.faces, [time for _, time in result.sampled])
    banner = _banner(result)

    def drawn(image: np.ndarray, time: float) -> np.ndarray:
        ratio = image.shape[1] / result.width
        return draw(image, trails.at(time), ratio=ratio, threshold=threshold, banner=banner)

    with open_clip(source, threads=os.cpu_count() or 1) as clip:
        if is_still(source):
            for _, time in clip.frames():
                out.parent.mkdir(parents=True, exist_ok=True)
                out.write_bytes(cv2.imencode(out.suffix, drawn(clip.image(), time))[1].tobytes())
            return "image"
        frames = clip.frames()
        number, time = next(frames)
        image = clip.image()
        size = _size(image)
        with video_writer(out, round(fps, 3), size) as writer:
            writer.write(drawn(_shrunk(image, size), time))
            for number, time in frames:
                writer.write(drawn(_shrunk(clip.image(), size), time))
                if number % _EVERY == 0:
                    tell(number)
    return writer.codec


def _banner(result: Prediction) -> str:
    if not result.scored:
        return "not scored"
    span = f" ({result.p_low:.2f} to {result.p_high:.2f})" if result.interval else ""
    return f"video: {result.verdict} {result.p_fake:.2f}{span}"


def _size(image: np.ndarray) -> tuple[int, int]:
    """Width and height to write: at most ``LARGEST``, and even, as encoders want them."""
    height, width = image.shape[:2]
    ratio = min(1.0, LARGEST / max(height, width))
    return tuple(max(2, 2 * round(side * ratio / 2)) for side in (width, height))


def _shrunk(image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    if image.shape[1::-1] == size:
        return image
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)
