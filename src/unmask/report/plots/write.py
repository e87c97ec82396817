"""Writes ``results/plots``: for each plot a PNG and the CSV it was drawn from."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from unmask.disk.tables import read_rows, write_table
from unmask.evaluation.roc_band import roc_band
from unmask.evaluation.sample import sample_of
from unmask.evaluation.scores import VideoScore, read_frames, read_videos
from unmask.evaluation.threshold import why_undefined
from unmask.report.plots import figures, tables
from unmask.report.plots.names import PLOTS, TITLES

Band = tuple[np.ndarray, np.ndarray, np.ndarray]
"""False-positive rates, and the lowest and highest true-positive rate at each."""

_GRID = np.linspace(0, 1, 101)


@dataclass(frozen=True)
class PlotData:
    """The metrics of a result, and the rows behind each plot."""

    measured: dict[str, Any]
    rows: dict[str, tables.Rows]
    band: Band | None
    lack: str | None
    """Why curves of two classes cannot be drawn; None if they can."""


def collect(*, frames_csv: Path, videos_csv: Path, metrics: Path, history_csv: Path) -> PlotData:
    """Work out what the plots show: see ``write_plots``."""
    measured = json.loads(Path(metrics).read_text("utf-8"))
    test = [row for row in read_videos(videos_csv) if row.split == "test"]
    labels, scores, _, logits = sample_of(test)
    lack = why_undefined(labels)
    band = None if lack else _band(test, measured["confidence"])
    rows = {
        "roc": tables.roc(labels, logits),
        "precision_recall": tables.precision_recall(labels, logits),
        "confusion": tables.confusion(labels, scores, measured["video"]["threshold"]),
        "score_histogram": tables.score_histogram(labels, scores),
        "calibration": tables.calibration(labels, scores),
        "training": read_history(history_csv),
        "roc_frames": [] if lack else tables.roc(*_frames(frames_csv, test)),
        "roc_band": tables.band(band),
    }
    return PlotData(measured, rows, band, lack)


def write_tables(out: Path, data: PlotData) -> None:
    """Write the table of each plot into the folder ``out``; one without rows has its header."""
    for name, rows in data.rows.items():
        write_table(Path(out) / f"{name}.csv", tables.COLUMNS[name], rows)


def write_plots(
    out: Path, *, frames_csv: Path, videos_csv: Path, metrics: Path, history_csv: Path
) -> None:
    """Draw every plot of a result into the folder ``out``, and write the tables behind them.

    All but ``training`` show the videos of the test split; ROC also shows its frames. The
    threshold and the way intervals are made are those of ``metrics`` (``metrics.json``). A plot
    that cannot be drawn says so, and its table has the header only.
    """
    data = collect(
        frames_csv=frames_csv, videos_csv=videos_csv, metrics=metrics, history_csv=history_csv
    )
    write_tables(out, data)
    drawings: dict[str, Callable[[Figure], None]] = {}
    if data.rows["training"]:
        drawings["training"] = partial(figures.training, rows=data.rows["training"])
    if data.rows["confusion"]:
        drawings |= _of_videos(data)
    if not data.lack:
        drawings |= _of_both_classes(data)
    for name in PLOTS:
        size = (8.0, 3.4) if name == "training" else (5.2, 4.4)
        reason = "there is no epoch" if name == "training" else f"in test {data.lack}"
        blank = partial(figures.nothing, title=TITLES[name], reason=reason)
        figures.save(Path(out) / f"{name}.png", drawings.get(name, blank), *size)


def read_history(path: Path) -> tables.Rows:
    """Read ``history.csv``: one row an epoch, None where a cell or a column is not there."""
    return [
        {name: _number(row.get(name)) for name in tables.COLUMNS["training"]}
        for row in read_rows(path, ("epoch",))
    ]


def _of_videos(data: PlotData) -> dict[str, Callable[[Figure], None]]:
    video, rows = data.measured["video"], data.rows
    level = video["threshold"]
    return {
        "confusion": partial(figures.confusion, rows=rows["confusion"], threshold=level),
        "score_histogram": partial(
            figures.score_histogram, rows=rows["score_histogram"], threshold=level
        ),
        "calibration": partial(
            figures.calibration, rows=rows["calibration"], error=f"{video['ece']:.3f}"
        ),
    }


def _band(test: list[VideoScore], confidence: float) -> Band:
    """The interval of the ROC curve of videos."""
    return _GRID, *roc_band(sample_of(test), _GRID, confidence)


def _of_both_classes(data: PlotData) -> dict[str, Callable[[Figure], None]]:
    video = data.measured["video"]
    called = video["precision"] is not None
    return {
        "roc": partial(
            figures.roc,
            curves={"videos": data.rows["roc"], "frames": data.rows["roc_frames"]},
            auc={unit: f"{data.measured[unit[:-1]]['auc']:.3f}" for unit in ("videos", "frames")},
            point=(video["fpr"], video["tpr"]),
            band=data.band,
            level=f"{data.measured['confidence']:.0%}",
        ),
        "precision_recall": partial(
            figures.precision_recall,
            rows=data.rows["precision_recall"],
            share=video["n_fake"] / (video["n_fake"] + video["n_real"]),
            point=(video["recall"], video["precision"]) if called else None,
            ap=f"{video['average_precision']:.3f}",
        ),
    }


def _frames(frames_csv: Path, test: list[VideoScore]) -> tuple[np.ndarray, np.ndarray]:
    label = {row.video: row.label for row in test}
    rows = [row for row in read_frames(frames_csv) if row.video in label]
    return np.array([label[row.video] for row in rows]), np.array([row.logit for row in rows])


def _number(cell: str | None) -> float | int | None:
    """A cell of the history as a number; None where it is empty or not finite."""
    value = float(cell) if cell else np.nan
    if not np.isfinite(value):
        return None
    return int(value) if value.is_integer() and "." not in str(cell) else value
