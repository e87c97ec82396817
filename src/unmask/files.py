"""Folders that are written whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from unmask.foreign import open_regular


@contextmanager
def fresh_directory(path: Path) -> Iterator[Path]:
    """Give an empty folder to fill; when the block ends it takes the place of ``path``.

    It is made beside ``path`` and renamed, so ``path`` never holds half of the files, nor files
    of an earlier run. If the block raises, ``path`` stays as it was.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    try:
        yield partial
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    if path.is_dir():
        shutil.rmtree(path)
    partial.rename(path)


SAMPLE = 16 * 1024


def fingerprint(path: Path) -> str:
    """A digest of a file's size and of 16 kB each from its start, middle and end."""
    with open_regular(path) as file:
        size = os.fstat(file.fileno()).st_size
        digest = sha256(str(size).encode())
        for offset in (0, max(0, size // 2 - SAMPLE // 2), max(0, size - SAMPLE)):
            file.seek(offset)
            digest.update(file.read(SAMPLE))
    return digest.hexdigest()[:16]


def write_text(path: Path, text: str) -> None:
    """Write ``text`` under a temporary name, then put it in place."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    # A name that is no UTF-8 is written as its bytes: \udcff.
    partial.write_text(text, "utf-8", "backslashreplace", newline="\n")
    partial.replace(path)


def write_if_changed(path: Path, text: str) -> None:
    """Write ``text`` unless the file holds it already, so that its time tells of a change."""
    path = Path(path)
    if not path.is_file() or path.read_text("utf-8") != text:
        write_text(path, text)


def digest(text: str) -> str:
    """A short digest of a text."""
    return sha256(text.encode()).hexdigest()[:16]
