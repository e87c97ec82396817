"""Blocks and rows of the metrics file: the measures of a sample, each with its interval."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from unmask.evaluation.metrics import measure
from unmask.evaluation.sample import Sample, intervals_of
from unmask.evaluation.scores import VideoScore
from unmask.evaluation.threshold import best_threshold
from unmask.videos.manifest import Video

Block = dict[str, Any]

FEW_GROUPS = 20
"""Below this many groups in a class, intervals are wide, and they depend on few people."""

ROW = ("auc", "average_precision", "balanced_accuracy", "tpr", "fpr")
"""The measures of a row: a part of the test videos."""


@dataclass
class Measurer:
    """Measures samples in the same way, and gathers the notes."""

    log_loss_clip: float
    confidence: float
    notes: list[str] = field(default_factory=list)

    def threshold(self, name: str, setting: float | str, validation: Sample) -> float:
        """The threshold that is set, or for ``val`` the best one in validation."""
        if setting != "val":
            return float(setting)
        value, note = best_threshold(validation.labels, validation.scores)
        if note:
            self.notes.append(f"{name}.threshold: {note}")
        return value

    def block(self, name: str, sample: Sample, threshold: float) -> Block:
        """Every measure of a sample, each interval next to its measure."""
        values, notes = self._measured(sample, threshold)
        self._gather(name, notes)
        self._doubt(name, values)
        return values

    def row(self, name: str, sample: Sample, threshold: float) -> Block:
        """The few measures of a part of the test videos."""
        values, notes = self._measured(sample, threshold)
        self._gather(name, {key: why for key, why in notes.items() if key == "auc"})
        wanted = [key for measure in ROW for key in (measure, f"{measure}_ci")]
        return {key: values[key] for key in ("n_real", "n_fake", "groups", *wanted)}

    def coverage(
        self, name: str, scored: list[VideoScore], manifest: Iterable[Video]
    ) -> float | None:
        """The share of the manifest's test videos that have a score."""
        expected = sum(row.split == "test" for row in manifest)
        if not expected:
            self.notes.append(f"{name}.coverage: the manifest has no test video")
            return None
        return len(scored) / expected

    def _measured(self, sample: Sample, threshold: float) -> tuple[Block, Mapping[str, str]]:
        values, notes = measure(
            sample.labels,
            sample.scores,
            threshold=threshold,
            log_loss_clip=self.log_loss_clip,
            logits=sample.logits,
        )
        spans = intervals_of(
            sample, values, log_loss_clip=self.log_loss_clip, confidence=self.confidence
        )
        result: Block = {}
        for key, value in values.items():
            result[key] = value
            if key in spans:
                span = spans[key]
                result[f"{key}_ci"] = None if span is None else list(span)
                if span is None and value is not None:
                    notes[f"{key}_ci"] = "it takes two groups that differ"
        result["groups"] = sample.counted._asdict()
        return result, notes

    def _gather(self, name: str, notes: Mapping[str, str]) -> None:
        by_reason: dict[str, list[str]] = {}
        for key, reason in notes.items():
            by_reason.setdefault(reason, []).append(key)
        self.notes += [f"{name}.{', '.join(keys)}: {why}" for why, keys in by_reason.items()]

    def _doubt(self, name: str, values: Block) -> None:
        """Note where an interval stands on little."""
        if values["auc_ci"] is None:
            return
        fewest = min(values["groups"]["real"], values["groups"]["fake"])
        if fewest < FEW_GROUPS:
            self.notes.append(
                f"{name}.auc_ci: a class has {fewest} groups, which are few; the interval holds, "
                "but other groups may move it a lot"
            )
