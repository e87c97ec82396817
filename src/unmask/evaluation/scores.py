"""Scores of frames, of tracks and of videos: the tables, and how the first become the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np

from unmask.errors import ConfigError
from unmask.tables import line, read_rows, write_table

DECIMALS = 7
"""Decimals of every stored probability: what float32 can tell apart near 1."""


@dataclass(frozen=True, slots=True)
class FrameScore:
    """One frame of one video: ``p_fake`` in 0..1, the maximum over the faces in it."""

    video: str
    frame: int
    time_s: float
    p_fake: float


@dataclass(frozen=True, slots=True)
class VideoScore:
    """One video: ``label`` 1 is fake, 0 is real; ``n_faces`` counts the crops scored."""

    video: str
    label: int
    group: str
    split: str
    n_faces: int
    p_fake: float


@dataclass(frozen=True, slots=True)
class TrackScore:
    """One person in one video: seen from ``start_s`` to ``end_s``, in ``n_faces`` crops."""

    video: str
    track: int
    start_s: float
    end_s: float
    n_faces: int
    p_fake: float


@dataclass(frozen=True, slots=True)
class CropScore:
    """One face crop: of which video, frame and track, when, and ``p_fake`` in 0..1."""

    video: str
    frame: int
    time_s: float
    track: int
    p_fake: float


FRAME_COLUMNS = tuple(entry.name for entry in fields(FrameScore))
VIDEO_COLUMNS = tuple(entry.name for entry in fields(VideoScore))
TRACK_COLUMNS = tuple(entry.name for entry in fields(TrackScore))


def _trimmed(p: np.ndarray) -> float:
    cut = len(p) // 10
    return float(np.sort(p)[cut : len(p) - cut].mean())


def _confident(p: np.ndarray) -> float:
    fakes = p[p > 0.8]
    if len(fakes) > len(p) // 2.5 and len(fakes) > 11:
        return float(fakes.mean())
    reals = p[p < 0.2]
    return float((reals if len(reals) > 0.9 * len(p) else p).mean())


AGGREGATES: dict[str, Callable[[np.ndarray], float]] = {
    "mean": lambda p: float(p.mean()),
    "median": lambda p: float(np.median(p)),
    "max": lambda p: float(p.max()),
    "trimmed": _trimmed,
    "confident": _confident,
}


def aggregate_frames(p_fake: Sequence[float] | np.ndarray, aggregate: str = "mean") -> float:
    """Return the score of a video from those of its frames, all in 0..1.

    - ``mean``, ``median``, ``max``: as they say.
    - ``trimmed``: the mean without the lowest and the highest tenth (rounded down) of the frames.
    - ``confident``: the rule of the winner of the DeepFake Detection Challenge (S. Seferbekov,
      2020). If more than 11 frames, and more than two in five, are above 0.8, their mean; else,
      if more than nine in ten are below 0.2, their mean; else the mean of all.

    Raises :class:`ConfigError` for another name and ``ValueError`` where there is no frame.
    """
    if aggregate not in AGGREGATES:
        raise ConfigError(
            f"score.aggregate: got {aggregate!r}, allowed: {', '.join(AGGREGATES)}.\n"
            "Write:\n  score:\n    aggregate: mean"
        )
    p = np.asarray(p_fake, dtype=np.float64)
    if not p.size:
        raise ValueError("a video without a frame has no score")
    return AGGREGATES[aggregate](p)


def frame_scores(crops: Iterable[CropScore]) -> list[FrameScore]:
    """Return one score a frame, the maximum over its faces, sorted by video and frame."""
    best: dict[tuple[str, int], CropScore] = {}
    for crop in crops:
        known = best.get((crop.video, crop.frame))
        if known is None or crop.p_fake > known.p_fake:
            best[crop.video, crop.frame] = crop
    return [
        FrameScore(*place, round(crop.time_s, 6), round(crop.p_fake, DECIMALS))
        for place, crop in sorted(best.items())
    ]


def track_scores(crops: Iterable[CropScore], aggregate: str = "mean") -> list[TrackScore]:
    """Return one score a track, so that several people in a video are told apart.

    Sorted by video and track. The scores of a track's crops become its own by ``aggregate``.
    """
    tracks: dict[tuple[str, int], list[CropScore]] = {}
    for crop in crops:
        tracks.setdefault((crop.video, crop.track), []).append(crop)
    return [
        TrackScore(
            *place,
            round(min(crop.time_s for crop in found), 6),
            round(max(crop.time_s for crop in found), 6),
            len(found),
            round(aggregate_frames([crop.p_fake for crop in found], aggregate), DECIMALS),
        )
        for place, found in sorted(tracks.items())
    ]


def video_scores(
    frames: Iterable[FrameScore],
    videos: dict[str, tuple[int, str, str, int]],
    aggregate: str = "mean",
) -> list[VideoScore]:
    """Return one score a video, sorted by video.

    ``videos`` gives (label, group, split, number of face crops) of each.
    """
    by_video: dict[str, list[float]] = {}
    for score in frames:
        by_video.setdefault(score.video, []).append(score.p_fake)
    return [
        VideoScore(video, *videos[video], round(aggregate_frames(p, aggregate), DECIMALS))
        for video, p in sorted(by_video.items())
    ]


def write_frames(path: Path, rows: Iterable[FrameScore]) -> None:
    """Write ``frames.csv``: probabilities with 7 decimals, times in seconds."""
    write_table(path, FRAME_COLUMNS, map(_cells, rows))


def write_videos(path: Path, rows: Iterable[VideoScore]) -> None:
    """Write ``videos.csv``: probabilities with 7 decimals."""
    write_table(path, VIDEO_COLUMNS, map(_cells, rows))


def write_tracks(path: Path, rows: Iterable[TrackScore]) -> None:
    """Write ``tracks.csv``: probabilities with 7 decimals, times in seconds."""
    write_table(path, TRACK_COLUMNS, map(_cells, rows))


def read_frames(path: Path) -> list[FrameScore]:
    """Read ``frames.csv``. Raises :class:`DatasetError` for a score outside 0..1."""
    rows = []
    for number, row in enumerate(read_rows(path, FRAME_COLUMNS), start=2):
        with line(path, number):
            frame, time_s = int(row["frame"]), float(row["time_s"])
            rows.append(FrameScore(row["video"], frame, time_s, _probability(row["p_fake"])))
    return rows


def read_tracks(path: Path) -> list[TrackScore]:
    """Read ``tracks.csv``. Raises :class:`DatasetError` for a score outside 0..1."""
    rows = []
    for number, row in enumerate(read_rows(path, TRACK_COLUMNS), start=2):
        with line(path, number):
            seen = float(row["start_s"]), float(row["end_s"]), int(row["n_faces"])
            p_fake = _probability(row["p_fake"])
            rows.append(TrackScore(row["video"], int(row["track"]), *seen, p_fake))
    return rows


def read_videos(path: Path) -> list[VideoScore]:
    """Read ``videos.csv``. Raises :class:`DatasetError` for a bad label, score or repetition."""
    rows: dict[str, VideoScore] = {}
    for number, row in enumerate(read_rows(path, VIDEO_COLUMNS), start=2):
        with line(path, number):
            video, label = row["video"], label_of(row["label"])
            if video in rows:
                raise ValueError(f"{video} is there twice")
            n_faces, p_fake = int(row["n_faces"]), _probability(row["p_fake"])
            rows[video] = VideoScore(video, label, row["group"], row["split"], n_faces, p_fake)
    return list(rows.values())


def label_of(text: str) -> int:
    """Return 0 (real) or 1 (fake); raise ``ValueError`` for anything else."""
    if text not in ("0", "1"):
        raise ValueError(f"label {text!r} is neither 0 (real) nor 1 (fake)")
    return int(text)


def _probability(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1:
        raise ValueError(f"p_fake {text} is not in 0..1")
    return value


def _cells(row: FrameScore | TrackScore | VideoScore) -> dict[str, object]:
    return asdict(row) | {"p_fake": f"{row.p_fake:.{DECIMALS}f}"}
