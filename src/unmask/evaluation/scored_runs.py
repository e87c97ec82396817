"""Finds what detectors scored: folders of runs and of ``unmask evaluate``, or tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from unmask.errors import DatasetError, UnmaskError
from unmask.evaluation.measured import measured_scoring
from unmask.evaluation.scores import VideoScore, read_videos

TABLES = ("videos.csv", "predictions/videos.csv", "results/predictions/videos.csv")


@dataclass(frozen=True)
class ScoredRun:
    """The test videos that a detector scored, and its threshold."""

    videos: list[VideoScore]
    threshold: float


def read_runs(places: Sequence[Path], threshold: float | None = None) -> dict[str, ScoredRun]:
    """Read each of ``places``, by its name. ``threshold`` is that of all; None: each one's own.

    Raises:
        UnmaskError: fewer than two, or one of them twice.
        DatasetError: no scores are there.
    """
    if len({place.resolve() for place in places}) < max(len(places), 2):
        raise UnmaskError("It takes two different ones or more. For example:\n"
                          "  unmask compare results ../other/results")  # fmt: skip
    return {str(place): _read(place, threshold) for place in places}


def _read(place: Path, threshold: float | None) -> ScoredRun:
    table = next((place / name for name in TABLES if (place / name).is_file()), place)
    if not table.is_file():
        raise DatasetError(
            f"{place}: no scores are there. Name a folder with one of {', '.join(TABLES)}, or a "
            "table like it."
        )
    videos = [row for row in read_videos(table) if row.split == "test"]
    return ScoredRun(videos, _threshold(table) if threshold is None else threshold)


def _threshold(table: Path) -> float:
    """The threshold in the ``metrics.json`` beside a table or its folder, else 0.5."""
    for folder in (table.parent, table.parent.parent):
        metrics = folder / "metrics.json"
        if metrics.is_file():
            return measured_scoring(metrics)["video"]["threshold"]
    return 0.5
