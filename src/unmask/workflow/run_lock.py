"""The lock of a run: one at a time in a folder, and none left behind by a run that was killed.

Snakemake's own lock is a file that a killed run leaves behind. This one is held by the operating
system for as long as the process lives, so whoever gets it knows that Snakemake's is left over.
"""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

from unmask.errors import UnmaskError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

LOCK = Path(".snakemake/unmask/lock")
_OF_SNAKEMAKE = Path(".snakemake/locks")
_PATIENCE_S = 60.0

_held: list[int] = []
"""Open files that hold a lock, until the process ends."""


def take(where: Path = Path(), patience_s: float = _PATIENCE_S) -> bool:
    """Take the lock of a folder until this process ends, and remove what a dead run left.

    Args:
        where: the folder in which the workflow runs.
        patience_s: how long to wait for a run that is not working yet: a dry run, say.

    Returns:
        Whether it was taken. False: another run is at work, and this one must not write.

    Raises:
        UnmaskError: another run has the lock for longer than that.
    """
    path, others = where / LOCK, where / _OF_SNAKEMAKE
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise UnmaskError(
            f"{error.filename}: {error.strerror}. The folder in which the workflow runs must be "
            "writable."
        ) from None
    until = time.monotonic() + patience_s
    try:
        while not _lock(handle):
            if any(others.glob("*")):
                os.close(handle)
                return False
            if time.monotonic() >= until:
                raise UnmaskError(
                    f"Another run is being planned in {where.resolve()}. Run again when it is done."
                )
            time.sleep(0.1)
    except _NoLocksError:
        os.close(handle)
        return not any(others.glob("*"))
    _held.append(handle)
    shutil.rmtree(others, ignore_errors=True)
    return True


class _NoLocksError(Exception):
    """The system or file system knows no such locks. Snakemake's own then has to do."""


def _lock(handle: int) -> bool:
    if fcntl is None:
        raise _NoLocksError
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        raise _NoLocksError from None
    return True
