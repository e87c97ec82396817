"""One training at a time of a checkpoint, on whichever machine of a cluster."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from unmask.disk.machine import host, is_alive, started

BEAT_S = 20.0
"""How often the training at work says that it lives."""

SILENT_S = 9 * BEAT_S
"""What has said nothing for so long is gone: its machine, or its way to the disk."""

log = logging.getLogger(__name__)


@contextmanager
def alone(checkpoint: Path | None, poll_s: float = 1.0) -> Iterator[bool]:
    """Wait until no other training lives that keeps its state in ``checkpoint``.

    A run on a cluster that is killed leaves its training at work, and the next run sends another.
    Of this machine's processes the system tells which live. One of another machine has a file
    beside the checkpoint, which it touches as long as it lives; how old that is, is told by the
    clock of the disk.

    Yields:
        Whether there was another to wait for.
    """
    if checkpoint is None:
        yield False
        return
    turn = checkpoint.with_name(f"{checkpoint.name}.training")
    turn.parent.mkdir(parents=True, exist_ok=True)
    mine = turn.with_name(f"{turn.name}-{host()}-{os.getpid()}")
    mine.write_text(f"{host()} {os.getpid()} {started(os.getpid())}", encoding="ascii")
    waited = False
    try:
        while not _take(turn, mine):
            if not waited:
                log.info("waiting for the training of a run before: %s", _holder(turn))
            waited = True
            time.sleep(poll_s)
    finally:
        mine.unlink(missing_ok=True)
    over = threading.Event()
    beat = threading.Thread(target=_live, args=(turn, over), daemon=True)
    beat.start()
    try:
        yield waited
    finally:
        over.set()
        beat.join()
        turn.unlink(missing_ok=True)


def _take(turn: Path, mine: Path) -> bool:
    """Take the turn if nobody has it who lives. Of several that try, one gets it."""
    with suppress(FileExistsError):
        os.link(mine, turn)
        return True
    holder = _holder(turn)
    if holder and _lives(holder, turn, mine):
        return False
    taken = turn.with_name(f"{mine.name}-gone")
    with suppress(FileNotFoundError):
        turn.rename(taken)
        if _holder(taken) != holder:  # another was faster, and lives
            os.link(taken, turn)
        taken.unlink()
    return False


def _holder(turn: Path) -> str:
    """Machine, process and its start; empty if there is none, or it is being written."""
    try:
        return turn.read_text("ascii")
    except (OSError, ValueError):
        return ""


def _lives(holder: str, turn: Path, mine: Path) -> bool:
    machine, pid, begun = holder.split()
    if machine == host():
        return is_alive(int(pid), begun)
    os.utime(mine)
    try:
        return mine.stat().st_mtime - turn.stat().st_mtime < SILENT_S
    except FileNotFoundError:
        return False


def _live(turn: Path, over: threading.Event) -> None:
    while not over.wait(BEAT_S):
        with suppress(OSError):
            os.utime(turn)
