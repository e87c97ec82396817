"""Runs the work of a job in a process of its own, so that a video cannot take the job along."""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from collections.abc import Callable

from unmask.disk.machine import what_it_lacks
from unmask.errors import UnmaskError
from unmask.frames.bounds import CRASHES, OUT_OF_MEMORY, bound_memory, crashed, took_too_long
from unmask.frames.limits import MediaLimits
from unmask.workflow import lifeline

_LOOKS_EVERY_S = 0.02


def run_apart(work: Callable[[], None], limits: MediaLimits) -> str:
    """Do ``work`` in a fork of this process, which must not have threads that hold locks.

    Returns:
        Why it was not done: it took longer than ``limits.timeout``, more memory than it gets, or
        a decoder crashed. Empty if it was done.

    Raises:
        SystemExit: the work itself ended in an error, which was told.
        UnmaskError: somebody else ended it.
    """
    if not hasattr(os, "fork"):
        work()
        return ""
    parent = os.getpid()
    child = os.fork()
    if not child:
        _work_and_end(work, parent)
    status = _wait(child, limits.timeout)
    if status is None:
        return took_too_long(limits)
    code = os.waitstatus_to_exitcode(status)
    if code == OUT_OF_MEMORY or -code in CRASHES:
        return crashed(code)
    if code < 0:
        raise UnmaskError(f"It was ended by signal {-code}; perhaps memory ran out. Run it again.")
    if code:
        sys.exit(code)
    return ""


def _work_and_end(work: Callable[[], None], parent: int) -> None:
    code = 1
    try:
        lifeline.die_with(parent)
        bound_memory()
        work()
        code = 0
    except UnmaskError as error:
        print(error, file=sys.stderr)
        code = 2
    except MemoryError:
        code = OUT_OF_MEMORY
    except OSError as error:
        if text := what_it_lacks(error):
            print(text, file=sys.stderr)
            code = 2
        else:
            traceback.print_exc()
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _wait(child: int, seconds: float) -> int | None:
    """The status with which the child ended; None if it was ended because it took longer."""
    end = time.monotonic() + seconds
    try:
        handle = os.pidfd_open(child)
    except (AttributeError, OSError):
        while time.monotonic() < end:
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                return status
            time.sleep(_LOOKS_EVERY_S)
    else:
        import select

        ended = select.select([handle], [], [], seconds)[0]
        os.close(handle)
        if ended:
            return os.waitpid(child, 0)[1]
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None
