"""What an upload is, by its content, and whether it is small enough to be looked at in full."""

from __future__ import annotations

from pathlib import Path

import cv2
from PIL import Image

from unmask.errors import UnmaskError
from unmask.frames.video import open_clip, packet_times
from unmask.prediction.serve.limits import Limits
from unmask.videos.media_types import is_image

HEAD = 1024
"""So many bytes tell what a file is."""

MOST_PIXELS = 36_000_000
"""Of a frame: above 8K video. A small file can hold a picture that fills the memory."""

MOST_FPS = 240
"""Frames a second that are taken to be meant; a header may claim any length for any number."""

_PLAIN = (
    (b"\xff\xd8\xff", ".jpg"),
    (b"\x89PNG\r\n\x1a\n", ".png"),
    (b"BM", ".bmp"),
    (b"II*\0", ".tif"),
    (b"MM\0*", ".tif"),
    (b"\x1aE\xdf\xa3", ".mkv"),
    (b"FLV\x01", ".flv"),
    (b"OggS", ".ogv"),
    (b"0&\xb2u\x8ef\xcf\x11", ".wmv"),
    (b"\0\0\x01\xba", ".mpg"),
    (b"\0\0\x01\xb3", ".mpg"),
)
_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")


class Refused(UnmaskError):
    """An upload that is not scored; the text says why, to the person who sent it."""


def suffix_of(head: bytes) -> str:
    """The suffix under which to keep a file that begins like this.

    The name that a visitor gave says nothing reliable. Playlists, which could make the decoder
    open other files, are among what is not known here.

    Raises:
        Refused: the file is empty, or no kind of video or image that is known by its first bytes.
    """
    if not head:
        raise Refused("The file is empty.")
    for start, suffix in _PLAIN:
        if head.startswith(start):
            return suffix
    if head[4:8] in _BOXES:
        return ".mp4"
    if head[:4] == b"RIFF" and head[8:12] in (b"AVI ", b"WEBP"):
        return ".avi" if head[8:12] == b"AVI " else ".webp"
    if (head[:1] == b"G" and head[188:189] == b"G") or (
        head[4:5] == b"G" and head[196:197] == b"G"
    ):
        return ".ts"
    raise Refused("This is not a video or an image, whatever its name says.")


def check_media(path: Path, limits: Limits) -> None:
    """Look at the header and the packets of a file, and decode nothing yet.

    Raises:
        Refused: it is longer than allowed, or its frames are too large.
        UnreadableMedia: it cannot be opened.
    """
    if is_image(path):
        width, height = _image_size(path)
    else:
        with open_clip(path):
            pass
        width, height = _video_size(path)
        times = packet_times(path)
        length = max(times, default=0.0)
        if length > limits.seconds or len(times) > limits.seconds * MOST_FPS:
            raise Refused(
                f"The video is longer than {limits.seconds:g} s, which is the most here "
                f"(it has {length:.0f} s and {len(times)} frames). Cut out the part in question."
            )
    if width * height > MOST_PIXELS:
        raise Refused(f"Its pictures are too large: {width} x {height} pixels.")


def _image_size(path: Path) -> tuple[int, int]:
    try:
        with Image.open(path) as image:  # reads the header only
            return image.size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise Refused("The image is damaged, cut off or too large.") from None


def _video_size(path: Path) -> tuple[int, int]:
    capture = cv2.VideoCapture(str(path.absolute()), cv2.CAP_FFMPEG)
    try:
        sides = cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT
        return int(capture.get(sides[0])), int(capture.get(sides[1]))
    finally:
        capture.release()
