"""Which files are to be scored. Imports nothing heavy."""

from __future__ import annotations

import glob
import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from unmask.errors import UnmaskError
from unmask.videos.media_types import is_media


@dataclass
class Inputs:
    """The files to score, and what lies beside them in folders and is not scored, with reasons."""

    files: list[Path] = field(default_factory=list)
    left_out: dict[Path, str] = field(default_factory=dict)


def find_inputs(given: Iterable[str]) -> Inputs:
    """Find the files to score, each once, in the order in which they are given.

    A file is taken as it is. A folder stands for the videos and images in it and below it, known
    by name or by content. What is neither is a pattern (``clips/*.mp4``, ``**`` for folders of any
    depth) and stands for the videos, images and folders that match. Hidden files and folders are
    passed over in folders and patterns.

    Raises:
        UnmaskError: something that is not there, is no file, or holds no video or image.
    """
    inputs = Inputs()
    files: dict[Path, None] = {}
    for text in given:
        for file, reason in _meant_by(text):
            if reason:
                inputs.left_out.setdefault(file, reason)
            else:
                files.setdefault(file)
    inputs.files = list(files)
    for file in files:
        inputs.left_out.pop(file, None)
    return inputs


_Found = Iterator[tuple[Path, str]]
"""Files, with a reason for each that is left out."""


def _meant_by(text: str) -> _Found:
    path = Path(text).expanduser()
    if path.is_dir():
        yield from _some(_inside(path), f"There is no video or image in the folder {path}.")
    elif path.is_file():
        yield path, ""
    elif path.exists():
        raise UnmaskError(
            f"{path} is a pipe, a device or a socket, not a file. Write what comes from it to a "
            "file, and name that."
        )
    elif glob.has_magic(text):
        matches = [Path(match) for match in sorted(glob.glob(text, recursive=True))]  # noqa: PTH207
        found = [entry for match in matches for entry in _inside(match)]
        yield from _some(found, f"No video or image matches {text}.")
    else:
        raise UnmaskError(_absent(text))


def _absent(text: str) -> str:
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]+:/", text):
        return (
            f"{text} is an address. Files are scored, not streams or pages: download or record the "
            "video, and name its file."
        )
    if text == "-":
        return "- (the standard input) is not read. Write the video to a file, and name that."
    if text.isdecimal():
        return (
            f"There is no file or folder {text}. If a camera is meant: cameras are not read. "
            "Record a clip, and name its file."
        )
    return f"There is no file or folder {text}."


def _inside(path: Path) -> list[tuple[Path, str]]:
    """What a folder holds, or a file that matches a pattern."""
    if not path.is_dir():
        return [] if path.name.startswith(".") else [(path, _why_not(path))]
    found: dict[Path, str] = {}

    def unreadable(error: OSError) -> None:
        found[Path(error.filename)] = f"a folder that cannot be read: {error.strerror}"

    for folder, below, files in os.walk(path, onerror=unreadable):
        below[:] = [name for name in below if not name.startswith(".")]
        here = Path(folder)
        found |= {
            here / name: "a link to a folder; name the folder itself"
            for name in below
            if (here / name).is_symlink()
        }
        seen = [here / name for name in files if not name.startswith(".")]
        found |= {file: _why_not(file) for file in seen}
    return sorted(found.items())


def _why_not(file: Path) -> str:
    """Why a file in a folder is not scored; nothing if it is."""
    try:
        kind = file.stat().st_mode
    except OSError as error:
        absent = isinstance(error, FileNotFoundError)
        return (
            "a link to a file that is not there" if absent else f"cannot be read: {error.strerror}"
        )
    if not stat.S_ISREG(kind):
        return "a pipe, a device or a socket"
    return "" if is_media(file) else "neither a video nor an image"


def _some(found: list[tuple[Path, str]], message: str) -> _Found:
    if all(reason for _, reason in found):
        raise UnmaskError(
            f"{message} Name files by their kind, such as a.mp4 or a.jpg, or give them one by one."
        )
    yield from found
