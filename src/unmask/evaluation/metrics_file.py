"""The content of ``results/metrics.json``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np

from unmask.errors import DatasetError
from unmask.evaluation import counts
from unmask.evaluation.bootstrap import FEW_GROUPS, intervals
from unmask.evaluation.metrics import measure
from unmask.evaluation.scores import FrameScore, VideoScore, read_frames, read_videos
from unmask.evaluation.threshold import best_threshold
from unmask.files import write_text
from unmask.videos.manifest import Video, read_manifest
from unmask.videos.problems import read_quarantine
from unmask.videos.split import assert_no_leak


def evaluate(
    manifest_csv: Path,
    frames_csv: Path,
    videos_csv: Path,
    dataset_csv: Path,
    quarantine_csv: Path,
    *,
    threshold: float | Literal["val"] = "val",
    log_loss_clip: float = 1e-7,
    bootstrap: int = 2000,
    confidence: float = 0.95,
    seed: int = 0,
    scoring: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Measure the scores and count the data.

    The result has these blocks:

    - ``frame``, ``video``: measures on the test split, of frames and of videos, with intervals
      from resampling groups. Each has its own ``threshold``: the number given, or for ``val``
      the best balanced accuracy on the validation frames or videos. ``video.coverage`` is the
      share of the manifest's test videos that have a score.
    - ``validation``: the same measures of the validation videos. The threshold was chosen on
      them, so what depends on it is flattering.
    - ``methods``: the fakes of each method against all real test videos.
    - ``datasets``: each dataset by itself, where the test split has several.
    - ``data``: counts for each split, see :func:`unmask.evaluation.counts.count_data`.
    - ``scoring``: how the scores were made, as given, so that new videos are scored alike.
    - ``notes``: why a number is missing (None) or not to be trusted.

    Raises :class:`DatasetError` if a group is on two sides of the split, or if the files
    contradict each other.
    """
    manifest = {row.video: row for row in read_manifest(manifest_csv)}
    videos = read_videos(videos_csv)
    assert_no_leak((row.group, row.split) for row in (*manifest.values(), *videos))
    counts.check_agreement(manifest, videos)
    by_split = {split: [row for row in videos if row.split == split] for split in ("val", "test")}
    frames = _frames_by_split(read_frames(frames_csv), videos, frames_csv)

    measured = _Measured(log_loss_clip, bootstrap, confidence, seed)
    chosen = {
        "frame": measured.threshold("frame", threshold, frames["val"]),
        "video": measured.threshold("video", threshold, _sample(by_split["val"])),
    }
    result: dict[str, Any] = {
        "frame": measured.block("frame", frames["test"], chosen["frame"]),
        "video": measured.block("video", _sample(by_split["test"]), chosen["video"]),
        "validation": measured.block("validation", _sample(by_split["val"]), chosen["video"]),
        "methods": _methods(by_split["test"], manifest, measured, chosen["video"]),
        "datasets": _datasets(by_split["test"], manifest, measured, chosen["video"]),
        "data": counts.count_data(manifest, dataset_csv, read_quarantine(quarantine_csv)),
    }
    result["video"]["coverage"] = measured.coverage("video", by_split["test"], manifest.values())
    result["scoring"] = dict(scoring or {})
    result["notes"] = measured.notes + counts.notes_on_data(result["data"])
    return _rounded(result)


