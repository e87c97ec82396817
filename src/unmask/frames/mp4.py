"""What a media file's own boxes say, where OpenCV does not tell.

OpenCV reports how many frames an MP4 holds, but not that an edit list hides some of them, as in
clips that a phone or ``ffmpeg -c copy`` has trimmed. It also cannot say why a file does not open.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_NESTED = (b"moov", b"trak", b"edts", b"mdia", b"minf", b"stbl")


@dataclass(frozen=True)
class Track:
    """The first video track of an MP4: its stored samples, and the share of them that is shown."""

    samples: int
    shown: float


def video_track(path: Path) -> Track | None:
    """Read the first video track of an MP4 or QuickTime file; None where there is none.

    A damaged header counts as none: this only refines what the decoder finds out anyway.
    """
    try:
        with Path(path).open("rb") as file:
            index = next((data for kind, data in _file_boxes(file) if kind == b"moov"), b"")
        return _first_video_track(index)
    except (struct.error, LookupError, ZeroDivisionError):
        return None


def why_not_a_video(path: Path) -> str:
    """Say in plain words why a file that is no video to the decoder is none."""
    with Path(path).open("rb") as file:
        head = file.read(4096)
        file.seek(0)
        if head[4:8] == b"ftyp" and not any(kind == b"moov" for kind, _ in _file_boxes(file)):
            return "the file is incomplete: its index (the moov box) is missing"
    if head.startswith(b"version https://git-lfs"):
        return "the file is a Git LFS pointer, not the video itself: run `git lfs pull`"
    if all(byte >= 32 or byte in b"\t\n\f\r" for byte in head):
        return "the file is a text, not a video"
    return "no video stream can be found: the file is audio only, damaged, or no video"


def _file_boxes(file: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """The boxes of a file that are there whole; only that of the index comes with its content."""
    end = os.fstat(file.fileno()).st_size
    while len(head := file.read(8)) == 8:
        size, kind = struct.unpack(">I4s", head)
        content = size - 8
        if size == 1:
            content = int.from_bytes(file.read(8), "big") - 16
        left = end - file.tell()
        if size == 0:
            content = left
        if not 0 <= content <= left:
            return
        if kind == b"moov":
            yield kind, file.read(content)
        else:
            yield kind, b""
            file.seek(content, os.SEEK_CUR)


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The boxes in the content of a box, those of interest opened."""
    start = 0
    while start + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, start)
        if size < 8:
            return
        content = data[start + 8 : start + size]
        yield kind, content
        if kind in _NESTED and kind != b"trak":
            yield from _boxes(content)
        start += size


def _first_video_track(index: bytes) -> Track | None:
    boxes = dict(_boxes(index))
    for kind, content in _boxes(index):
        if kind != b"trak":
            continue
        track = dict(_boxes(content))
        if track.get(b"hdlr", b"")[8:12] == b"vide":
            (samples,) = struct.unpack_from(">I", track.get(b"stsz", bytes(12)), 8)
            return Track(samples, _shown(boxes[b"mvhd"], track[b"mdhd"], track.get(b"elst")))
    return None


def _shown(movie: bytes, media: bytes, edits: bytes | None) -> float:
    """The share of a track's duration that its edit list shows."""
    if edits is None:
        return 1.0
    (count,) = struct.unpack_from(">I", edits, 4)
    entry = struct.Struct(">Qqi" if edits[0] == 1 else ">Iii")
    shown = 0
    for number in range(count):
        duration, start, _ = entry.unpack_from(edits, 8 + number * entry.size)
        shown += duration if start >= 0 else 0
    movie_scale, _ = _scale_and_duration(movie)
    media_scale, stored = _scale_and_duration(media)
    return min(1.0, shown / movie_scale / (stored / media_scale)) if shown else 1.0


def _scale_and_duration(header: bytes) -> tuple[int, int]:
    if header[0] == 1:
        return struct.unpack_from(">IQ", header, 20)
    return struct.unpack_from(">II", header, 12)
