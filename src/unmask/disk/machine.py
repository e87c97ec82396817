"""This machine: its name, which of its processes live, and what it lacks when work fails."""

from __future__ import annotations

import errno
import os
import platform
import re
from pathlib import Path

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NOT_ALLOWED = {errno.EACCES, errno.EPERM, errno.EROFS}
_BROKEN = {errno.EIO, errno.ESTALE, errno.EMFILE, errno.ENFILE}

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


def what_it_lacks(error: BaseException) -> str:
    """What to do about an error from a full disk, a folder closed to us, or lack of memory.

    Empty for an error that is none of these.
    """
    if isinstance(error, MemoryError) or getattr(error, "errno", None) == errno.ENOMEM:
        return (
            "not enough memory. Let fewer jobs run at once (--cores 1), or lower the setting that "
            "takes it: frames.max_size, train.batch_size."
        )
    if not isinstance(error, OSError):
        return ""
    where = f"{error.filename}: " if error.filename else ""
    if error.errno in _NO_ROOM:
        return (
            f"{where}{error.strerror}. Make room on that disk and run again; nothing half is kept."
        )
    if error.errno in _NOT_ALLOWED:
        return f"{where}{error.strerror}. See that you may read and write there, then run again."
    if error.errno in _BROKEN:
        return f"{where}{error.strerror}. See to the disk or its limits, then run again."
    return ""
