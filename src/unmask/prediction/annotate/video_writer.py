"""Writing video with what the installed OpenCV can encode."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2

from unmask.errors import UnmaskError

CODECS = {
    ".mp4": (("avc1", "H.264"), ("VP90", "VP9")),
    ".webm": (("VP80", "VP8"), ("VP90", "VP9")),
}
"""What to try for a kind of file, in this order: FourCC and name.

All of it plays in browsers. The headless OpenCV wheel has no H.264 encoder, for its license, unless
the machine encodes it in hardware; there MP4 gets VP9, which is several times slower to write than
VP8. MPEG-4 Part 2 (``mp4v``), which the wheel writes fastest, plays in no browser: it is not used.
"""


@contextmanager
def video_writer(
    path: Path, fps: float, size: tuple[int, int]
) -> Iterator[tuple[cv2.VideoWriter, str]]:
    """A writer of ``path``, width and height being even, and the name of its codec.

    The file appears when the block ends without an error.

    Raises:
        UnmaskError: nothing that fits the file's kind can be encoded here.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{os.getpid()}.{path.name}")
    writer, codec = _open(partial, fps, size)
    try:
        yield writer, codec
        writer.release()
        partial.replace(path)
    finally:
        writer.release()
        partial.unlink(missing_ok=True)


def best_suffix() -> str:
    """``.mp4`` where H.264 can be encoded, else ``.webm``, which is the quicker one then."""
    with tempfile.TemporaryDirectory() as folder:
        writer, codec = _open(Path(folder) / "try.mp4", 25, (64, 64))
        writer.release()
    return ".mp4" if codec == "H.264" else ".webm"


def _open(path: Path, fps: float, size: tuple[int, int]) -> tuple[cv2.VideoWriter, str]:
    for fourcc, name in CODECS[path.suffix.lower()]:
        with _quiet():
            code = cv2.VideoWriter.fourcc(*fourcc)
            writer = cv2.VideoWriter(str(path.absolute()), cv2.CAP_FFMPEG, code, fps, size)
        if writer.isOpened():
            return writer, name
    raise UnmaskError(
        f"This OpenCV cannot write {path.suffix}, or not into {path.parent}. Allowed: "
        f"{', '.join(CODECS)}."
    )


@contextmanager
def _quiet() -> Iterator[None]:
    """Hold back what FFmpeg says of encoders that it lacks: it writes past Python's streams."""
    level = cv2.utils.logging.getLogLevel()
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    stream = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(stream, 2)
        os.close(stream)
        os.close(nowhere)
        cv2.utils.logging.setLogLevel(level)
