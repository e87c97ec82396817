"""Reading videos and still images forward, frame by frame, with the time of each frame.

Nothing here seeks: seeking in OpenCV is inexact. Every frame is decoded, because later ones build
on it, but only those that the caller asks for are converted to an image.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from unmask.errors import UnreadableMedia
from unmask.frames.images import read_image
from unmask.frames.mp4 import video_track, why_not_a_video
from unmask.videos.media_types import is_image

_PATIENCE = 64
"""Failed grabs in a row after which a clip that announces no frame count has ended."""
_MAX_PATIENCE = 10_000
_MAX_FPS = 1000.0
_USUAL_FPS = 25.0


class Clip(Protocol):
    """A video, or a still image as a video of one frame.

    ``frame_s`` is how long a frame is shown nominally, in seconds (0: a still image), ``promised``
    the number of frames that the header announces (0: it does not say). ``counted`` tells whether
    that is a count, or only worked out from the announced duration and the nominal rate.
    ``damaged`` counts the frames that failed to decode so far though later ones did decode.
    """

    frame_s: float
    promised: int
    counted: bool
    damaged: int

    def frames(self) -> Iterator[tuple[int, float]]:
        """Go through the clip once: number and time in seconds of each frame that decodes.

        Times start at 0 with the first frame and increase strictly.

        Raises:
            UnreadableMedia: not a single frame decodes.
        """

    def image(self) -> np.ndarray:
        """The frame reached last: height x width x 3, uint8, BGR, upright."""


@contextmanager
def open_clip(path: Path, *, threads: int = 1) -> Iterator[Clip]:
    """Open a video or still image for reading; ``threads`` is for the decoder.

    Raises:
        UnreadableMedia: the file is missing, empty, or holds no video stream.
    """
    path = Path(path)
    if is_image(path):
        yield _Still(read_image(path))
        return
    _check_file(path)
    capture = _open(path, cv2.CAP_PROP_N_THREADS, threads)
    try:
        if not capture.isOpened():
            raise UnreadableMedia(why_not_a_video(path))
        yield _Video(capture, path)
    finally:
        capture.release()


def packet_times(path: Path) -> list[float]:
    """Foretell the frames' times in seconds from the compressed packets, without decoding.

    This costs about a hundredth of decoding. It is a forecast: damage shows only in decoding, and
    packets that an edit list hides are in it.
    """
    if is_image(path):
        return [0.0]
    capture = _open(Path(path), cv2.CAP_PROP_FORMAT, -1)
    try:
        times = []
        while capture.grab():
            times.append(capture.get(cv2.CAP_PROP_POS_MSEC) / 1000)
        frame_s = _frame_duration(capture)
    finally:
        capture.release()
    times.sort()  # packets come in decoding order
    if len(set(times)) < len(times):
        return [number * frame_s for number in range(len(times))]
    return [time - times[0] for time in times]


class _Video:
    def __init__(self, capture: cv2.VideoCapture, path: Path) -> None:
        self._capture = capture
        self.frame_s = _frame_duration(capture)
        self.promised = max(0, int(capture.get(cv2.CAP_PROP_FRAME_COUNT)))
        self.counted = False
        self.damaged = 0
        track = video_track(path)
        if track is not None and track.samples == self.promised > 0:
            self.promised = round(self.promised * track.shown)
            self.counted = True

    def frames(self) -> Iterator[tuple[int, float]]:
        number, failed = 0, 0
        start, previous = 0.0, -math.inf
        # A grab fails for each packet that does not decode, not only at the end.
        while failed < min(max(_PATIENCE, self.promised - number), _MAX_PATIENCE):
            if not self._capture.grab():
                failed += 1
                continue
            self.damaged += failed
            failed = 0
            stamp = self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
            if number == 0:
                start = stamp
            # A frame without a timestamp reads as 0, a damaged one may jump back.
            time = stamp - start if stamp - start > previous else previous + self.frame_s
            yield number, time
            previous = time
            number += 1
        if number == 0:
            raise UnreadableMedia("not a single frame can be decoded")

    def image(self) -> np.ndarray:
        ok, image = self._capture.retrieve()
        if not ok:
            raise UnreadableMedia("a frame cannot be converted to an image")
        return image


class _Still:
    frame_s = 0.0
    promised = 1
    counted = True
    damaged = 0

    def __init__(self, image: np.ndarray) -> None:
        self._image = image

    def frames(self) -> Iterator[tuple[int, float]]:
        yield 0, 0.0

    def image(self) -> np.ndarray:
        return self._image


def _open(path: Path, *properties: int) -> cv2.VideoCapture:
    """Open with FFmpeg, silently: what goes wrong is said in our own errors."""
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    level = cv2.utils.logging.getLogLevel()
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        # The absolute path keeps FFmpeg from reading a name such as "http:a.mp4" as an address.
        return cv2.VideoCapture(str(path.absolute()), cv2.CAP_FFMPEG, properties)
    finally:
        cv2.utils.logging.setLogLevel(level)


def _frame_duration(capture: cv2.VideoCapture) -> float:
    fps = capture.get(cv2.CAP_PROP_FPS)
    return 1 / (fps if 0 < fps <= _MAX_FPS else _USUAL_FPS)


def _check_file(path: Path) -> None:
    try:
        with path.open("rb") as file:
            if not file.read(1):
                raise UnreadableMedia("the file is empty")
    except FileNotFoundError:
        raise UnreadableMedia("the file is missing") from None
    except OSError as error:
        raise UnreadableMedia(f"the file cannot be read: {error.strerror}") from None
