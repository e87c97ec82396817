"""The page of repeated trainings: how far apart they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from unmask.evaluation.repeats import STATISTICS, Part
from unmask.report.pages.render import templates


def repeats_page(parts: Sequence[Part], settings: Mapping[str, Any]) -> str:
    """The page as HTML; ``settings`` is the section ``repeats`` and the level of the intervals."""
    context = {"parts": parts, "settings": settings, "statistics": list(STATISTICS)}
    return templates(Path(__file__).parent).get_template("repeats.html").render(context)
