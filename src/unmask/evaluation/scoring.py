"""Scores the crops of the dataset with the trained model."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from unmask.evaluation.scores import (
    FrameScore,
    VideoScore,
    aggregate_frames,
    frame_scores,
    label_of,
    video_scores,
)
from unmask.evaluation.tables import line, member, read_rows

log = logging.getLogger(__name__)


def score_dataset(
    dataset_csv: Path,
    dataset_dir: Path,
    model_path: Path,
    *,
    splits: Sequence[str] = ("val", "test"),
    aggregate: str = "mean",
    batch_size: int = 32,
    expected_contract: Mapping[str, Any] | None = None,
) -> tuple[list[FrameScore], list[VideoScore]]:
    """Score every face crop of ``splits`` and return the scores of frames and of videos.

    Several faces in a frame: the maximum counts. Frames to video: ``aggregate``, see
    :func:`unmask.evaluation.scores.aggregate_frames`. Both lists are sorted by video and frame.

    ``expected_contract`` holds preprocessing settings, nested as in the model's own contract,
    that the model must have been saved with; what it does not name is not compared.

    Raises :class:`DatasetError` for a table that contradicts itself or names files outside
    ``dataset_dir``, :class:`UnreadableMedia` for a crop that cannot be read, and
    :class:`ModelError` where the model was trained on crops prepared another way.
    """
    aggregate_frames([0.0], aggregate)  # a wrong name fails before the model runs
    crops, videos = _read_crops(dataset_csv, dataset_dir, splits)

    from unmask.model.artifact import check_contract, load_model
    from unmask.model.predict import predict_crops

    model, contract = load_model(model_path)
    check_contract(contract, dict(expected_contract or {}))
    if not crops:
        log.warning("%s has no crop in %s: nothing to score", dataset_csv, " or ".join(splits))
        return [], []
    log.info("scoring %d crops of %d videos", len(crops), len(videos))
    p_fake = predict_crops(
        model,
        [file for *_, file in crops],
        input_size=contract["input_size"],
        batch_size=batch_size,
    )
    frames = frame_scores(
        (video, frame, time_s, float(p))
        for (video, frame, time_s, _), p in zip(crops, p_fake, strict=True)
    )
    return frames, video_scores(frames, videos, aggregate)


def _read_crops(
    dataset_csv: Path, dataset_dir: Path, splits: Sequence[str]
) -> tuple[list[tuple[str, int, float, Path]], dict[str, tuple[int, str, str, int]]]:
    """Return (video, frame, time, path) of each crop, and what :func:`video_scores` needs."""
    crops: list[tuple[str, int, float, Path]] = []
    videos: dict[str, tuple[int, str, str, int]] = {}
    columns = ("file", "video", "frame", "time_s", "label", "group", "split")
    for number, row in enumerate(read_rows(dataset_csv, columns), start=2):
        if row["split"] not in splits:
            continue
        with line(dataset_csv, number):
            facts = (label_of(row["label"]), row["group"], row["split"])
            *known, count = videos.get(row["video"], (*facts, 0))
            if tuple(known) != facts:
                raise ValueError(f"{row['video']} has another label, group or split further up")
            videos[row["video"]] = (*facts, count + 1)
            file = member(dataset_dir, row["file"])
            crops.append((row["video"], int(row["frame"]), float(row["time_s"]), file))
    return sorted(crops), videos
