"""Writing video that every browser plays."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Self, cast

import av
import numpy as np
from av.video.stream import VideoStream

from unmask.disk.files import whole_file
from unmask.errors import UnmaskError

CODECS = {".mp4": ("libx264", "H.264"), ".webm": ("libvpx", "VP8")}
"""How each kind of file is encoded: FFmpeg's name of the encoder, and what it is called."""

_OPTIONS = {
    "libx264": {"preset": "veryfast", "crf": "20"},
    "libvpx": {"deadline": "realtime", "cpu-used": "6", "crf": "10", "b": "4M"},
}


class VideoWriter:
    """Encodes images, one after the other."""

    def __init__(self, path: Path, fps: float, size: tuple[int, int]) -> None:
        """Open a file; width and height of ``size`` are even."""
        encoder, self.codec = CODECS[path.suffix.lower()]
        self._file = av.open(str(path.absolute()), "w")
        rate = Fraction(fps).limit_denominator(1001)
        stream = self._file.add_stream(encoder, rate=rate, options=_OPTIONS[encoder])
        self._stream = cast(VideoStream, stream)
        self._stream.width, self._stream.height = size
        self._stream.pix_fmt = "yuv420p"

    def write(self, image: np.ndarray) -> None:
        """Append a BGR image of the size given at first."""
        frame = av.VideoFrame.from_ndarray(image, format="bgr24")
        self._file.mux(self._stream.encode(frame))

    def finish(self) -> None:
        """Write what the encoder still holds, and the end of the file."""
        self._file.mux(self._stream.encode())
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


@contextmanager
def video_writer(path: Path, fps: float, size: tuple[int, int]) -> Iterator[VideoWriter]:
    """Give a writer of ``path``, an ``.mp4`` or ``.webm``, width and height being even.

    The file appears when the block ends without an error.

    Raises:
        UnmaskError: nothing can be written there.
    """
    try:
        with whole_file(path) as partial, VideoWriter(partial, fps, size) as writer:
            yield writer
            writer.finish()
    except av.FFmpegError as error:
        raise UnmaskError(f"{path} cannot be written: {error.strerror}.") from None
