"""Builds ``results/report/index.html``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from unmask.report.context import make_context
from unmask.report.reading import interval, number, percent
from unmask.tables import write_text

_HERE = Path(__file__).parent


def build_report(
    out: Path,
    *,
    metrics: Path,
    videos_csv: Path,
    manifest_csv: Path,
    quarantine_csv: Path,
    quality_csv: Path,
    dataset_dir: Path,
    dataset_csv: Path,
    plots_dir: Path,
    history_csv: Path,
    augmentation: Path,
    settings: Mapping[str, Any],
) -> Path:
    """Write the report to ``out/index.html`` and return that path.

    The page holds everything it shows: no network, no scripts. All text from files is escaped.
    The same inputs and library versions give the same bytes.

    ``settings``, all optional: ``title``; ``gallery``, how many example crops of hits and of
    misses; ``config``, the configuration to show (sections of keys and values); ``date``, text
    that is shown as it is.

    Raises :class:`unmask.errors.DatasetError` for an input that is absent or not what it should
    be.
    """
    context = make_context(
        metrics=Path(metrics),
        videos_csv=Path(videos_csv),
        manifest_csv=Path(manifest_csv),
        quarantine_csv=Path(quarantine_csv),
        quality_csv=Path(quality_csv),
        dataset_dir=Path(dataset_dir),
        dataset_csv=Path(dataset_csv),
        plots_dir=Path(plots_dir),
        history_csv=Path(history_csv),
        augmentation=Path(augmentation),
        settings=settings,
    )
    page = Path(out) / "index.html"
    write_text(page, render("report.html", context))
    return page


def render(template: str, context: Mapping[str, Any], folder: Path = _HERE) -> str:
    """Fill a template of ``folder``, which may include what is here; ``context`` is escaped."""
    environment = Environment(
        loader=FileSystemLoader([folder, _HERE]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"number": number, "percent": percent, "interval": interval}
    return environment.get_template(template).render(context)
