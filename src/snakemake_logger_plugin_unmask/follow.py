"""Shows what a long job writes into its log, while it writes."""

from __future__ import annotations

import re
from pathlib import Path
from threading import Event, Thread

from snakemake_logger_plugin_unmask.screen import Screen, Stage

FOLLOWED = ("train", "verdicts")
"""Stages of a single job whose lines are worth reading as they come."""

EVERY_S = 0.5

_NOISE = re.compile(r"\d{4}-\d\d-\d\d |[IWEF]\d{4} |WARNING: All log messages before absl|\s*$")
_EPOCH = re.compile(r"epoch (\d+)/(\d+): ")
_BATCH = re.compile(r"epoch (\d+)/(\d+): batch (\d+) of (\d+), .*")
_FILE = re.compile(r"(\d+) of (\d+): ")


class Follower:
    """Reads a log as it grows, in a thread of its own, until it is stopped."""

    def __init__(self, file: Path, screen: Screen, stage: Stage) -> None:
        self._file, self._screen, self._stage = file.absolute(), screen, stage
        self._before, self._at, self._rest = self._state(), 0, b""
        self._stopped = Event()
        self._thread = Thread(target=self._follow, name="log", daemon=True)
        self._thread.start()

    def stop(self, *, read: bool = True) -> None:
        """The job is over. Unless it failed, show the rest of what it wrote."""
        self._stopped.set()
        self._thread.join()
        if read:
            self._before = None
            self._read()

    def _follow(self) -> None:
        while not self._stopped.wait(EVERY_S):
            self._read()

    def _state(self) -> tuple[int, int] | None:
        """What tells a log that was there before from the one of this job."""
        try:
            status = self._file.stat()
        except OSError:
            return None
        return status.st_ino, status.st_mtime_ns

    def _read(self) -> None:
        if self._before is not None and self._state() == self._before:
            return
        self._before = None
        try:
            with self._file.open("rb") as stream:
                stream.seek(self._at)
                new = stream.read()
        except OSError:
            return
        self._at += len(new)
        *lines, self._rest = (self._rest + new).split(b"\n")
        for line in lines:
            self._show(line.decode("utf-8", "replace").rstrip())

    def _show(self, line: str) -> None:
        if _NOISE.match(line):
            return
        if found := _BATCH.match(line):
            epoch, epochs, batch, batches = map(int, found.groups())
            self._screen.step(self._stage, epoch - 1 + batch / batches, epochs, line)
        elif found := _FILE.match(line):
            self._screen.step(self._stage, int(found[1]) - 1, int(found[2]), line)
        else:
            self._screen.say(f"  {line}")
            if found := _EPOCH.match(line):
                self._screen.step(self._stage, int(found[1]), int(found[2]), "")
