"""Bounds for a process that decodes what strangers made, and what it is said to have ended from."""

from __future__ import annotations

import signal
from contextlib import suppress
from pathlib import Path

from unmask.frames.limits import MediaLimits

MEMORY = 7 * 2**28
"""Bytes that decoding one file may take: a dozen frames of 8K video, or one picture of 120 million
pixels, read, turned and shrunk."""

OUT_OF_MEMORY = 77
"""Exit status of a process that ran into that bound."""

CRASHES = {
    getattr(signal, name)
    for name in ("SIGSEGV", "SIGBUS", "SIGILL", "SIGFPE", "SIGABRT", "SIGTRAP", "SIGSYS")
    if hasattr(signal, name)
}
"""Signals by which a program ends that does what it must not. Others come from somebody else."""


def bound_memory(most: int = MEMORY) -> None:
    """Let this process take so many bytes beside those that it has; not on every system."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        status = Path("/proc/self/status").read_text("ascii")
        [data] = [line.split()[1] for line in status.splitlines() if line.startswith("VmData:")]
        limit = int(data) * 1024 + most
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def needs_memory() -> str:
    """The reason where decoding ran into :data:`MEMORY`."""
    return f"it takes more than {MEMORY / 2**30:g} GiB of memory to decode"


def took_too_long(limits: MediaLimits) -> str:
    """The reason where decoding was given up."""
    return f"it takes longer than {limits.names('timeout')} seconds"


def crashed(code: int) -> str:
    """The reason where a process ended with a status (negative: by a signal)."""
    if code == OUT_OF_MEMORY:
        return needs_memory()
    name = signal.Signals(-code).name if code < 0 else f"status {code}"
    return f"the decoder crashed on it ({name})"
