"""Writes ``results/plots``: for each plot a PNG and the CSV it was drawn from."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from unmask.evaluation.bootstrap import roc_band
from unmask.evaluation.scores import VideoScore, read_frames, read_videos
from unmask.evaluation.tables import read_rows
from unmask.evaluation.threshold import lacking
from unmask.plots import figures, tables
from unmask.tables import write_table

_GRID = np.linspace(0, 1, 101)


def write_plots(
    out: Path, *, frames_csv: Path, videos_csv: Path, metrics: Path, history_csv: Path
) -> None:
    """Draw every plot of a result into the folder ``out``.

    All but ``training`` show the videos of the test split; ROC also shows its frames. The
    threshold and the way intervals are made are those of ``metrics`` (``metrics.json``). A plot
    that cannot be drawn says so, and its table has the header only.
    """
    measured = json.loads(Path(metrics).read_text("utf-8"))
    test = [row for row in read_videos(videos_csv) if row.split == "test"]
    labels, scores = _arrays(test)
    threshold = measured["video"]["threshold"]
    data = {
        "roc": tables.roc(labels, scores),
        "precision_recall": tables.precision_recall(labels, scores),
        "confusion": tables.confusion(labels, scores, threshold),
        "score_histogram": tables.score_histogram(labels, scores),
        "calibration": tables.calibration(labels, scores),
        "training": read_history(history_csv),
    }
    drawings: dict[str, Callable[[Figure], None]] = {}
    lack = lacking(labels)
    if data["training"]:
        drawings["training"] = partial(figures.training, rows=data["training"])
    if len(labels):
        drawings |= _of_videos(data, measured["video"], threshold)
    if not lack:
        frames = _frames(frames_csv, test)
        drawings |= _of_both_classes(data, tables.roc(*frames), measured, test)
    for name, rows in data.items():
        write_table(Path(out) / f"{name}.csv", tables.COLUMNS[name], rows)
        size = (8.0, 3.4) if name == "training" else (5.2, 4.4)
        reason = "there is no epoch" if name == "training" else f"in test {lack}"
        blank = partial(figures.nothing, title=figures.TITLES[name], reason=reason)
        figures.save(Path(out) / f"{name}.png", drawings.get(name, blank), *size)


def read_history(path: Path) -> tables.Rows:
    """Read ``history.csv``: one row an epoch, None where a cell or a column is not there."""
    return [
        {name: _number(row.get(name)) for name in tables.COLUMNS["training"]}
        for row in read_rows(path, ("epoch",))
    ]


def _of_videos(
    data: dict[str, tables.Rows], video: dict[str, Any], threshold: float
) -> dict[str, Callable[[Figure], None]]:
    return {
        "confusion": partial(figures.confusion, rows=data["confusion"], threshold=threshold),
        "score_histogram": partial(
            figures.score_histogram, rows=data["score_histogram"], threshold=threshold
        ),
        "calibration": partial(
            figures.calibration, rows=data["calibration"], error=f"{video['ece']:.3f}"
        ),
    }


def _of_both_classes(
    data: dict[str, tables.Rows],
    frame_curve: tables.Rows,
    measured: dict[str, Any],
    test: list[VideoScore],
) -> dict[str, Callable[[Figure], None]]:
    video, made = measured["video"], measured["video"]["resamples"]
    labels, scores = _arrays(test)
    groups = np.array([row.group for row in test])
    band = roc_band(
        labels,
        scores,
        groups,
        _GRID,
        n=made["drawn"],
        confidence=made["confidence"],
        seed=made["seed"],
    )
    called = video["precision"] is not None
    return {
        "roc": partial(
            figures.roc,
            curves={"videos": data["roc"], "frames": frame_curve},
            auc={unit: f"{measured[unit[:-1]]['auc']:.3f}" for unit in ("videos", "frames")},
            point=(video["fpr"], video["tpr"]),
            band=None if band is None else (_GRID, *band),
            level=f"{made['confidence']:.0%}",
        ),
        "precision_recall": partial(
            figures.precision_recall,
            rows=data["precision_recall"],
            share=float(labels.mean()),
            point=(video["recall"], video["precision"]) if called else None,
            ap=f"{video['average_precision']:.3f}",
        ),
    }


def _frames(frames_csv: Path, test: list[VideoScore]) -> tuple[np.ndarray, np.ndarray]:
    label = {row.video: row.label for row in test}
    rows = [row for row in read_frames(frames_csv) if row.video in label]
    return np.array([label[row.video] for row in rows]), np.array([row.p_fake for row in rows])


def _arrays(videos: list[VideoScore]) -> tuple[np.ndarray, np.ndarray]:
    labels = np.array([row.label for row in videos], dtype=np.int64)
    return labels, np.array([row.p_fake for row in videos], dtype=np.float64)


def _number(cell: str | None) -> float | int | None:
    """A cell of the history as a number; None where it is empty or not finite."""
    value = float(cell) if cell else np.nan
    if not np.isfinite(value):
        return None
    return int(value) if value.is_integer() and "." not in str(cell) else value
