"""Draws the plots. The same data gives the same bytes: no dates, no user style."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from unmask.disk.files import whole_file
from unmask.labels import CLASS_NAMES
from unmask.report.plots.tables import Rows

REAL, FAKE, THIRD, INK = "#0072B2", "#D55E00", "#009E73", "#444444"
"""Okabe and Ito's blue, vermilion and green: told apart with every common color vision."""

_STYLE = {
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#e4e4e4",
    "grid.linewidth": 0.7,
    "axes.axisbelow": True,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "legend.frameon": False,
    "hatch.linewidth": 0.6,
}


def save(
    path: Path, draw: Callable[[Figure], None], width: float = 5.2, height: float = 4.2
) -> None:
    """Let ``draw`` fill a figure of ``width`` by ``height`` inches, and write it as PNG."""
    with style.context(["default", _STYLE]):
        figure = Figure(figsize=(width, height), dpi=150, layout="constrained")
        draw(figure)
        with whole_file(path) as partial:
            figure.savefig(partial, format="png", metadata={"Software": None})


def nothing(figure: Figure, title: str, reason: str) -> None:
    """Say why there is nothing to draw."""
    axes = figure.add_subplot(title=title)
    axes.set_axis_off()
    axes.text(0.5, 0.5, f"Not drawn: {reason}.", ha="center", va="center", color=INK, wrap=True)


def roc(
    figure: Figure,
    curves: dict[str, Rows],
    auc: dict[str, str],
    point: tuple[float, float],
    band: tuple[np.ndarray, np.ndarray, np.ndarray] | None,
    level: str,
) -> None:
    """Draw ROC curves of videos and frames, the interval of the first, and the threshold's point.

    ``band`` is (false-positive rates, low, high); ``auc`` the text of each curve's area.
    """
    axes = _unit_axes(figure, "ROC", "false-positive rate", "true-positive rate")
    if band is not None and np.any(band[1] < band[2]):
        axes.fill_between(*band, color=REAL, alpha=0.15, lw=0, label=f"{level} interval, videos")
    axes.plot([0, 1], [0, 1], color=INK, lw=1, ls=(0, (4, 4)), label="chance")
    looks: dict[str, dict[str, Any]] = {
        "videos": {"color": REAL, "lw": 2},
        "frames": {"color": THIRD, "lw": 1.2, "ls": "-."},
    }
    for unit, rows in curves.items():
        x, y = _columns(rows, "fpr", "tpr")
        axes.plot(x, y, label=f"{unit}, AUC {auc[unit]}", **looks[unit])
    axes.plot(*point, "o", color="white", mec=REAL, mew=2, ms=8, label="at the threshold", zorder=4)
    axes.legend(loc="lower right", fontsize=8.5)


def precision_recall(
    figure: Figure, rows: Rows, share: float, point: tuple[float, float] | None, ap: str
) -> None:
    """Draw the precision-recall curve of videos; chance is the ``share`` of fakes."""
    axes = _unit_axes(figure, "Precision and recall", "recall", "precision")
    axes.axhline(share, color=INK, lw=1, ls=(0, (4, 4)), label=f"chance, {share:.2f}")
    x, y = _columns(rows, "recall", "precision")
    axes.step(x, y, where="pre", color=REAL, lw=2, label=f"videos, AP {ap}")
    if point is not None:
        axes.plot(*point, "o", color="white", mec=REAL, mew=2, ms=8, label="at the threshold")
    axes.legend(loc="lower left", fontsize=8.5)


