"""From a decoded frame to the image that a player shows."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
from av.filter import Graph
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation

from unmask.errors import UnreadableMedia

_MATRIX = slice(0, 36)
_MAX_STRETCH = 8


def to_image(frame: VideoFrame, pixel_aspect: Fraction) -> np.ndarray:
    """Convert a frame to height x width x 3, uint8, BGR: upright, whole, of square pixels.

    What it shows depends on this frame alone: two fields of an interlaced frame are made one
    picture without looking at the frames around it. Colors follow the range and the matrix that
    the frame names; BT.601 stands in where it names none, as in FFmpeg and OpenCV.

    Args:
        frame: as the decoder gave it.
        pixel_aspect: width of a pixel over its height. The picture's width follows it.

    Raises:
        UnreadableMedia: it is to be shown in a way that is not understood.
    """
    if frame.interlaced_frame:
        matrix = _display_matrix(frame)
        frame = _deinterlaced(frame)
    else:
        matrix = _display_matrix(frame)
    return _turned(_bgr(frame, pixel_aspect), matrix)


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
    return sink.pull()


def _bgr(frame: VideoFrame, pixel_aspect: Fraction) -> np.ndarray:
    if not 1 / _MAX_STRETCH <= pixel_aspect <= _MAX_STRETCH:
        raise UnreadableMedia(
            f"its header says that pixels are {float(pixel_aspect):g} times as wide as high"
        )
    size = {"width": max(1, round(frame.width * pixel_aspect)), "height": frame.height}
    how = {"format": "bgr24", "interpolation": Interpolation.BICUBIC, "threads": 1}
    full = {"dst_color_range": ColorRange.JPEG}
    try:
        try:
            shown = frame.reformat(**size, **how, **full)
        except OSError:  # a matrix that is reserved or cannot be computed with
            shown = frame.reformat(**size, **how, **full, src_colorspace=Colorspace.ITU601)
    except av.FFmpegError as error:
        raise UnreadableMedia(
            f"its frames ({frame.format.name}) cannot be converted to images: {error.strerror}"
        ) from None
    return shown.to_ndarray()


def _display_matrix(frame: VideoFrame) -> np.ndarray | None:
    """The frame's 3 x 3 display matrix, a point being a row on its left; None: as it is."""
    side = frame.side_data.get("DISPLAYMATRIX")
    if side is None:
        return None
    return np.frombuffer(bytes(side)[_MATRIX], "=i4").reshape(3, 3) / 2.0**16


def _turned(image: np.ndarray, matrix: np.ndarray | None) -> np.ndarray:
    """Turn by quarters and mirror, as the upper left 2 x 2 of a display matrix says."""
    if matrix is None or not matrix[:2, :2].any():
        return image
    linear = matrix[:2, :2] / np.abs(matrix[:2, :2]).max()
    swaps = abs(linear[0, 1]) > abs(linear[0, 0])
    if swaps:
        image, linear = image.transpose(1, 0, 2), linear[::-1]
    if max(abs(linear[0, 1]), abs(linear[1, 0])) > _SLANT:
        raise UnreadableMedia("its header says to turn it by an angle that is no quarter turn")
    if linear[0, 0] < 0:
        image = image[:, ::-1]
    if linear[1, 1] < 0:
        image = image[::-1]
    return np.ascontiguousarray(image)


_SLANT = 0.02
"""Sine of an angle that does not matter: a degree, as in FFmpeg."""
