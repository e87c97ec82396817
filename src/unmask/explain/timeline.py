"""A timeline of frame scores, as the coordinates of a drawing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from unmask.evaluation.scores import FrameScore

WIDTH, HEIGHT = 640, 170
_LEFT, _RIGHT, _TOP, _BOTTOM = 34, 10, 10, 24
_TICKS = 6


@dataclass(frozen=True)
class Point:
    """A frame in the drawing: its place, and what it shows."""

    x: float
    y: float
    frame: int
    time_s: float
    p_fake: float
    fake: bool


@dataclass(frozen=True)
class Timeline:
    """A drawing of ``width`` x ``height`` units, its origin at the top left.

    ``lines`` connect frames that follow each other; where a sampled frame has no face, the line is
    broken and ``missing`` has the frame's x. ``grid`` and ``ticks`` are (place, label); ``band``
    is (top, height) of the score's interval, or None.
    """

    points: list[Point]
    lines: list[str]
    missing: list[float]
    grid: list[tuple[float, str]]
    ticks: list[tuple[float, str]]
    threshold: float
    band: tuple[float, float] | None
    left: int = _LEFT
    right: int = WIDTH - _RIGHT
    bottom: int = HEIGHT - _BOTTOM
    width: int = WIDTH
    height: int = HEIGHT


def timeline(
    sampled: Sequence[tuple[int, float]],
    scores: Sequence[FrameScore],
    threshold: float,
    interval: tuple[float, float] | None = None,
) -> Timeline:
    """Lay out the scores of one video.

    Args:
        sampled: number and time in seconds of every sampled frame, in order, with a face or not.
        scores: those that have a score, 0..1.
        threshold: from this score on a frame counts as fake.
        interval: of the video's score.
    """
    end = max(time for _, time in sampled)
    known = {score.frame: score for score in scores}
    points, missing, runs = [], [], [[]]
    for frame, time in sampled:
        x = _x(time, end)
        if frame not in known:
            missing.append(x)
            runs.append([])
            continue
        p_fake = known[frame].p_fake
        points.append(Point(x, _y(p_fake), frame, time, p_fake, p_fake >= threshold))
        runs[-1].append(f"{x},{_y(p_fake)}")
    band = None
    if interval is not None:
        band = _y(interval[1]), round(max(1.0, _y(interval[0]) - _y(interval[1])), 1)
    return Timeline(
        points=points,
        lines=[" ".join(run) for run in runs if len(run) > 1],
        missing=missing,
        grid=[(_y(value), f"{value:g}") for value in (0, 0.5, 1)],
        ticks=[(_x(time, end), f"{time:g} s") for time in _round_times(end)],
        threshold=_y(min(max(threshold, 0.0), 1.0)),
        band=band,
    )


def _x(time: float, end: float) -> float:
    width = WIDTH - _LEFT - _RIGHT
    return round(_LEFT + width * (time / end if end > 0 else 0.5), 1)


def _y(score: float) -> float:
    return round(_TOP + (HEIGHT - _TOP - _BOTTOM) * (1 - score), 1)


def _round_times(end: float) -> list[float]:
    """Round numbers of seconds from 0 to ``end``, about ``_TICKS`` of them."""
    if end <= 0:
        return [0.0]
    magnitude = 10.0 ** math.floor(math.log10(end / _TICKS))
    step = next(f * magnitude for f in (1, 2, 5, 10) if f * magnitude >= end / _TICKS)
    return [round(number * step, 6) for number in range(math.floor(end / step + 1e-9) + 1)]
