"""Which process this is, in words that tell it from every other, and whether another one lives."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path

_STATE, _STARTED = 0, 19
"""Places behind the name in ``/proc/PID/stat``. The start is in ticks since that of the machine."""


def host() -> str:
    """The name of this machine."""
    return re.sub(r"[^A-Za-z0-9.]", ".", platform.node()) or "localhost"


def started(pid: int) -> str:
    """When a process of this machine was started; 0 where that cannot be told."""
    status = _status(pid)
    return status[_STARTED] if len(status) > _STARTED else "0"


def is_alive(pid: int, since: str = "0") -> bool:
    """Whether a process lives, and is the one that was started then."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass  # somebody else's
    status = _status(pid)
    if status and status[_STATE] in "ZX":  # dead, and nobody has asked how it ended
        return False
    return since in ("0", started(pid))


def _status(pid: int) -> list[str]:
    try:
        text = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
    except OSError:
        return []
    return text.rpartition(")")[2].split()
