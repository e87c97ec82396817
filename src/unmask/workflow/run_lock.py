"""The lock of a run: one at a time in a folder, and none left behind by a run that was killed.

Snakemake's own lock is a file that a killed run leaves behind. This one is held by the operating
system for as long as the process lives, so whoever gets it knows that Snakemake's is left over. On
a shared disk that reaches no further than the machine. So the lock also names its holder in a file,
and what another machine holds is never taken from it.
"""

from __future__ import annotations

import atexit
import os
import shutil
import time
from contextlib import suppress
from pathlib import Path

from unmask.disk.machine import host, is_alive, started
from unmask.errors import UnmaskError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

LOCK = Path(".snakemake/unmask/lock")
HOLDER = Path(".snakemake/unmask/holder")
"""Names machine, process, its start, and the time, a line each."""

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
    path = where / LOCK
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        if not _wait(handle, where, time.monotonic() + patience_s):
            os.close(handle)
            return False
    except OSError as error:
        raise UnmaskError(
            f"{error.filename}: {error.strerror}. The folder in which the workflow runs must be "
            "writable."
        ) from None
    _held.append(handle)
    atexit.register(_give_back, where.absolute() / HOLDER)
    shutil.rmtree(where / _OF_SNAKEMAKE, ignore_errors=True)
    return True


def _wait(handle: int, where: Path, until: float) -> bool:
    """Wait while another run plans. Returns whether the lock was got, or one is at work."""
    while not (_lock(handle) and _sign(where / HOLDER)):
        if any((where / _OF_SNAKEMAKE).glob("*")):
            return False
        if time.monotonic() >= until:
            os.close(handle)
            raise UnmaskError(
                f"Another run is being planned in {where.resolve()}. Run again when it is done. "
                f"{holder(where)}"
            )
        time.sleep(0.1)
    return True


def require(then: str) -> None:
    """Take the lock of this folder.

    Raises:
        UnmaskError: another run has it; says what to do ``then``.
    """
    if not take():
        raise UnmaskError(refusal(then))


def refusal(then: str, where: Path = Path()) -> str:
    """What to say to a run that has to stand back."""
    return f"Another run is using this folder. {then} {holder(where)}".rstrip()


def holder(where: Path = Path()) -> str:
    """Who has the lock of a folder, and how to lift it if that one is on a machine that is gone."""
    if not (found := _read(where / HOLDER)):
        return ""
    name, pid, _, since = found
    text = f"It is process {pid} on {name}, begun {since}."
    if name == host():
        return text
    return (
        f"{text} Whether it lives cannot be told from {host()}. Look there (or with squeue); if it "
        f"is gone, with all of its jobs, lift its lock: rm {where / HOLDER}"
    )


def _lock(handle: int) -> bool:
    if fcntl is None:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True  # the file system knows no such locks: the holder's name has to do
    return True


def _sign(path: Path) -> bool:
    """Write who has the lock, unless somebody has it who may be alive."""
    mine, found = _me(), _read(path)
    if found[:3] == mine:
        return True
    if found and (found[0] != host() or is_alive(int(found[1]), found[2])):
        return False
    path.unlink(missing_ok=True)
    signed = path.with_name(f"{path.name}-{'-'.join(mine)}")
    signed.write_text("\n".join([*mine, time.strftime("%Y-%m-%d %H:%M:%S %z")]), "utf-8")
    try:
        os.link(signed, path)  # of several machines only one can
    except FileExistsError:
        return False
    except OSError:  # no links on this disk
        signed.replace(path)
    finally:
        signed.unlink(missing_ok=True)
    return True


def _me() -> list[str]:
    return [host(), str(os.getpid()), started(os.getpid())]


def _read(path: Path) -> list[str]:
    """The lines about the holder; none if there is none."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, ValueError):
        return []
    return lines if len(lines) == 4 and lines[1].isdigit() else []


def _give_back(path: Path) -> None:
    if _read(path)[:3] == _me():
        with suppress(OSError):
            path.unlink()
