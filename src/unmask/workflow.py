"""What a workflow tool needs to know before the first job: settings, videos, targets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from unmask import settings, stages
from unmask.config import Config, validate
from unmask.config.datasets import Demo
from unmask.inventory import Inventory, take_inventory
from unmask.manifest import manifest_text, quarantine_text
from unmask.tables import write_if_changed

SETTINGS = Path("results/settings")


@dataclass
class Plan:
    """The checked configuration and the inventory of its datasets."""

    config: Config
    inventory: Inventory

    @property
    def demo(self) -> Demo | None:
        """The demo dataset, if it is configured."""
        return next((d for d in self.config.datasets if isinstance(d, Demo)), None)

    @property
    def demo_files(self) -> list[str]:
        """What filming the demo makes: its clips and their labels."""
        if not self.demo:
            return []
        clips = [v.path for v in self.inventory.videos if v.dataset == self.demo.name]
        return [*clips, f"{self.demo.root.rstrip('/')}/metadata.json"]

    @cached_property
    def paths(self) -> dict[str, str]:
        """Where each video lies, by its id."""
        return {video.video: video.path for video in self.inventory.videos}

    @property
    def filmed(self) -> list[str]:
        """Ids of the videos and images in which faces are to be found."""
        names = {dataset.name for dataset in self.config.datasets if not dataset.cropped}
        return [video.video for video in self.inventory.videos if video.dataset in names]

    @property
    def cropped(self) -> dict[str, list[str]]:
        """Files of each dataset whose images are face crops already."""
        names = [dataset.name for dataset in self.config.datasets if dataset.cropped]
        return {
            name: [video.path for video in self.inventory.videos if video.dataset == name]
            for name in names
        }

    def summary(self) -> str:
        """What was found, in one line a dataset."""
        videos = self.inventory.videos
        counts = Counter((video.dataset, video.label) for video in videos)
        groups = {video.dataset: set() for video in videos}
        for video in videos:
            groups[video.dataset].add(video.group)
        lines = [
            f"{name}: {counts[name, 0]} real and {counts[name, 1]} fake in {len(found)} groups"
            for name, found in groups.items()
        ]
        if problems := self.inventory.problems:
            lines.append(
                f"{len(problems)} listed or found videos cannot be used, the first: "
                f"{problems[0].reason}. All are in results/quarantine.csv."
            )
        return "\n".join(lines)


def make_plan(configuration: Mapping[str, Any], where: Path = Path()) -> Plan:
    """Check the configuration, list the videos, and write both below ``results/settings``.

    Files there are touched only when their content changes.

    Raises:
        ConfigError, DatasetError: before anything is written.
    """
    config = validate(configuration)
    inventory = take_inventory(config.datasets, where)
    plan = Plan(config, inventory)
    folder = where / SETTINGS
    for name, stage in stages.STAGES.items():
        settings.save(folder / f"{name}.json", stage.select(config), stages.code_digest(name))
    write_if_changed(folder / "videos.csv", manifest_text(inventory.videos))
    write_if_changed(folder / "problems.csv", quarantine_text(inventory.problems))
    return plan
