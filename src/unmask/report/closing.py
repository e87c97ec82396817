"""What a run ends with on the terminal: the answer in a few lines, and where to read on."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from unmask.config.load import validate
from unmask.config.recipes import advice
from unmask.config.schema import Config
from unmask.errors import UnmaskError
from unmask.report.headline import headline
from unmask.report.pages.numbers import interval

DEMO = (
    "This is the demo, made from two portraits: it shows that everything works, and says "
    "nothing about other fakes."
)


def closing(results: Path, at: Path) -> list[str]:
    """The lines; none if there are no metrics. ``at`` is where the reader's shell stands."""
    try:
        metrics = json.loads((results / "metrics.json").read_text("utf-8"))
    except (OSError, ValueError):
        return []
    lines = [
        headline(metrics),
        *_auc(metrics["video"], metrics["confidence"]),
        _quarantined(metrics["data"], results, at),
    ]
    config = _config(results)
    if config and any(dataset.kind == "demo" for dataset in config.datasets):
        lines.append(DEMO)
    if config and (hint := advice(config)):
        lines += hint.splitlines()
    return [*lines, f"Report: {_seen_from(at, results / 'report/index.html')}"]


def _auc(video: dict[str, Any], confidence: float) -> list[str]:
    if video["auc"] is None:
        return ["No AUC: the scored test videos are of one class."]
    text = f"AUC {video['auc']:.3f}"
    if video["auc_ci"] is None:
        return [f"{text}, without an interval; metrics.json says why."]
    level = f"{confidence:.0%}".replace("%", " %")
    return [f"{text}, {level} interval {interval(video['auc_ci'])}."]


def _quarantined(data: dict[str, Any], results: Path, at: Path) -> str:
    number = data["total"]["quarantined"] + data.get("unsplit", {}).get("quarantined", 0)
    if not number:
        return "Quarantined: none."
    where = _seen_from(at, results / "quarantine.csv")
    return f"Quarantined: {number} of {data['total']['videos']} videos, see {where}"


def _config(results: Path) -> Config | None:
    """The settings that the report was made with, as far as they are known here."""
    try:
        record = json.loads((results / "workflow/settings/report.json").read_text("utf-8"))
        return validate(record["settings"]["config"])
    except (OSError, ValueError, KeyError, UnmaskError):
        return None


def _seen_from(at: Path, file: Path) -> str:
    """A path that works in the reader's shell."""
    path = file.absolute()
    return os.path.relpath(path, at) if path.is_relative_to(at) else str(path)
