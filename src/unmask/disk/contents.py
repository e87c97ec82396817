"""What results are, by content: of a file its size and digest, of a folder those of all its files.

A file of ours that names others carries a seal, a digest of itself, beside its key.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from unmask.disk.files import fingerprint

KEY = "made_of"
"""Name of the key's field, which stands first in a file: what the result was made of."""

FOLDER = "folder"
"""Name of the field that says what the folder beside an index holds."""

_SEAL = "content"
_BLANK = "." * 16
_SEAL_IN_HEAD = re.compile(
    rb'^\{\s*"' + KEY.encode() + rb'": "[0-9a-f-]*",\s*"' + _SEAL.encode() + rb'": "([0-9a-f]{16})"'
)
_CHUNK = 1 << 20


def of_file(path: Path | str) -> str:
    """Size in bytes and digest of a file."""
    digest, size = sha256(), 0
    with open(path, "rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return f"{size} {digest.hexdigest()[:32]}"


def of_folder(path: Path | str) -> str:
    """Number of files in a folder and below, their size in bytes together, and one digest."""
    digest = sha256()
    files = sorted(files_in(path))
    for name, _ in files:
        digest.update(
            f"{name} {of_file(os.path.join(path, name))}\n".encode("utf-8", "surrogateescape")
        )
    return f"{len(files)} {sum(stat.st_size for _, stat in files)} {digest.hexdigest()[:32]}"


def of(path: Path) -> str:
    """The same of either."""
    return of_folder(path) if path.is_dir() else of_file(path)


def files_in(path: Path | str, below: str = "") -> Iterator[tuple[str, os.stat_result]]:
    """Path and status of each file in a folder and below. Hidden files are no part of a result."""
    with os.scandir(path) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir():
                yield from files_in(entry.path, f"{below}{entry.name}/")
            else:
                yield f"{below}{entry.name}", entry.stat()


def sealed(content: dict[str, Any]) -> str:
    """``content`` as JSON with a seal after its key, which stands first."""
    head = {KEY: content[KEY], _SEAL: _BLANK}
    text = json.dumps(head | content, indent=1, ensure_ascii=False) + "\n"
    return text.replace(_BLANK, _digest(text.encode()), 1)


def unsealed(content: dict[str, Any]) -> dict[str, Any]:
    """What :func:`sealed` was given, without what it says of a folder."""
    return {name: value for name, value in content.items() if name not in (_SEAL, FOLDER)}


def is_sealed(path: Path) -> bool:
    """Whether a file carries a seal."""
    with path.open("rb") as file:
        return bool(_SEAL_IN_HEAD.match(file.read(256)))


def is_intact(data: bytes) -> bool:
    """Whether the bytes of a sealed file are those that were written.

    Of a file without a seal, which an older version wrote, only the end is looked at.
    """
    if not (found := _SEAL_IN_HEAD.match(data)):
        return data.endswith((b"}", b"}\n"))
    start, end = found.span(1)
    return _digest(data[:start] + _BLANK.encode() + data[end:]) == found[1].decode()


def difference(path: Path, written: str, *, in_full: bool) -> str:
    """In what a file or folder differs from what was written; empty if in nothing.

    Args:
        path: where it is.
        written: what :func:`of` said of it then, or its fingerprint, by an older version.
        in_full: read all files of a folder. Otherwise they are counted, and their sizes added.
    """
    values = written.split()
    try:
        if len(values) == 1:
            return "" if fingerprint(path) == written else "other bytes than were written"
        if len(values) == 2:
            return _of_sizes(path.stat().st_size, int(values[0])) or (
                "" if of_file(path) == written else "other bytes than were written"
            )
        sizes = [stat.st_size for _, stat in files_in(path)]
        if len(sizes) != int(values[0]):
            return f"{len(sizes)} files, {values[0]} were written"
        return _of_sizes(sum(sizes), int(values[1])) or (
            "other bytes than were written" if in_full and of_folder(path) != written else ""
        )
    except FileNotFoundError:
        return "gone"
    except OSError as error:
        return f"cannot be read ({error.strerror})"


def _of_sizes(found: int, written: int) -> str:
    return "" if found == written else f"{found} bytes, {written} were written"


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()[:16]
