"""Reading videos and still images: which frames there are, when each is shown, and their pixels.

FFmpeg decodes (through PyAV). Where the packets of a video tell for sure which frames depend on
which, only what is needed for the wanted ones is decoded; else every frame is.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Protocol

import av
import numpy as np
from av.container import InputContainer
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from unmask.disk.foreign import open_regular
from unmask.errors import UnreadableMedia
from unmask.frames.images import read_image
from unmask.frames.limits import USUAL, MediaLimits
from unmask.frames.packets import Packets, Unforeseen, decode_needed, read_packets
from unmask.frames.upright import to_image
from unmask.videos.media_types import is_still, why_not_a_video

_MAX_FPS = 1000.0
_USUAL_FPS = 25.0
_MAX_STRETCH = 8
_CONTAINERS = (
    "apng,asf,av1,avi,dv,flv,gif,h264,hevc,ivf,m4v,matroska,mjpeg,mov,mpeg,mpegts,mpegvideo,mxf,"
    "nut,obu,ogg,rm,wtv,yuv4mpegpipe"
)
"""What may be opened (FFmpeg's names). Playlists, which make FFmpeg open other files, are not."""
_INDEXED = ("mov,mp4,m4a,3gp,3g2,mj2", "avi")
"""Containers that have a list of all their frames."""


class Clip(Protocol):
    """A video, or a still image as a video of one frame.

    ``frame_s`` is how long a frame is shown nominally, in seconds (0: a still image), ``promised``
    the number of frames that the header announces (0: it does not say). ``counted`` tells whether
    that is a count, or only worked out from the announced duration and the nominal rate.
    ``damaged`` counts the frames that failed to decode so far though later ones did decode.
    ``width`` and ``height`` are those that the header names, before turning.
    """

    frame_s: float
    promised: int
    counted: bool
    damaged: int
    width: int
    height: int

    def forecast(self) -> list[float]:
        """Foretell when each frame is shown, in seconds from the first, without decoding."""

    def frames(self) -> Iterator[tuple[int, float]]:
        """Decode all of the clip: number and time in seconds of each frame that decodes.

        Times start at 0 with the first frame and increase strictly.

        Raises:
            UnreadableMedia: not a single frame decodes.
        """

    def only(self, numbers: Collection[int]) -> Iterator[tuple[int, float]]:
        """Decode no more than some frames need; number and time in seconds of each of them.

        Raises:
            Unforeseen: it cannot be told what they need, or something does not decode. Frames
                that came before are right; whether they are those that were meant is not known.
        """

    def image(self) -> np.ndarray:
        """The frame reached last: height x width x 3, uint8, BGR, upright."""


@contextmanager
def open_clip(path: Path, *, threads: int = 1, limits: MediaLimits = USUAL) -> Iterator[Clip]:
    """Open a video or still image for reading; ``threads`` is for the decoder.

    What the file is, its content says; its name only where the content says nothing.

    Raises:
        UnreadableMedia: the file is missing, empty, holds no video stream, or more of one than
            ``limits`` allow.
    """
    path = Path(path)
    yield _Still(read_image(path, limits)) if is_still(path) else _Video(path, threads, limits)


class _Video:
    def __init__(self, path: Path, threads: int, limits: MediaLimits) -> None:
        self.damaged = 0
        self._path, self._threads, self._limits = path, threads, limits
        self._packets: Packets | None = None
        self._frame: VideoFrame | None = None
        with self._open() as (container, stream):
            self.frame_s = _frame_duration(stream)
            self.width, self.height = stream.width, stream.height
            limits.check_size(self.width, self.height)
            self._pixel_aspect = _pixel_aspect(stream)
            self.promised, self.counted = _promised(container, stream, self.frame_s)

    def forecast(self) -> list[float]:
        return list(self._read_packets().times)

    def frames(self) -> Iterator[tuple[int, float]]:
        number, failed, self.damaged = 0, 0, 0
        start, previous = None, -self.frame_s
        with self._open() as (container, stream):
            tick_s = float(stream.time_base or 0)
            for frame in _decode(container, stream):
                if frame is None:
                    failed += 1
                    continue
                self.damaged += failed
                failed = 0
                # A frame without a timestamp, or a damaged one that jumps back, follows the last.
                time = previous + self.frame_s
                if frame.pts is not None:
                    start = frame.pts if start is None else start
                    stamp = (frame.pts - start) * tick_s
                    time = stamp if stamp > previous else time
                self._frame = frame
                self._limits.check_length(time, number)
                yield number, time
                previous = time
                number += 1
        if number == 0:
            raise UnreadableMedia("not a single frame can be decoded")

    def only(self, numbers: Collection[int]) -> Iterator[tuple[int, float]]:
        packets = self._read_packets()
        if not packets.reliable:
            raise Unforeseen
        needed = packets.needed_by(numbers)
        missing = set(numbers)
        with self._open() as (container, stream):
            for frame in decode_needed(read_packets(container, stream), stream, needed):
                # Two fields may come in two packets.
                if frame.interlaced_frame or frame.is_corrupt:
                    raise Unforeseen
                number = packets.number(frame.pts)
                if number in missing:
                    missing.remove(number)
                    self._frame = frame
                    yield number, packets.times[number]
        if missing:
            raise Unforeseen

    def image(self) -> np.ndarray:
        if self._frame is None:
            raise ValueError("no frame was reached yet")
        self._limits.check_size(self._frame.width, self._frame.height)
        return to_image(self._frame, self._pixel_aspect)

    def _read_packets(self) -> Packets:
        if self._packets is None:
            with self._open() as (container, stream):
                most = self._limits.max_frames
                self._packets = Packets.read(container, stream, self.frame_s, most)
            times = self._packets.times
            self._limits.check_length(max(times, default=0.0), len(self._packets.stamps))
        return self._packets

    @contextmanager
    def _open(self) -> Iterator[tuple[InputContainer, VideoStream]]:
        with _container(self._path) as container:
            stream = container.streams.best("video")
            if not container.streams:
                raise UnreadableMedia(why_not_a_video(self._path))
            # The cover of an album is a stream of one picture.
            if not isinstance(stream, VideoStream) or stream.disposition & Disposition.attached_pic:
                raise UnreadableMedia("no video stream can be found: the file is audio only")
            stream.codec_context.thread_count = self._threads
            stream.codec_context.thread_type = "AUTO"
            stream.codec_context.options = {"max_pixels": str(self._limits.max_pixels)}
            yield container, stream


class _Still:
    frame_s = 0.0
    promised = 1
    counted = True
    damaged = 0

    def __init__(self, image: np.ndarray) -> None:
        self._image = image
        self.height, self.width = image.shape[:2]

    def forecast(self) -> list[float]:
        return [0.0]

    def frames(self) -> Iterator[tuple[int, float]]:
        yield 0, 0.0

    def only(self, numbers: Collection[int]) -> Iterator[tuple[int, float]]:
        yield from ((number, 0.0) for number in numbers)

    def image(self) -> np.ndarray:
        return self._image


@contextmanager
def _container(path: Path) -> Iterator[InputContainer]:
    try:
        with open_regular(path) as file:
            if not file.read(1):
                raise UnreadableMedia("the file is empty")
    except FileNotFoundError:
        raise UnreadableMedia("the file is missing") from None
    except OSError as error:
        raise UnreadableMedia(f"the file cannot be read: {error.strerror}") from None
    limits = {"format_whitelist": _CONTAINERS, "protocol_whitelist": "file"}
    try:
        # The absolute path keeps FFmpeg from reading a name such as "http:a.mp4" as an address.
        container = av.open(str(path.absolute()), options=limits, metadata_errors="replace")
    except av.FFmpegError:
        raise UnreadableMedia(why_not_a_video(path)) from None
    with container:
        yield container


def _decode(container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame | None]:
    """Every frame in the order of showing; None for each packet that does not decode."""
    decoder = stream.codec_context
    for packet in chain(read_packets(container, stream), [None]):
        try:
            yield from decoder.decode(packet)
        except av.FFmpegError:
            yield None


def _promised(container: InputContainer, stream: VideoStream, frame_s: float) -> tuple[int, bool]:
    """How many frames the header announces, and whether it has counted them.

    A list of all frames counts more than a number: it leaves out what an edit list hides, and
    writers of AVI are known to write any number.
    """
    if container.format.name in _INDEXED and stream.frames and len(stream.index_entries) > 1:
        return sum(not entry.is_discard for entry in stream.index_entries), True
    duration = (container.duration or 0) / av.time_base
    if not duration and stream.duration and stream.time_base:
        duration = float(stream.duration * stream.time_base)
    return stream.frames or max(0, math.floor(duration / frame_s + 0.5)), False


def _pixel_aspect(stream: VideoStream) -> Fraction:
    aspect = stream.sample_aspect_ratio or Fraction(1)
    if not 1 / _MAX_STRETCH <= aspect <= _MAX_STRETCH:
        raise UnreadableMedia(
            f"its header says that pixels are {float(aspect):g} times as wide as high"
        )
    return aspect


def _frame_duration(stream: VideoStream) -> float:
    fps = float(stream.guessed_rate or 0)
    return 1 / (fps if 0 < fps <= _MAX_FPS else _USUAL_FPS)
