"""The page of a prediction: verdicts, and why."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from unmask.prediction.detector import card_of, name_of, trained_on_what
from unmask.prediction.model_test import NOT_TESTED, ModelTest
from unmask.prediction.results import Prediction
from unmask.report.pages.charts import Chart
from unmask.report.pages.render import templates
from unmask.report.pages.timeline import timeline

MOST_PICTURED = 40
"""So many files get pictures, about 0.2 MB each; the others have their numbers and timelines."""

MOST_ROWS = 200
"""So many frame scores are listed for a file; JSON has them all."""

_HERE = Path(__file__).parent


def prediction_page(
    results: Sequence[Prediction], *, model: Path, threshold: float, test: ModelTest = NOT_TESTED
) -> str:
    """A page that holds everything it shows. All text is escaped; nothing is loaded.

    Files come in the order of ``results``. Those with ``pictures`` are shown with them.
    """
    context: dict[str, Any] = {
        "files": [
            {"anchor": f"file-{number}", "result": result, "timeline": _timeline(result, threshold)}
            for number, result in enumerate(results, start=1)
        ],
        "counts": {
            "fake": sum(result.verdict == "fake" for result in results),
            "real": sum(result.verdict == "real" for result in results),
            "lost": sum(not result.scored for result in results),
        },
        "threshold": threshold,
        "model": name_of(model),
        "trained_on": trained_on_what(model),
        "card": card.resolve().as_uri() if (card := card_of(model)) else "",
        "test": test,
        "pictured": MOST_PICTURED,
        "rows": MOST_ROWS,
        "all_rows": "--json",
    }
    return templates(_HERE).get_template("prediction.html").render(context)


def verdict_of_file(result: Prediction, *, anchor: str, threshold: float) -> str:
    """What the page says of one scored file, without its heading, to stand in another page.

    ``anchor`` is what its ids begin with.
    """
    file = {"anchor": anchor, "result": result, "timeline": _timeline(result, threshold)}
    context = {"file": file, "result": result, "pictured": MOST_PICTURED, "rows": MOST_ROWS}
    return (
        templates(_HERE)
        .get_template("verdict.html")
        .render(context | {"all_rows": "unmask predict --json"})
    )


def _timeline(result: Prediction, threshold: float) -> Chart | None:
    if not result.scored or len(result.sampled) < 2:
        return None
    return timeline(result.sampled, result.frames, threshold, result.interval, video=result.file)
