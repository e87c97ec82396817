"""The plan of a run: all that is known before the first job."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import PackageNotFoundError, distribution

from unmask.config.datasets import Demo
from unmask.config.schema import Config
from unmask.disk.files import digest
from unmask.disk.tables import table_text
from unmask.errors import ConfigError, DatasetError
from unmask.report.explore.choice import Choice
from unmask.videos.inventory import Inventory
from unmask.videos.manifest import Candidate, LeftOut, Video, candidates_text
from unmask.videos.partners import fakes_alone
from unmask.videos.problems import quarantine_text
from unmask.workflow import stage_settings, stages
from unmask.workflow.code import code_digest
from unmask.workflow.kept import Kept, code_that_counts
from unmask.workflow.keys import key
from unmask.workflow.summary import summary, without_folds

SETTINGS = "results/workflow/settings"
"""The folder for the settings of each stage and the list of videos."""

SOURCES = "sources.csv"
"""The table of all videos with their fingerprints, in that folder."""

SUBGROUPS = "subgroups.csv"
"""The table of what ``evaluate.by`` names, in that folder."""

BY_OTHER_CODE = "made by other code"
"""Why a result is stale that could be kept as it is."""

DAMAGED = "damaged"
"""Why a result is stale that is no longer what was written."""

ALL_CURRENT = "All results belong to the current settings, code and videos."
"""What there is to say if nothing is lacking."""


@dataclass
class Plan:
    """The checked configuration, the inventory of its datasets, and what follows from both."""

    config: Config
    inventory: Inventory
    fingerprints: dict[str, str]
    """Of each file, by its path. The demo's files have none: what made them is known."""
    split: list[Video] = field(default_factory=list)
    """The manifest as it will be."""
    left_out: list[LeftOut] = field(default_factory=list)
    """The usable videos that are not in it."""
    without: dict[str, str] = field(default_factory=dict)
    """The method or dataset that this run is not trained on, where it is a repeat."""
    repeats: dict[str, Plan] = field(default_factory=dict)
    """The repeats of this run, by name: plans that share its inventory."""
    shown: Choice | None = None
    """The videos of which there will be pictures, when asked for."""
    to_score: list[str] = field(default_factory=list)
    """Files of unknown label that are scored when asked for."""
    kept: list[Kept] = field(default_factory=list)
    """What is on record of results of older versions that are kept."""
    stale: Counter[tuple[str, str]] | None = None
    """How many results of each stage are made of something else than they ought to be, and why."""
    absent: Counter[str] | None = None
    """How many are not there. Both are known only of a plan that was written."""
    damaged: list[str] = field(default_factory=list)
    """The files that are no longer what was written, and how they differ, a text each."""
    unlike: list[str] = field(default_factory=list)
    """What to know of the crops, as in what datasets differ: a line each, once they are made."""

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
        found = {name: stages.settings_of(self.config, name) for name in stages.STAGES}
        if self.without:
            found["manifest"] = found["manifest"] | {"without": self.without}
        return {
            name: stage_settings.text(values, code_that_counts(self.kept, name, code_digest(name)))
            for name, values in found.items()
        }

    @cached_property
    def tables(self) -> dict[str, str]:
        """What is written beside the settings: the videos, and what cannot be used."""
        return {
            "videos.csv": candidates_text(self.inventory.videos),
            "problems.csv": quarantine_text(self.inventory.problems),
            "notes.csv": table_text(("note",), ({"note": note} for note in self.notes)),
            SOURCES: self._sources(),
            SUBGROUPS: table_text(("video", "column", "value"), self._subgroups()),
            "to_score.csv": table_text(
                ("file", "fingerprint"),
                ({"file": file, "fingerprint": self.fingerprints[file]} for file in self.to_score),
            ),
        }

    def _subgroups(self) -> Iterator[dict[str, str]]:
        """The value of each video in each column of ``evaluate.by``, where it has one.

        Raises:
            ConfigError: no table has such a column.
        """
        for column in self.config.evaluate.by:
            known = 0
            for video in self.used:
                columns = {**self.inventory.columns.get(video.path, {}), "dataset": video.dataset}
                if value := columns.get(column, ""):
                    known += 1
                    yield {"video": video.id, "column": column, "value": value}
            if not known:
                names = {name for found in self.inventory.columns.values() for name in found}
                raise ConfigError(
                    f"evaluate.by: no video has a value of {column!r}. Allowed are dataset and the "
                    f"columns of a `kind: table`: {', '.join(sorted(names)) or 'there is none'}."
                )

    def _sources(self, dataset: str | None = None) -> str:
        """The fingerprint of each file of a video, as CSV, and how ready crops are to be taken."""
        how = {d.name: d.geometry if d.cropped else "" for d in self.config.datasets}
        return table_text(
            ("video", "dataset", "path", "fingerprint", "geometry"),
            (
                {
                    "video": video.id,
                    "dataset": video.dataset,
                    "path": path,
                    "fingerprint": self.fingerprints.get(path) or self.demo_key,
                    "geometry": how[video.dataset],
                }
                for video in self.used
                if dataset in (None, video.dataset)
                for path in self.inventory.files(video.path)
            ),
        )

    @cached_property
    def _paths(self) -> dict[str, str]:
        return {video.id: video.path for video in self.inventory.videos}

    @cached_property
    def used(self) -> list[Candidate]:
        """The videos that are used, whichever way the groups are dealt out."""
        return [video for video in self.inventory.videos if not video.left_out]

    @cached_property
    def filmed(self) -> list[str]:
        """Ids of the videos and images in which faces are to be found."""
        names = {dataset.name for dataset in self.config.datasets if not dataset.cropped}
        return [video.id for video in self.used if video.dataset in names]

    @property
    def folders(self) -> int:
        """How many folders of results there are about: of frames and of crops."""
        return 2 * len(self.filmed)

    @cached_property
    def in_split(self) -> set[str]:
        """Ids of the videos in the manifest."""
        return {video.id for video in self.split}

    @cached_property
    def cropped(self) -> dict[str, list[str]]:
        """Files of each dataset whose images are face crops already."""
        names = [dataset.name for dataset in self.config.datasets if dataset.cropped]
        return {
            name: [video.path for video in self.used if video.dataset == name] for name in names
        }

    def is_current(self, stage: str) -> bool:
        """Whether the result of a stage is there and as it ought to be."""
        if self.stale is None or self.absent is None:
            return False
        return not self.absent[stage] and all(stage != other for other, _ in self.stale)

    def lacking(self) -> list[str]:
        """Of which stages results are stale or absent, and how many: a line each, stale first.

        What is made on request does not count. Empty, too, of a plan that was not written.
        """
        stale: Mapping[tuple[str, str], int] = self.stale or {}
        absent: Mapping[str, int] = self.absent or {}
        counts = [*stale.items(), *(((stage, "missing"), n) for stage, n in absent.items())]
        return [
            f"{stage}: {number} {why}"
            for (stage, why), number in counts
            if not stages.on_request(stage)
        ]

    def older(self) -> list[str]:
        """The stages of which results differ from what they ought to be in their code alone."""
        stale = [stage for stage, why in self.stale or {} if why == BY_OTHER_CODE]
        return [stage for stage in stale if not stages.on_request(stage)]

    def advice(self) -> str:
        """What to do about results that other code made; nothing if there are none."""
        if not (older := self.older()):
            return ""
        return (
            "A run makes again what other code made, and what follows from it. Where that cannot "
            "have changed the results, they can be kept as they are, on record:\n"
            f'  unmask keep {" ".join(older)} --reason "why they still hold"'
        )

    @cached_property
    def notes(self) -> list[str]:
        """How labels and groups were understood, where it is in doubt."""
        return [*self.inventory.notes, *fakes_alone(self.inventory), *without_folds(self)]

    def check_repeats(self) -> list[str]:
        """The names of the repeats.

        Raises:
            ConfigError: there are none.
        """
        if not self.repeats:
            wanted = self.config.repeats
            why = (
                f", and there is one {wanted.leave_out} only" if wanted.leave_out != "none" else ""
            )
            raise ConfigError(
                f"repeats: there is nothing to repeat: seeds: {wanted.seeds}, folds: null, "
                f"leave_out: {wanted.leave_out}{why}. For example:\n  repeats:\n    seeds: 3"
            )
        return list(self.repeats)

    def summary(self) -> str:
        """What was found, in one line a dataset, and what there is to know about it."""
        return summary(self)


def _has_gpu_runtime() -> bool:
    """Whether the build of ONNX Runtime that can use a GPU is installed. Does not import it."""
    try:
        return bool(distribution("onnxruntime-gpu"))
    except PackageNotFoundError:
        return False
