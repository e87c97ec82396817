"""Which files are to be scored. Imports nothing heavy."""

from __future__ import annotations

import glob
from collections.abc import Iterable, Iterator
from pathlib import Path

from unmask.errors import UnmaskError
from unmask.videos.media_types import is_image, is_video


def find_inputs(given: Iterable[str]) -> list[Path]:
    """The files to score, each once, in the order in which they are given.

    A file is taken as it is. A folder stands for the videos and images in it and below it. What is
    neither is a pattern (``clips/*.mp4``, ``**`` for folders of any depth) and stands for the
    videos, images and folders that match. Hidden files are left out of folders and patterns.

    Raises:
        UnmaskError: something that is not there, or holds no video or image.
    """
    files: dict[Path, None] = {}
    for text in given:
        for file in _meant_by(text):
            files.setdefault(file)
    return list(files)


def _meant_by(text: str) -> Iterator[Path]:
    path = Path(text)
    if path.is_dir():
        yield from _inside(path) or _nothing(f"There is no video or image in the folder {path}.")
    elif path.exists():
        yield path
    elif glob.has_magic(text):
        matches = [Path(match) for match in sorted(glob.glob(text, recursive=True))]  # noqa: PTH207
        found = [file for match in matches for file in _inside(match)]
        yield from found or _nothing(f"No video or image matches {text}.")
    else:
        raise UnmaskError(f"There is no file or folder {path}.")


def _inside(path: Path) -> list[Path]:
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    return [
        file
        for file in files
        if file.is_file()
        and (is_video(file) or is_image(file))
        and not any(part.startswith(".") for part in file.relative_to(path).parts)
    ]


def _nothing(message: str) -> Iterator[Path]:
    kinds = "Name files by their kind, such as a.mp4 or a.jpg, or give them one by one."
    raise UnmaskError(f"{message} {kinds}")
