"""Files and folders that are written whole or not at all, and what was left of those that were not.

Until it is whole, a file has a name that says which process writes it. So what a process left that
was killed can be told from what another is at work on.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path

from unmask.disk.foreign import open_regular
from unmask.disk.machine import host, is_alive, started

_PARTIAL = re.compile(r"\.partial-(?P<pid>\d+)-(?P<started>\d+)-(?P<host>[A-Za-z0-9.]+)~")
_TAIL = 50
"""So many letters of the real name stand behind, with its ending: names have a limit."""

_FOREIGN_S = 24 * 3600
"""What another machine has left alone for so long, it has left."""


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give the name of a file to write; when the block ends, it takes the place of ``path``.

    If the block raises, ``path`` stays as it was, and nothing is left.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = _partial(path)
    try:
        yield partial
        partial.replace(path)
    except BaseException as error:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        _name(path, error)
        raise


@contextmanager
def fresh_directory(path: Path) -> Iterator[Path]:
    """Give an empty folder to fill; when the block ends it takes the place of ``path``.

    It is made beside ``path`` and renamed, so ``path`` never holds half of the files, nor files
    of an earlier run. If the block raises, ``path`` stays as it was.
    """
    path = Path(path)
    with scratch_directory(path) as partial:
        yield partial
        if path.is_dir():
            shutil.rmtree(path)
        partial.rename(path)


@contextmanager
def scratch_directory(path: Path) -> Iterator[Path]:
    """Give an empty folder beside ``path`` that is removed when the block ends."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = _partial(path.with_name(f"{path.name}.d"))
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    try:
        yield partial
    except OSError as error:
        _name(path, error)
        raise
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _partial(path: Path) -> Path:
    """Where a file is written until it is whole."""
    name = f".partial-{os.getpid()}-{started(os.getpid())}-{host()}~{path.name[-_TAIL:]}"
    return path.with_name(name)


def _name(path: Path, error: BaseException) -> None:
    """Have an error name the file that was to be written, if it does not name another."""
    if isinstance(error, OSError) and (
        not error.filename or _PARTIAL.search(os.fsdecode(error.filename))
    ):
        error.filename = os.fspath(path)


def sweep(folders: Iterable[Path]) -> list[Path]:
    """Remove what processes that are gone left half-written in these folders, and return it."""
    left = [path for folder in folders for path in _left_in(folder)]
    for path in left:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with suppress(OSError):
                path.unlink()
    return left


def _left_in(folder: Path) -> Iterator[Path]:
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if (found := _PARTIAL.match(entry.name)) and _is_left(found, entry):
                yield Path(entry.path)


def _is_left(name: re.Match[str], entry: os.DirEntry[str]) -> bool:
    if name["host"] == host():
        return not is_alive(int(name["pid"]), name["started"])
    return time.time() - entry.stat(follow_symlinks=False).st_mtime > _FOREIGN_S


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


def write_bytes(path: Path, data: bytes) -> None:
    """Write ``data``, whole or not at all."""
    with whole_file(path) as partial:
        partial.write_bytes(data)


def write_text(path: Path, text: str) -> None:
    """Write ``text``, whole or not at all."""
    write_bytes(path, _encoded(text))


def write_if_changed(path: Path, text: str) -> None:
    """Write ``text`` unless the file holds it already, so that its time tells of a change."""
    path = Path(path)
    if not path.is_file() or path.read_bytes() != _encoded(text):
        write_text(path, text)


def _encoded(text: str) -> bytes:
    """UTF-8. Of a name that is none, each odd byte is written as an escape, such as udcff."""
    return text.encode("utf-8", "backslashreplace")


def digest(text: str) -> str:
    """A short digest of a text."""
    return sha256(text.encode()).hexdigest()[:16]
