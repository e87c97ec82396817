"""Scores the crops of the dataset with the trained model."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scipy.special import expit

from unmask.disk.tables import errors_at_line, path_inside, read_rows
from unmask.evaluation.aggregate import check_aggregate
from unmask.evaluation.scores import (
    CropScore,
    FrameScore,
    TrackScore,
    VideoScore,
    frame_scores,
    label_of,
    track_scores,
    video_scores,
)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Scores:
    """Scores of the same crops, by frame, by person and by video; each sorted by video."""

    frames: list[FrameScore] = field(default_factory=list)
    tracks: list[TrackScore] = field(default_factory=list)
    videos: list[VideoScore] = field(default_factory=list)


def score_dataset(
    dataset_csv: Path,
    dataset_dir: Path,
    model_path: Path,
    *,
    splits: Sequence[str] = ("val", "test"),
    aggregate: str = "mean",
    flip: bool = False,
    batch_size: int = 32,
    expected_contract: Mapping[str, Any] | None = None,
) -> Scores:
    """Score every face crop of ``splits``.

    Several faces in a frame: the maximum counts. Frames to video, and crops to track:
    ``aggregate``, see :func:`unmask.evaluation.aggregate.aggregate_logits`. ``flip``: the score of
    a crop is the mean of its own and its mirror image's.

    ``expected_contract`` holds preprocessing settings, nested as in the model's own contract,
    that the model must have been saved with; what it does not name is not compared.

    Raises :class:`DatasetError` for a table that contradicts itself or names files outside
    ``dataset_dir``, :class:`UnreadableMedia` for a crop that cannot be read, and
    :class:`ModelError` where the model was trained on crops prepared another way.
    """
    check_aggregate(aggregate)  # a wrong name fails before the model runs
    crops, videos = _read_crops(dataset_csv, dataset_dir, splits)

    from unmask.model.contract import check_contract
    from unmask.model.model_file import load_model
    from unmask.model.predict_crops import predict_logits

    model, contract = load_model(model_path)
    check_contract(contract, dict(expected_contract or {}))
    if not crops:
        log.warning("%s has no crop in %s: nothing to score", dataset_csv, " or ".join(splits))
        return Scores()
    log.info("scoring %d crops of %d videos", len(crops), len(videos))
    logits = predict_logits(
        model,
        [file for *_, file in crops],
        input_size=contract["input_size"],
        batch_size=batch_size,
        flip=flip,
    )
    scored = [
        CropScore(*crop[:4], float(expit(logit)), float(logit))
        for crop, logit in zip(crops, logits, strict=True)
    ]
    frames = frame_scores(scored)
    return Scores(frames, track_scores(scored, aggregate), video_scores(frames, videos, aggregate))


def _read_crops(
    dataset_csv: Path, dataset_dir: Path, splits: Sequence[str]
) -> tuple[list[tuple[str, int, float, int, Path]], dict[str, tuple[int, str, str, int]]]:
    """Return (video, frame, time, track, path) of each crop, and what `video_scores` needs."""
    crops: list[tuple[str, int, float, int, Path]] = []
    videos: dict[str, tuple[int, str, str, int]] = {}
    columns = ("file", "video", "frame", "time_s", "track", "label", "group", "split")
    for number, row in enumerate(read_rows(dataset_csv, columns), start=2):
        if row["split"] not in splits:
            continue
        with errors_at_line(dataset_csv, number):
            facts = (label_of(row["label"]), row["group"], row["split"])
            *known, count = videos.get(row["video"], (*facts, 0))
            if tuple(known) != facts:
                raise ValueError(f"{row['video']} has another label, group or split further up")
            videos[row["video"]] = (*facts, count + 1)
            file = path_inside(dataset_dir, row["file"])
            place = int(row["frame"]), float(row["time_s"]), int(row["track"])
            crops.append((row["video"], *place, file))
    return sorted(crops), videos
