"""From a decoded frame to the image that a player shows."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import cast

import av
import numpy as np
from av.buffer import Buffer
from av.filter import Graph
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation

from unmask.errors import UnreadableMedia

_SLANT = 0.02
"""Sine of an angle that does not matter: a degree, as in FFmpeg."""


@dataclass(frozen=True)
class _Turn:
    """Rows and columns change places, then left and right, then top and bottom."""

    swaps: bool = False
    mirrors: bool = False
    flips: bool = False


def to_image(frame: VideoFrame, pixel_aspect: Fraction) -> np.ndarray:
    """Convert a frame to height x width x 3, uint8, BGR: upright, whole, of square pixels.

    What it shows depends on this frame alone: two fields of an interlaced frame are made one
    picture without looking at the frames around it. Colors follow the range and the matrix that
    the frame names; BT.601 stands in where it names none, as in FFmpeg and OpenCV.

    Args:
        frame: as the decoder gave it.
        pixel_aspect: width of a pixel over its height, before turning.

    Raises:
        UnreadableMedia: it is to be shown in a way that is not understood.
    """
    turn = _turn(frame)
    if frame.interlaced_frame:
        frame = _deinterlaced(frame)
    width, height = frame.width, frame.height
    if turn.swaps:
        height = max(1, int(height / pixel_aspect))
    else:
        width = max(1, int(width * pixel_aspect))
    return _turned(_bgr(frame, width, height), turn)


def _deinterlaced(frame: VideoFrame) -> VideoFrame:
    """Keep one field and draw the lines between, along the edges in it (FFmpeg's ``estdif``)."""
    graph = Graph()
    source = graph.add_buffer(
        width=frame.width, height=frame.height, format=frame.format, time_base=Fraction(1, 25)
    )
    fields = graph.add("estdif", "mode=frame:deint=all")
    sink = graph.add("buffersink")
    source.link_to(fields)
    fields.link_to(sink)
    graph.configure()
    frame.pts = 0
    source.push(frame)
    source.push(None)
    return cast(VideoFrame, sink.pull())


def _bgr(frame: VideoFrame, width: int, height: int) -> np.ndarray:
    shape = partial(
        frame.reformat,
        width=width,
        height=height,
        format="bgr24",
        interpolation=Interpolation.BICUBIC,
        dst_color_range=ColorRange.JPEG,
        threads=1,
    )
    try:
        try:
            shown = shape()
        except OSError:  # a matrix that is reserved, or that cannot be computed with
            shown = shape(src_colorspace=Colorspace.ITU601)
    except av.FFmpegError as error:
        raise UnreadableMedia(
            f"its frames ({frame.format.name}) cannot be converted to images: {error.strerror}"
        ) from None
    return shown.to_ndarray()


def _turn(frame: VideoFrame) -> _Turn:
    """Read the upper left 2 x 2 of a frame's display matrix; a point is a row on its left."""
    side = frame.side_data.get("DISPLAYMATRIX")
    if side is None:
        return _Turn()
    linear = np.frombuffer(bytes(cast(Buffer, side)), "=i4")[:9].reshape(3, 3)[:2, :2].astype(float)
    if not linear.any():
        return _Turn()
    linear /= np.abs(linear).max()
    swaps = bool(abs(linear[0, 1]) > abs(linear[0, 0]))
    if swaps:
        linear = linear[::-1]
    if max(abs(linear[0, 1]), abs(linear[1, 0])) > _SLANT:
        raise UnreadableMedia("its header says to turn it by an angle that is no quarter turn")
    return _Turn(swaps, bool(linear[0, 0] < 0), bool(linear[1, 1] < 0))


def _turned(image: np.ndarray, turn: _Turn) -> np.ndarray:
    if turn.swaps:
        image = image.transpose(1, 0, 2)
    if turn.mirrors:
        image = image[:, ::-1]
    if turn.flips:
        image = image[::-1]
    return np.ascontiguousarray(image)
