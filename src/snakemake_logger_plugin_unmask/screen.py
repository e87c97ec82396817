"""Where a run is shown: bars that move on a terminal, plain lines anywhere else."""

from __future__ import annotations

import os
import time
from abc import ABC, abstractmethod
from contextlib import suppress
from dataclasses import dataclass, field
from threading import RLock
from typing import TYPE_CHECKING, TextIO

from unmask.progress import duration

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

SILENT_S = 300.0
"""A run without a terminal says at least this often how far it is."""

PARTS = 4
"""It also says so at each of so many parts of a stage of many jobs …"""

MANY = 20
"""… that has at least so many."""


@dataclass
class Stage:
    """How far a stage is: a number of jobs, or within a single one a number of steps."""

    name: str
    total: int
    done: int = 0
    began: float = field(default_factory=time.monotonic)

    @property
    def spent_s(self) -> float:
        """Seconds since its first job began."""
        return time.monotonic() - self.began

    def __str__(self) -> str:
        count = f"{self.done} of {self.total}" if self.total > 1 else "done"
        return f"{self.name:<12} {count}"


class Screen(ABC):
    """Shows lines that stay, and how far each stage is. Used by several threads."""

    def __init__(self, stream: TextIO) -> None:
        self.stream, self.lock = stream, RLock()

    def say(self, text: str) -> None:
        """Print lines that stay."""
        with self.lock, suppress(BrokenPipeError):
            print(text, file=self.stream, flush=True)

    def end(self, stage: Stage) -> None:
        """A stage is done."""
        self.say(f"{stage!s:<28} {duration(stage.spent_s)}")

    @abstractmethod
    def show(self, stage: Stage) -> None:
        """A stage goes on."""

    @abstractmethod
    def step(self, stage: Stage, done: float, total: int, text: str) -> None:
        """How far the only job of a stage is."""

    @abstractmethod
    def close(self) -> None:
        """Nothing more will move."""


class Lines(Screen):
    """Plain lines, for a log file or a pipe: few of them."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self.said, self.parts = time.monotonic(), dict[str, int]()

    def say(self, text: str) -> None:
        """Print lines that stay."""
        super().say(text)
        self.said = time.monotonic()

    def show(self, stage: Stage) -> None:
        """Say how far it is, now and then."""
        part = PARTS * stage.done // stage.total if stage.total >= MANY else 0
        if part > self.parts.get(stage.name, 0) or (stage.done and self._long_ago()):
            self.parts[stage.name] = part
            self.say(f"{stage!s:<28} {duration(stage.spent_s)}, {_left(stage)}")

    def step(self, stage: Stage, done: float, total: int, text: str) -> None:
        """Say how far it is, now and then."""
        if self._long_ago():
            self.say(f"{stage.name:<12} {text}")

    def close(self) -> None:
        """Nothing moves here."""

    def _long_ago(self) -> bool:
        return time.monotonic() - self.said >= SILENT_S


class Bars(Screen):
    """A bar for each stage at work, below the lines that stay."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._progress: Progress | None = None
        self._bars: dict[str, TaskID] = {}

    def say(self, text: str) -> None:
        """Print lines that stay, above the bars."""
        with self.lock:
            if self._progress:
                self._progress.console.print(text, markup=False, highlight=False, soft_wrap=True)
            else:
                super().say(text)

    def show(self, stage: Stage) -> None:
        """Move its bar."""
        self._move(stage, stage.done, stage.total, "")

    def step(self, stage: Stage, done: float, total: int, text: str) -> None:
        """Move its bar."""
        self._move(stage, done, total, text)

    def end(self, stage: Stage) -> None:
        """Put a line in the place of the bar."""
        with self.lock:
            if self._progress and stage.name in self._bars:
                self._progress.remove_task(self._bars.pop(stage.name))
        super().end(stage)

    def close(self) -> None:
        """Take the bars away."""
        with self.lock:
            if self._progress:
                for bar in self._bars.values():
                    self._progress.remove_task(bar)
                self._progress.stop()
            self._progress, self._bars = None, {}

    def _move(self, stage: Stage, done: float, total: int, text: str) -> None:
        with self.lock:
            progress = self._progress = self._progress or self._start()
            if stage.name not in self._bars:
                # A single job of unknown length has a bar that only moves.
                known = total if total > 1 else None
                self._bars[stage.name] = progress.add_task(stage.name, total=known, text="")
            if total > 1:
                bar = self._bars[stage.name]
                progress.update(bar, completed=done, total=total, text=text)

    def _start(self) -> Progress:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )

        progress = Progress(
            TextColumn("{task.description:<12}"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[text]}"),
            console=Console(file=self.stream),
            refresh_per_second=4,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        progress.start()
        return progress


def screen_on(stream: TextIO) -> Screen:
    """Bars on a terminal that can move its cursor, lines anywhere else."""
    live = stream.isatty() and os.environ.get("TERM", "dumb") != "dumb"
    return Bars(stream) if live else Lines(stream)


def _left(stage: Stage) -> str:
    seconds = stage.spent_s / stage.done * (stage.total - stage.done)
    return f"{duration(seconds)} left"
