"""A lifeline to another process: when that one is gone, so is this one.

A run that is killed outright cannot stop its jobs. Left alone, they would go on writing results
beside the next run.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
import time

from unmask.disk.machine import is_alive

VARIABLE = "UNMASK_LIFELINE"
"""Environment variable by which a run tells its jobs its process id."""

_EVERY_S = 0.5


def die_with_parent() -> None:
    """Tie this process to the run that started it, if one did."""
    pid = os.environ.get(VARIABLE, "")
    if pid.isdigit():
        die_with(int(pid))


def die_with(pid: int) -> None:
    """Kill this process as soon as process ``pid`` is gone. Returns at once."""
    threading.Thread(target=_follow, args=(pid,), name="lifeline", daemon=True).start()


def _follow(pid: int) -> None:
    _wait(pid)
    # No clean-up: what is half-made has a temporary name, and another run may have begun.
    os.kill(os.getpid(), signal.SIGKILL if sys.platform != "win32" else signal.SIGTERM)


def _wait(pid: int) -> None:
    """Return when the process is gone."""
    try:
        handle = os.pidfd_open(pid)
    except (AttributeError, OSError):
        while is_alive(pid):
            time.sleep(_EVERY_S)
        return
    try:
        select.select([handle], [], [])
    finally:
        os.close(handle)
