"""Temporary folders that go with the process that made them, or at the latest with the next one."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

_ALIVE = ".alive"
"""The file in such a folder that its process holds a lock on, until it is gone for any reason."""


@contextmanager
def own_folder(prefix: str) -> Iterator[Path]:
    """A new temporary folder, deleted at the end. Those of processes that were killed go first."""
    _sweep(prefix)
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    try:
        with (folder / _ALIVE).open("w", encoding="ascii") as alive:
            if _lock(alive):
                # Written once it is held: without this line, nobody takes the folder for left.
                alive.write(f"{os.getpid()}\n")
                alive.flush()
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(prefix: str) -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        with suppress(OSError):
            found = folder.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
                continue
            with (folder / _ALIVE).open("r+", encoding="ascii") as alive:
                if alive.read(1) and _lock(alive):
                    shutil.rmtree(folder, ignore_errors=True)


def _lock(file: IO[str]) -> bool:
    """Whether the lock could be had."""
    try:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (ImportError, OSError):
        return False
    return True
