"""The content of ``results/metrics.json``."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from unmask.disk.files import write_text
from unmask.disk.tables import read_table
from unmask.errors import DatasetError
from unmask.evaluation import counts
from unmask.evaluation.blocks import Measurer
from unmask.evaluation.calibration import calibrate
from unmask.evaluation.operating_points import operating_points, undecided_band
from unmask.evaluation.rows import parts_of, subgroups_of
from unmask.evaluation.sample import Sample, sample_of
from unmask.evaluation.scores import FrameScore, VideoScore, read_frames, read_videos
from unmask.videos.manifest import Video, read_manifest
from unmask.videos.problems import read_quarantine
from unmask.videos.split import assert_no_leak

ONE_TRAINING = "one training, with one seed: no interval covers what another would give"


def evaluate(
    manifest_csv: Path,
    frames_csv: Path,
    videos_csv: Path,
    dataset_csv: Path,
    quarantine_csv: Path,
    subgroups_csv: Path | None = None,
    *,
    by: Sequence[str] = (),
    threshold: float | Literal["val"] = "val",
    log_loss_clip: float = 1e-7,
    confidence: float = 0.95,
    undecided_error: float | None = None,
    scoring: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Measure the scores and count the data.

    The result has these blocks:

    - ``frame``, ``video``: measures on the test split, of frames and of videos, with intervals
      that count groups (see :mod:`unmask.evaluation.intervals`), at the level ``confidence``. Each
      has its own ``threshold``: the number given, or for ``val`` the best balanced accuracy on the
      validation frames or videos. ``video.coverage`` is the share of the manifest's test videos
      that have a score, ``coverage_by`` that of each class and of each ``dataset/method``, and
      ``log_loss_all`` counts those without one as scored 0.5.
    - ``validation``: the same measures of the validation videos. The threshold was chosen on
      them, so what depends on it is flattering.
    - ``datasets``, ``methods``, ``averages``: see :func:`unmask.evaluation.rows.parts_of`.
    - ``by``: for each column of the setting, each value's test videos by themselves.
    - ``operating_points``, ``undecided``: see :mod:`unmask.evaluation.operating_points`.
    - ``calibration``: see :func:`unmask.evaluation.calibration.calibrate`.
    - ``data``: counts for each split, see :func:`unmask.evaluation.counts.count_data`.
    - ``confidence``: the level of the intervals.
    - ``scoring``: how the scores were made, as given, so that new videos are scored alike.
    - ``notes``: why a number is missing (None) or not to be trusted.

    Raises :class:`DatasetError` if a group is on two sides of the split, or if the files
    contradict each other.
    """
    manifest = {row.id: row for row in read_manifest(manifest_csv)}
    videos = read_videos(videos_csv)
    rows: list[Video | VideoScore] = [*manifest.values(), *videos]
    assert_no_leak((row.group, row.split) for row in rows)
    counts.check_agreement(manifest, videos)
    by_split = {split: [row for row in videos if row.split == split] for split in ("val", "test")}
    samples = {split: sample_of(rows) for split, rows in by_split.items()}
    frames = _frames_by_split(read_frames(frames_csv), videos, frames_csv)

    measured = Measurer(log_loss_clip, confidence)
    chosen = {
        "frame": measured.threshold("frame", threshold, frames["val"]),
        "video": measured.threshold("video", threshold, samples["val"]),
    }
    result: dict[str, Any] = {
        "frame": measured.block("frame", frames["test"], chosen["frame"]),
        "video": measured.block("video", samples["test"], chosen["video"]),
        "validation": measured.block("validation", samples["val"], chosen["video"]),
        **parts_of(videos, manifest, measured, chosen["video"]),
        "by": subgroups_of(videos, _values(subgroups_csv, by), measured, chosen["video"]),
        "operating_points": operating_points(samples["val"], samples["test"], confidence),
        "undecided": undecided_band(undecided_error, samples["val"], samples["test"], confidence)
        if undecided_error
        else None,
        "calibration": calibrate(samples["val"], samples["test"], log_loss_clip),
        "data": counts.count_data(manifest, dataset_csv, read_quarantine(quarantine_csv)),
    }
    video = result["video"]
    video["coverage"] = measured.coverage("video", by_split["test"], manifest.values())
    video["coverage_by"] = counts.coverage_by_part(manifest.values(), by_split["test"])
    video["log_loss_all"] = _log_loss_of_all(video, manifest.values())
    result["confidence"] = confidence
    result["scoring"] = dict(scoring or {})
    result["notes"] = [*measured.notes, *counts.notes_on_data(result["data"]), ONE_TRAINING]
    return _rounded(result)


def _values(path: Path | None, by: Sequence[str]) -> dict[str, dict[str, str]]:
    """The value of each video by its id, for each column."""
    found: dict[str, dict[str, str]] = {column: {} for column in by}
    for row in read_table(path) if path and by else ():
        found[row["column"]][row["video"]] = row["value"]
    return found


def write_metrics(path: Path, metrics: dict[str, Any]) -> None:
    """Write ``metrics.json``; the order of keys is that of :func:`evaluate`."""
    write_text(path, json.dumps(metrics, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def _log_loss_of_all(video: Mapping[str, Any], manifest: Iterable[Video]) -> float | None:
    """The log loss with 0.5 for each test video that could not be scored."""
    count, scored = sum(row.split == "test" for row in manifest), video["n_real"] + video["n_fake"]
    if not count:
        return None
    return ((video["log_loss"] or 0.0) * scored + math.log(2) * (count - scored)) / count


def _frames_by_split(
    frames: list[FrameScore], videos: list[VideoScore], path: Path
) -> dict[str, Sample]:
    owners = {row.video: row for row in videos}
    stranger = next((row.video for row in frames if row.video not in owners), None)
    if stranger is not None:
        raise DatasetError(f"{path}: {stranger} has frames but is not in videos.csv; score again")
    return {
        split: sample_of(
            (owners[row.video] for row in frames if owners[row.video].split == split),
            (row for row in frames if owners[row.video].split == split),
        )
        for split in ("val", "test")
    }


def _rounded(value: Any, key: str = "") -> Any:
    """Round to 10 decimals, intervals outward; a threshold to 8, so that it still parts scores."""
    if isinstance(value, dict):
        return {name: _rounded(part, name) for name, part in value.items()}
    if isinstance(value, list) and key.endswith("_ci"):
        low, high = value
        return [math.floor(low * 1e10) / 1e10, math.ceil(high * 1e10) / 1e10]
    if isinstance(value, list):
        return [_rounded(part, key) for part in value]
    if isinstance(value, float):
        return round(value, 8 if key.endswith("threshold") else 10)
    return value
