"""Tries hostile inputs, each in a process of its own: ``python -m hostile.run [EVERY [FIRST]]``.

Prints what became of each as JSON, a line a case. ``EVERY`` tries every so many alone, from the
``FIRST``, which is 0.
"""

from __future__ import annotations

import faulthandler
import itertools
import json
import os
import resource
import select
import signal
import sys
import tempfile
import traceback
from collections.abc import Iterator
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

from PIL import Image

from hostile import clips, models, names, texts, uploads
from hostile.case import PROOF, REFUSED, Case, Outcome
from unmask.errors import UnmaskError

# What a case would import, so that each does not take its time for that.
for module in ("unmask.commands.frames", "unmask.workflow.apart", "unmask.frames.sample"):
    import_module(module)
Image.init()

SECONDS, MEGABYTES = 20.0, 2000.0
"""Bars of a case: seconds of a processor, so that they hold on a busy machine, and memory."""
PATIENCE = 240.0
"""Seconds by the clock, after which a case is said to hang."""
DISK = 2_000_000_000


def all_cases() -> list[Case]:
    """Every input, in an order that mixes the good with the bad."""
    return list(itertools.chain.from_iterable(
        kind.cases() for kind in (texts, names, clips, models, uploads)
    ))  # fmt: skip


def outcomes(cases: list[Case], folder: Path) -> Iterator[Outcome]:
    """Try each; the good ones also before all others, so that their bytes are known."""
    for case in [*(case for case in cases if case.kind == "good videos"), *cases]:
        yield _tried(case, folder)


def _tried(case: Case, base: Path) -> Outcome:
    folder = Path(tempfile.mkdtemp(dir=base, prefix="case-"))
    before = _beside(base, folder)
    read, write = os.pipe()
    child = os.fork()
    if not child:
        _attack(case, folder, write)
    os.close(write)
    handle = os.pidfd_open(child)
    over = not select.select([handle], [], [], PATIENCE)[0]
    if over:
        os.killpg(child, signal.SIGKILL)
    os.close(handle)
    _, status, used = os.wait4(child, 0)
    seconds = used.ru_utime + used.ru_stime
    with os.fdopen(read, "rb") as pipe:
        became, _, said = pipe.read().decode("utf-8", "replace").partition("\n")
    if over:
        became = f"hangs: not done after {PATIENCE:g} s"
    elif status:
        became = f"ended with status {status}"
    elif _beside(base, folder) != before or list(base.rglob(PROOF)):
        became = "wrote outside of its folder"
    megabytes = used.ru_maxrss / 1024
    if seconds > SECONDS:
        became = f"took {seconds:.0f} s of a processor"
    if megabytes > MEGABYTES:
        became = f"took {megabytes:.0f} MB"
    os.system(f"rm -rf '{folder}'")
    return Outcome(case.kind, case.name, became, round(seconds, 2), round(megabytes), said)


def _beside(base: Path, folder: Path) -> list[str]:
    return sorted(path.name for path in base.iterdir() if path not in (folder, base / "good.json"))


def _attack(case: Case, folder: Path, write: int) -> None:
    os.setpgid(0, 0)
    os.chdir(folder)
    resource.setrlimit(resource.RLIMIT_FSIZE, (DISK * 5, DISK * 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1):
        os.dup2(null, stream)
    try:
        became = case.attack(folder)
    except UnmaskError as error:
        became = f"{REFUSED}\n{error}"
    except BaseException:
        became = f"failed\n{traceback.format_exc()}"
    os.write(write, became.encode("utf-8", "backslashreplace")[:60_000])
    os._exit(0)


def main() -> None:
    """Print a line for each case."""
    faulthandler.enable()
    every, first, *_ = [*map(int, sys.argv[1:]), *(1, 0)[len(sys.argv) - 1 :]]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        for outcome in outcomes(all_cases()[first::every], Path(folder)):
            print(json.dumps(asdict(outcome)), flush=True)


if __name__ == "__main__":
    main()
