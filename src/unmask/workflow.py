"""What a workflow tool needs to know before the first job: settings, videos, targets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from unmask import settings, stages
from unmask.config import Config, validate
from unmask.config.datasets import Demo
from unmask.errors import ConfigError, DatasetError, UnmaskError
from unmask.fingerprints import fingerprints
from unmask.inventory import Inventory, take_inventory
from unmask.manifest import Video, manifest_text, quarantine_text
from unmask.split import assign_splits, missing_classes
from unmask.tables import write_if_changed

SETTINGS = Path("results/settings")


@dataclass
class Plan:
    """The checked configuration and the inventory of its datasets."""

    config: Config
    inventory: Inventory
    fingerprints: dict[str, str]
    """Of each file, by its path. The demo's files have none: what made them is known."""
    split: list[Video] = field(default_factory=list)
    """The manifest as it will be."""

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

    def path(self, video: str) -> str:
        """Where a video lies.

        Raises:
            DatasetError: there is none of that id.
        """
        if video not in self._paths:
            raise DatasetError(
                f"There is no video {video!r} in the datasets. results/manifest.csv lists them."
            )
        return self._paths[video]

    def fingerprint(self, video: str) -> str:
        """The fingerprint of a video's file; empty for a clip of the demo."""
        return self.fingerprints.get(self.path(video), "")

    @cached_property
    def _paths(self) -> dict[str, str]:
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
        if lacking := missing_classes(self.split):
            lines.append(f"With this split, {'; '.join(lacking)}.")
        if problems := self.inventory.problems:
            lines.append(
                f"{len(problems)} listed or found videos cannot be used, the first: "
                f"{problems[0].reason}. results/quarantine.csv will list all."
            )
        return "\n".join(lines)


def make_plan(
    configuration: Mapping[str, Any], where: Path = Path(), *, write: bool = True
) -> Plan:
    """Check the configuration, list the videos, and write both below ``results/settings``.

    Files there are touched only when their content changes, and not at all without ``write``:
    another run may be reading them.

    Raises:
        ConfigError, DatasetError: before anything is written.
    """
    config = validate(configuration)
    _check_weights(config, where)
    inventory = take_inventory(config.datasets, where)
    folder = where / SETTINGS
    try:
        known = fingerprints(
            (video.path for video in inventory.videos if video.dataset not in _demos(config)),
            where,
            folder / "fingerprints.csv",
            keep=write,
        )
        plan = Plan(config, inventory, known)
        plan.split = assign_splits(inventory.videos, **config.split.model_dump())
        if write:
            _write(plan, folder)
    except OSError as error:
        raise UnmaskError(
            f"{error.filename}: {error.strerror}. The folder in which the workflow runs must be "
            "writable, and the videos readable."
        ) from None
    return plan


def _demos(config: Config) -> set[str]:
    return {dataset.name for dataset in config.datasets if isinstance(dataset, Demo)}


def _check_weights(config: Config, where: Path) -> None:
    """Say now, not after hours of detection, that a weights file is missing."""
    for path in config.weights_files:
        if not (where / path).is_file():
            raise ConfigError(
                f"model.weights: there is no file {path} in {where.resolve()}. Name a file that "
                "is there, or write imagenet, or:\n  model:\n    weights: none"
            )


def _write(plan: Plan, folder: Path) -> None:
    config, inventory = plan.config, plan.inventory
    for name, stage in stages.STAGES.items():
        settings.save(folder / f"{name}.json", stage.select(config), stages.code_digest(name))
    write_if_changed(folder / "videos.csv", manifest_text(inventory.videos))
    write_if_changed(folder / "problems.csv", quarantine_text(inventory.problems))
