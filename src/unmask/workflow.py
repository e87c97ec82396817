"""What a workflow tool needs to know before the first job: settings, videos, targets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from unmask import settings, stages
from unmask.config import Config, validate
from unmask.config.datasets import Demo
from unmask.errors import ConfigError, DatasetError, UnmaskError
from unmask.fingerprints import fingerprints
from unmask.inventory import Inventory, take_inventory
from unmask.manifest import Video, manifest_text, quarantine_text
from unmask.provenance import digest, key
from unmask.results import SETTINGS, SOURCES, expected
from unmask.settle import Settled, settle
from unmask.split import assign_splits, missing_classes
from unmask.tables import table_text, write_if_changed

MEMORY = Path(".snakemake/unmask/fingerprints.csv")
"""Fingerprints taken before, with the dates of the files: true on this machine only."""


@dataclass
class Plan:
    """The checked configuration, the inventory of its datasets, and what follows from both."""

    config: Config
    inventory: Inventory
    fingerprints: dict[str, str]
    """Of each file, by its path. The demo's files have none: what made them is known."""
    split: list[Video] = field(default_factory=list)
    """The manifest as it will be."""
    settled: Settled | None = None
    """Which results are not as they ought to be. None if the plan was not written."""

    @property
    def demo(self) -> Demo | None:
        """The demo dataset, if it is configured."""
        return next((d for d in self.config.datasets if isinstance(d, Demo)), None)

    @property
    def demo_files(self) -> list[str]:
        """What filming the demo makes: its clips, their labels, and a receipt."""
        if not self.demo:
            return []
        clips = [v.path for v in self.inventory.videos if v.dataset == self.demo.name]
        root = self.demo.root.rstrip("/")
        return [*clips, f"{root}/metadata.json", f"{root}/made_of.json"]

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

    def source(self, video: str) -> str:
        """The fingerprint of a video's file; for a clip of the demo, the key of the demo."""
        return self.fingerprints.get(self.path(video)) or self.demo_key

    def cropped_source(self, dataset: str) -> str:
        """One fingerprint for all images of a dataset that is crops already."""
        return digest(self._sources(dataset))

    @property
    def weights(self) -> str:
        """The fingerprint of the file that the weights come from; empty if there is none."""
        return "".join(self.fingerprints[path] for path in self.config.weights_files)

    @property
    def gpus_to_detect(self) -> int:
        """How many GPUs a detection job takes: 1 if it is to run on one, as far as can be told."""
        detect = self.config.detect
        if detect.detector != "mtcnn" or detect.device == "cpu":
            return 0
        return int(detect.device == "gpu" or _has_gpu_runtime())

    @cached_property
    def demo_key(self) -> str:
        """The key of the demo's clips."""
        return key(self.settings["demo"], [])

    @cached_property
    def settings(self) -> dict[str, str]:
        """What is written into the settings file of each stage."""
        return {
            name: settings.text(stage.select(self.config), stages.code_digest(name))
            for name, stage in stages.STAGES.items()
        }

    @cached_property
    def tables(self) -> dict[str, str]:
        """What is written beside the settings: the videos, and what cannot be used."""
        return {
            "videos.csv": manifest_text(self.inventory.videos),
            "problems.csv": quarantine_text(self.inventory.problems),
            SOURCES: self._sources(),
        }

    def _sources(self, dataset: str | None = None) -> str:
        """The fingerprint of each video, as CSV."""
        return table_text(
            ("video", "dataset", "path", "fingerprint"),
            (
                {
                    "video": video.video,
                    "dataset": video.dataset,
                    "path": video.path,
                    "fingerprint": self.source(video.video),
                }
                for video in self.inventory.videos
                if dataset in (None, video.dataset)
            ),
        )

    @cached_property
    def _paths(self) -> dict[str, str]:
        return {video.video: video.path for video in self.inventory.videos}

    @cached_property
    def filmed(self) -> list[str]:
        """Ids of the videos and images in which faces are to be found."""
        names = {dataset.name for dataset in self.config.datasets if not dataset.cropped}
        return [video.video for video in self.inventory.videos if video.dataset in names]

    @cached_property
    def cropped(self) -> dict[str, list[str]]:
        """Files of each dataset whose images are face crops already."""
        names = [dataset.name for dataset in self.config.datasets if dataset.cropped]
        return {
            name: [video.path for video in self.inventory.videos if video.dataset == name]
            for name in names
        }

    def is_current(self, stage: str) -> bool:
        """Whether the result of a stage is there and as it ought to be."""
        if self.settled is None:
            return False
        return all(r.stage != stage for r in (*self.settled.stale, *self.settled.absent))

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

    Files there are touched only when their content changes. The times of results are settled, so
    that they tell what is to be made again. Without ``write`` nothing is touched: another run may
    be reading it.

    Raises:
        ConfigError, DatasetError: before anything is written.
    """
    config = validate(configuration)
    _check_weights(config, where)
    inventory = take_inventory(config.datasets, where)
    videos = [video.path for video in inventory.videos if video.dataset not in _demos(config)]
    try:
        known = fingerprints([*videos, *config.weights_files], where, where / MEMORY, keep=write)
        plan = Plan(config, inventory, known)
        plan.split = assign_splits(inventory.videos, **config.split.model_dump())
        if write:
            _write(plan, where / SETTINGS)
            plan.settled = settle(expected(plan), where)
    except OSError as error:
        raise UnmaskError(
            f"{error.filename}: {error.strerror}. The folder in which the workflow runs must be "
            "writable, and the videos readable."
        ) from None
    return plan


def _has_gpu_runtime() -> bool:
    """Whether the build of ONNX Runtime that can use a GPU is installed. Does not import it."""
    try:
        return bool(distribution("onnxruntime-gpu"))
    except PackageNotFoundError:
        return False


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
    for stage, text in plan.settings.items():
        write_if_changed(folder / f"{stage}.json", text)
    for name, text in plan.tables.items():
        write_if_changed(folder / name, text)
