"""Scores of frames, of tracks and of videos: the tables, and how the first become the others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from scipy.special import expit

from unmask.disk.tables import errors_at_line, read_rows, write_table
from unmask.evaluation.aggregate import aggregate_logits
from unmask.model.logits import logit_of

DECIMALS = 7
"""Decimals of every stored probability. Where all are 0 or 9, the logit tells scores apart."""

LOGIT_DECIMALS = 7


class _Scored:
    """A row with ``p_fake`` and its ``logit``, which is worked out where it is not known."""

    p_fake: float
    logit: float

    def __post_init__(self) -> None:
        if self.logit is None:
            object.__setattr__(self, "logit", float(logit_of(self.p_fake)))


@dataclass(frozen=True)
class FrameScore(_Scored):
    """One frame of one video: ``p_fake`` in 0..1, the maximum over the faces in it."""

    video: str
    frame: int
    time_s: float
    p_fake: float
    logit: float = field(default=None, compare=False)  # type: ignore[assignment]


@dataclass(frozen=True)
class VideoScore(_Scored):
    """One video: ``label`` 1 is fake, 0 is real; ``n_faces`` counts the crops scored."""

    video: str
    label: int
    group: str
    split: str
    n_faces: int
    p_fake: float
    logit: float = field(default=None, compare=False)  # type: ignore[assignment]


@dataclass(frozen=True)
class TrackScore(_Scored):
    """One person in one video: seen from ``start_s`` to ``end_s``, in ``n_faces`` crops."""

    video: str
    track: int
    start_s: float
    end_s: float
    n_faces: int
    p_fake: float
    logit: float = field(default=None, compare=False)  # type: ignore[assignment]


@dataclass(frozen=True)
class CropScore(_Scored):
    """One face crop: of which video, frame and track, when, and ``p_fake`` in 0..1."""

    video: str
    frame: int
    time_s: float
    track: int
    p_fake: float
    logit: float = field(default=None, compare=False)  # type: ignore[assignment]


FRAME_COLUMNS = tuple(entry.name for entry in fields(FrameScore))
VIDEO_COLUMNS = tuple(entry.name for entry in fields(VideoScore))
TRACK_COLUMNS = tuple(entry.name for entry in fields(TrackScore))
"""The last one, ``logit``, may be absent in a table made by hand."""


def frame_scores(crops: Iterable[CropScore]) -> list[FrameScore]:
    """Return one score a frame, the maximum over its faces, sorted by video and frame."""
    best: dict[tuple[str, int], CropScore] = {}
    for crop in crops:
        known = best.get((crop.video, crop.frame))
        if known is None or crop.logit > known.logit:
            best[crop.video, crop.frame] = crop
    return [
        FrameScore(*place, round(crop.time_s, 6), *_score(crop.logit))
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
            *_score(aggregate_logits([crop.logit for crop in found], aggregate)),
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
        by_video.setdefault(score.video, []).append(score.logit)
    return [
        VideoScore(video, *videos[video], *_score(aggregate_logits(logits, aggregate)))
        for video, logits in sorted(by_video.items())
    ]


def write_frames(path: Path, rows: Iterable[FrameScore]) -> None:
    """Write ``frames.csv``: probabilities with 7 decimals, logits too, times in seconds."""
    write_table(path, FRAME_COLUMNS, map(_cells, rows))


def write_videos(path: Path, rows: Iterable[VideoScore]) -> None:
    """Write ``videos.csv``: probabilities with 7 decimals, logits too."""
    write_table(path, VIDEO_COLUMNS, map(_cells, rows))


def write_tracks(path: Path, rows: Iterable[TrackScore]) -> None:
    """Write ``tracks.csv``: probabilities with 7 decimals, logits too, times in seconds."""
    write_table(path, TRACK_COLUMNS, map(_cells, rows))


def read_frames(path: Path) -> list[FrameScore]:
    """Read ``frames.csv``. Raises :class:`DatasetError` for a score outside 0..1."""
    rows = []
    for number, row in enumerate(read_rows(path, FRAME_COLUMNS[:-1]), start=2):
        with errors_at_line(path, number):
            frame, time_s = int(row["frame"]), float(row["time_s"])
            rows.append(FrameScore(row["video"], frame, time_s, *_read_score(row)))
    return rows


def read_tracks(path: Path) -> list[TrackScore]:
    """Read ``tracks.csv``. Raises :class:`DatasetError` for a score outside 0..1."""
    rows = []
    for number, row in enumerate(read_rows(path, TRACK_COLUMNS[:-1]), start=2):
        with errors_at_line(path, number):
            seen = float(row["start_s"]), float(row["end_s"]), int(row["n_faces"])
            rows.append(TrackScore(row["video"], int(row["track"]), *seen, *_read_score(row)))
    return rows


def read_videos(path: Path) -> list[VideoScore]:
    """Read ``videos.csv``. Raises :class:`DatasetError` for a bad label, score or repetition."""
    rows: dict[str, VideoScore] = {}
    for number, row in enumerate(read_rows(path, VIDEO_COLUMNS[:-1]), start=2):
        with errors_at_line(path, number):
            video, label = row["video"], label_of(row["label"])
            if video in rows:
                raise ValueError(f"{video} is there twice")
            facts = label, row["group"], row["split"], int(row["n_faces"])
            rows[video] = VideoScore(video, *facts, *_read_score(row))
    return list(rows.values())


def label_of(text: str) -> int:
    """Return 0 (real) or 1 (fake); raise ``ValueError`` for anything else."""
    if text not in ("0", "1"):
        raise ValueError(f"label {text!r} is neither 0 (real) nor 1 (fake)")
    return int(text)


def _read_score(row: dict[str, str]) -> tuple[float, Any]:
    """``p_fake`` and the logit, None where the table has none."""
    p_fake = float(row["p_fake"])
    if not 0 <= p_fake <= 1:
        raise ValueError(f"p_fake {row['p_fake']} is not in 0..1")
    return p_fake, float(row["logit"]) if row.get("logit") else None


def _score(logit: float) -> tuple[float, float]:
    """``p_fake`` and the logit, rounded as they are stored."""
    return round(float(expit(logit)), DECIMALS), round(logit, LOGIT_DECIMALS)


def _cells(row: FrameScore | TrackScore | VideoScore) -> dict[str, object]:
    return asdict(row) | {
        "p_fake": f"{row.p_fake:.{DECIMALS}f}",
        "logit": f"{row.logit:.{LOGIT_DECIMALS}f}",
    }