def confusion(figure: Figure, rows: Rows, threshold: float) -> None:
    """Draw the four counts; the shade is the share of the row."""
    pairs = [(row["actual"], row["predicted"]) for row in rows]
    counts = np.array(
        [[pairs.count((actual, called)) for called in CLASS_NAMES] for actual in CLASS_NAMES]
    )
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes = figure.add_subplot(title=f"Test videos at threshold {threshold:.3g}")
    axes.grid(visible=False)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1.2, aspect="auto")
    for (row, column), count in np.ndenumerate(counts):
        text = f"{count}\n{shares[row, column]:.0%}" if counts[row].sum() else f"{count}"
        ink = "white" if shares[row, column] > 0.6 else "black"
        axes.text(column, row, text, ha="center", va="center", color=ink, fontsize=13)
    axes.set_xticks([0, 1], [f"called {name}" for name in CLASS_NAMES])
    axes.set_yticks([0, 1], [f"is {name}" for name in CLASS_NAMES])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def score_histogram(figure: Figure, rows: Rows, threshold: float) -> None:
    """Draw how the scores of real and of fake videos are spread, one above the other."""
    panels = figure.subplots(2, 1, sharex=True, sharey=True)
    for axes, name, color, hatch in zip(
        panels, CLASS_NAMES, (REAL, FAKE), ("", "///"), strict=True
    ):
        x, y = _columns([row for row in rows if row["label"] == name], "p_fake", "count")
        width = 1 / len(x)
        axes.bar(x, y, width * 0.92, color=color, alpha=0.75, hatch=hatch, edgecolor="white", lw=0)
        axes.axvline(threshold, color=INK, lw=1.2, ls=(0, (4, 4)))
        axes.set_title(f"{name}: {int(y.sum())} videos", fontsize=10)
        axes.set_ylabel("videos")
        axes.yaxis.get_major_locator().set_params(integer=True)
    top = max(panels[0].get_ylim()[1], 1) * 1.15
    panels[0].set_ylim(0, top)
    side = "left" if threshold < 0.6 else "right"
    gap = 0.015 if side == "left" else -0.015
    panels[0].text(
        threshold + gap,
        top * 0.98,
        f"threshold {threshold:.3g}",
        ha=side,
        va="top",
        color=INK,
        fontsize=9,
    )
    panels[1].set_xlim(0, 1)
    panels[1].set_xlabel("score of the video (p_fake)")


def calibration(figure: Figure, rows: Rows, error: str) -> None:
    """Draw the reliability diagram; the area of a dot is the number of videos in its bin."""
    axes = _unit_axes(figure, "Calibration", "mean score in the bin", "share of fakes in the bin")
    axes.plot([0, 1], [0, 1], color=INK, lw=1, ls=(0, (4, 4)), label="perfectly calibrated")
    x, y, n = _columns(rows, "mean_p_fake", "share_fake", "count")
    axes.plot(x, y, color=REAL, lw=1.2)
    sizes = 30 + 270 * n / n.max()
    label = f"videos, calibration error {error}"
    axes.scatter(x, y, sizes, color=REAL, alpha=0.7, lw=0, label=label, zorder=3, clip_on=False)
    for mean, share, count in zip(x, y, n, strict=True):
        axes.annotate(f"{int(count)}", (mean, share), (9, -3), textcoords="offset points", size=8)
    axes.legend(loc="lower right", fontsize=8.5, markerscale=0.5)


def training(figure: Figure, rows: Rows) -> None:
    """Draw loss, and accuracy and AUC, by epoch."""
    panels = figure.subplots(1, 2)
    drawn = {
        "loss": {"loss": "training", "val_loss": "validation"},
        "accuracy and AUC": {
            "accuracy": "training accuracy",
            "val_accuracy": "validation accuracy",
            "val_auc": "validation AUC, videos",
        },
    }
    looks = {"loss": (FAKE, "--"), "accuracy": (FAKE, "--"), "val_auc": (THIRD, "-.")}
    for axes, (title, lines) in zip(panels, drawn.items(), strict=True):
        for key, label in lines.items():
            known = [row for row in rows if row[key] is not None]
            color, dash = looks.get(key, (REAL, "-"))
            if known:
                x, y = _columns(known, "epoch", key)
                axes.plot(x, y, color=color, ls=dash, marker="o", ms=3, lw=1.6, label=label)
        axes.set_title(title)
        axes.set_xlabel("epoch")
        axes.xaxis.get_major_locator().set_params(integer=True)
        if axes.lines:
            axes.legend(fontsize=8.5)
    panels[0].set_ylim(bottom=0)


def _unit_axes(figure: Figure, title: str, x: str, y: str) -> Axes:
    axes = figure.add_subplot(title=title, xlabel=x, ylabel=y)
    axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), aspect="equal")
    return axes


def _columns(rows: Rows, *names: str) -> tuple[np.ndarray, ...]:
    return tuple(np.array([row[name] for row in rows], dtype=float) for name in names)