def write_metrics(path: Path, metrics: dict[str, Any]) -> None:
    """Write ``metrics.json``; the order of keys is that of :func:`evaluate`."""
    write_text(path, json.dumps(metrics, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


class _Sample(NamedTuple):
    """What is measured: arrays of equal length, one entry a frame or a video."""

    labels: np.ndarray
    scores: np.ndarray
    groups: np.ndarray


def _sample(videos: Iterable[VideoScore], scores: Iterable[float] | None = None) -> _Sample:
    videos = list(videos)
    scores = [row.p_fake for row in videos] if scores is None else scores
    return _Sample(
        np.array([row.label for row in videos], dtype=np.int64),
        np.array(list(scores), dtype=np.float64),
        np.array([row.group for row in videos], dtype=object).astype(str),
    )


def _frames_by_split(
    frames: list[FrameScore], videos: list[VideoScore], path: Path
) -> dict[str, _Sample]:
    owners = {row.video: row for row in videos}
    stranger = next((row.video for row in frames if row.video not in owners), None)
    if stranger is not None:
        raise DatasetError(f"{path}: {stranger} has frames but is not in videos.csv; score again")
    return {
        split: _sample(
            (owners[row.video] for row in frames if owners[row.video].split == split),
            (row.p_fake for row in frames if owners[row.video].split == split),
        )
        for split in ("val", "test")
    }


@dataclass
class _Measured:
    """Measures samples with the same settings, and gathers the notes."""

    log_loss_clip: float
    bootstrap: int
    confidence: float
    seed: int
    notes: list[str] = field(default_factory=list)

    def threshold(self, name: str, setting: float | str, validation: _Sample) -> float:
        if setting != "val":
            return float(setting)
        value, note = best_threshold(validation.labels, validation.scores)
        if note:
            self.notes.append(f"{name}.threshold: {note}")
        return value

    def intervals(self, sample: _Sample, threshold: float) -> tuple[dict[str, Any], dict[str, str]]:
        return intervals(
            *sample,
            threshold=threshold,
            log_loss_clip=self.log_loss_clip,
            n=self.bootstrap,
            confidence=self.confidence,
            seed=self.seed,
        )

    def block(
        self, name: str, sample: _Sample, threshold: float, *, brief: bool = False
    ) -> dict[str, Any]:
        """Every measure of a sample, each interval next to its measure."""
        values, notes = measure(
            sample.labels, sample.scores, threshold=threshold, log_loss_clip=self.log_loss_clip
        )
        spans, missing = self.intervals(sample, threshold)
        result = {}
        for key, value in values.items():
            result[key] = value
            if f"{key}_ci" in spans:
                result[f"{key}_ci"] = spans[f"{key}_ci"]
        result["resamples"] = spans["resamples"]
        if brief:
            self._gather(name, {key: why for key, why in notes.items() if key == "auc"})
            self._gather(name, {key: why for key, why in missing.items() if key == "auc_ci"})
        else:
            self._gather(name, notes | missing)
            self._doubt(name, result)
        return result

    def row(self, name: str, sample: _Sample, threshold: float) -> dict[str, Any]:
        """The few measures of a part of the test split."""
        block = self.block(name, sample, threshold, brief=True)
        wanted = ("n_real", "n_fake", "auc", "auc_ci", "average_precision", "tpr", "fpr")
        return {key: block[key] for key in (*wanted, "balanced_accuracy")}

    def coverage(
        self, name: str, scored: list[VideoScore], manifest: Iterable[Video]
    ) -> float | None:
        """The share of the manifest's test videos that have a score."""
        expected = sum(row.split == "test" for row in manifest)
        if not expected:
            self.notes.append(f"{name}.coverage: the manifest has no test video")
            return None
        return len(scored) / expected

    def _gather(self, name: str, notes: dict[str, str]) -> None:
        by_reason: dict[str, list[str]] = {}
        for key, reason in notes.items():
            by_reason.setdefault(reason, []).append(key)
        self.notes += [f"{name}.{', '.join(keys)}: {why}" for why, keys in by_reason.items()]

    def _doubt(self, name: str, result: dict[str, Any]) -> None:
        """Note where an interval says more than the data can."""
        span, drawn = result["auc_ci"], result["resamples"]
        if span is None:
            return
        if drawn["groups"] < FEW_GROUPS:
            self.notes.append(
                f"{name}.auc_ci: {drawn['groups']} groups are few; the interval may be too narrow"
            )
        if span[0] == span[1]:
            self.notes.append(
                f"{name}.auc_ci: it has no width because no resample changes the order of the "
                "scores; that is a sign of a small test set, not of certainty"
            )


def _methods(
    test: list[VideoScore], manifest: dict[str, Video], measured: _Measured, threshold: float
) -> dict[str, Any]:
    reals = [row for row in test if row.label == 0]
    fakes: dict[str, list[VideoScore]] = {}
    for row in test:
        if row.label == 1:
            fakes.setdefault(manifest[row.video].method or "unknown", []).append(row)
    return {
        method: measured.row(f"methods.{method}", _sample(reals + rows), threshold)
        for method, rows in sorted(fakes.items())
    }


def _datasets(
    test: list[VideoScore], manifest: dict[str, Video], measured: _Measured, threshold: float
) -> dict[str, Any]:
    names = sorted({row.dataset for row in manifest.values() if row.split == "test"})
    result = {}
    for name in names if len(names) > 1 else ():
        rows = [row for row in test if manifest[row.video].dataset == name]
        own = [row for row in manifest.values() if row.dataset == name]
        result[name] = measured.row(f"datasets.{name}", _sample(rows), threshold)
        result[name]["coverage"] = measured.coverage(f"datasets.{name}", rows, own)
    return result


def _rounded(value: Any, key: str = "") -> Any:
    """Round floats to 6 decimals; a threshold keeps 8, so that it still parts the same scores."""
    if isinstance(value, dict):
        return {name: _rounded(part, name) for name, part in value.items()}
    if isinstance(value, list):
        return [_rounded(part, key) for part in value]
    if isinstance(value, float):
        return round(value, 8 if key.endswith("threshold") else 6)
    return value
