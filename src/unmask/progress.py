"""How far a long command is: a bar on a terminal, a line a step anywhere else."""

from __future__ import annotations

import shutil
import sys
import time
from typing import TextIO

_BAR = 20


class Progress:
    """Tells of ``total`` steps on ``stream``, and prints results on ``results`` in between.

    With ``quiet`` it only prints the results.
    """

    def __init__(
        self,
        total: int,
        *,
        stream: TextIO | None = None,
        results: TextIO | None = None,
        quiet: bool = False,
    ) -> None:
        self._total, self._done, self._name, self._quiet = total, 0, "", quiet
        self._stream, self._results = stream or sys.stderr, results or sys.stdout
        self._live = self._stream.isatty() and not quiet
        self._started = time.monotonic()

    def begin(self, name: str) -> None:
        """The next step starts."""
        self._name = name
        if not self._done:
            self._started = time.monotonic()
        if self._live:
            self._draw()
        elif not self._quiet:
            print(f"{self._done + 1} of {self._total}: {name}", file=self._stream, flush=True)

    def detail(self, text: str) -> None:
        """What the step is busy with; shown on a terminal only."""
        if self._live:
            self._draw(text)

    def end(self, result: str) -> None:
        """The step is done, with this result."""
        self._done += 1
        self.say(result)

    def say(self, text: str) -> None:
        """Print a line among the results."""
        self.clear()
        print(text, file=self._results, flush=True)

    def clear(self) -> None:
        """Take the bar away, so that something else can be written."""
        if self._live:
            print("\r\x1b[K", end="", file=self._stream, flush=True)

    def _draw(self, detail: str = "") -> None:
        filled = _BAR * self._done // self._total
        bar = "█" * filled + "░" * (_BAR - filled)
        parts = [bar, f"{self._done}/{self._total}", self._left(), self._name, detail]
        line = "  ".join(part for part in parts if part)
        width = shutil.get_terminal_size().columns - 1
        print(f"\r\x1b[K{line[:width]}", end="", file=self._stream, flush=True)

    def _left(self) -> str:
        if not self._done:
            return ""
        seconds = (time.monotonic() - self._started) / self._done * (self._total - self._done)
        return f"{duration(seconds)} left"


def duration(seconds: float) -> str:
    """So many seconds in words, such as 1 h 05 min."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60:02d} min"
