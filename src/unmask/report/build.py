"""Builds ``results/report``: the page, and a page for each test video."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from unmask.disk.files import fresh_directory, write_text
from unmask.report.context import make_context
from unmask.report.inputs import Inputs
from unmask.report.pages.render import templates
from unmask.report.video_pages import video_pages

_HERE = Path(__file__).parent


def build_report(
    out: Path, inputs: Inputs, settings: Mapping[str, Any], card: Path | None = None
) -> Path:
    """Write the report to ``out/index.html`` and ``out/videos``, and return the first path.

    ``card`` is where the model's card goes, a Markdown file, if it is wanted.

    Each page holds everything it shows: nothing is loaded. All text from files is escaped. The
    page works without scripts; they add values under the mouse, a threshold to move, and search in
    the table of videos. The same inputs and library versions give the same bytes.

    ``settings``, all optional: ``title``; ``gallery``, how many example crops of hits and of
    misses; ``config``, the configuration to show (sections of keys and values); ``date``, text
    that is shown as it is.

    Raises :class:`unmask.errors.DatasetError` for an input that is absent or not what it should
    be.
    """
    context, rows, material = make_context(inputs, settings)
    pages = templates(_HERE)
    one_video = pages.get_template("video.html")
    with fresh_directory(Path(out) / "videos") as folder:
        for name, content in video_pages(rows, material):
            text = one_video.render(content | {"title": context["title"]})
            (folder / Path(name).name).write_text(text, "utf-8")
    page = Path(out) / "index.html"
    write_text(page, pages.get_template("report.html").render(context))
    if card:
        write_text(card, pages.get_template("card.md").render(context).strip() + "\n")
    return page
