"""What the jobs of a run need of its plan, written down by the run, so that none of them plans.

A job that runs in a Snakemake of its own, as on a cluster, reads this instead: it checks no
configuration, lists no videos, and does not care what happens to either while the run is at work.
"""

from __future__ import annotations

import csv
import json
import mmap
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from unmask.disk.files import write_if_changed
from unmask.disk.tables import table_text
from unmask.errors import DatasetError, UnmaskError
from unmask.report.explore.choice import Choice

if TYPE_CHECKING:  # a job does without the configuration, and what checks it
    from unmask.workflow.plan import Plan

FILE = Path(".snakemake/unmask/plan.json")

_TABLE = FILE.with_name("videos.csv")
_COLUMNS = ("video", "source", "path")
"""Of the table of videos in which faces are to be found."""


def freeze(plan: Plan, where: Path) -> None:
    """Write down what jobs need."""
    names = [*plan.settings, *(f"repeats/{name}/train" for name in plan.repeats)]
    rows = ((video, plan.source(video), plan.path(video)) for video in plan.filmed)
    write_if_changed(
        where / _TABLE,
        table_text(_COLUMNS, (dict(zip(_COLUMNS, row, strict=True)) for row in rows)),
    )
    content = {
        "demo_files": plan.demo_files,
        "weights_files": plan.config.weights_files,
        "weights": plan.weights,
        "gpus_to_detect": plan.gpus_to_detect,
        "shown": asdict(plan.shown) if plan.shown else None,
        "cropped": {name: plan.cropped_source(name) for name in plan.cropped},
        "repeats": list(plan.repeats),
        "current": [stage for stage in names if plan.is_current(stage)],
    }
    write_if_changed(where / FILE, json.dumps(content, indent=1) + "\n")


def thaw(where: Path = Path()) -> FrozenPlan:
    """What was written down.

    Raises:
        UnmaskError: there is nothing.
    """
    try:
        content = json.loads((where / FILE).read_text("utf-8"))
        shown = content.pop("shown")
        return FrozenPlan(where, shown=Choice(**shown) if shown else None, **content)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise UnmaskError(
            f"{where / FILE}: {error}. A run writes it for its jobs; start the run again."
        ) from None


@dataclass
class FrozenPlan:
    """The part of a :class:`~unmask.workflow.plan.Plan` that rules ask for in a job."""

    where: Path
    demo_files: list[str]
    weights_files: list[str]
    weights: str
    gpus_to_detect: int
    shown: Choice | None
    cropped: dict[str, str]
    """The fingerprint of all images of each dataset that is crops already, by its name."""
    repeats: list[str]
    current: list[str]

    @property
    def demo(self) -> bool:
        """Whether the demo is among the datasets."""
        return bool(self.demo_files)

    @property
    def config(self) -> FrozenPlan:
        """The settings that rules read; there is one."""
        return self

    def path(self, video: str) -> str:
        """Where a video lies."""
        return self._row(video)[2]

    def source(self, video: str) -> str:
        """The fingerprint of a video's file, or the key of the demo."""
        return self._row(video)[1]

    def cropped_source(self, dataset: str) -> str:
        """One fingerprint for all images of a dataset that is crops already."""
        return self.cropped[dataset]

    @cached_property
    def filmed(self) -> list[str]:
        """Ids of the videos and images in which faces are to be found."""
        with (self.where / _TABLE).open(newline="", encoding="utf-8") as file:
            return [row[0] for row in csv.reader(file)][1:]

    def check_repeats(self) -> list[str]:
        """The names of the repeats."""
        return self.repeats

    def is_current(self, stage: str) -> bool:
        """Whether the result of a stage was as it ought to be when the run began."""
        return stage in self.current

    def _row(self, video: str) -> list[str]:
        """The row of a video, found without reading those of all others."""
        with (
            (self.where / _TABLE).open("rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as table,
        ):
            start = table.find(f"\n{video},".encode())
            if start < 0:
                raise DatasetError(f"There is no video {video!r} in {_TABLE}.")
            table.seek(start + 1)
            lines: Any = iter(lambda: table.readline().decode(), "")
            return next(csv.reader(lines))
