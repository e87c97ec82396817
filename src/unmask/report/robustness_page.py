"""The plot and the page of what is left when videos come through losses."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure

from unmask.evaluation.robustness import Row
from unmask.report.pages.data_uri import whole_file
from unmask.report.pages.render import templates
from unmask.report.plots.figures import FAKE, INK, REAL, THIRD, save

SHOWN = {"auc": ("AUC", INK), "tpr": ("fakes found", FAKE), "fpr": ("false alarms", REAL)}


def draw(path: Path, rows: Sequence[Row]) -> None:
    """AUC, fakes found and false alarms of each row, with their intervals, as PNG."""

    def fill(figure: Figure) -> None:
        axes = figure.add_subplot(title="Test videos after a loss", xlim=(-0.02, 1.02))
        for place, (key, (name, color)) in enumerate(SHOWN.items()):
            values = [getattr(row, key) for row in rows]
            low, high = ([getattr(row, f"{key}_{end}") for row in rows] for end in ("low", "high"))
            heights = [number + 0.22 * (place - 1) for number in range(len(rows))]
            axes.hlines(heights, low, high, colors=color, linewidth=1.4)
            axes.plot(values, heights, "o", color=color, markersize=4.5, label=name)
        axes.axvline(0.5, color=THIRD, linewidth=0.8, linestyle="--")
        axes.set_yticks(range(len(rows)), [row.change for row in rows])
        axes.invert_yaxis()
        figure.legend(loc="outside lower center", ncols=len(SHOWN))

    save(path, fill, height=1.8 + 0.5 * len(rows))


def robustness_page(rows: Sequence[Row], plot: Path, confidence: float) -> str:
    """The page as HTML, with the plot in it."""
    context = {"rows": rows, "plot": whole_file(plot), "confidence": confidence}
    return templates(Path(__file__).parent).get_template("robustness.html").render(context)
