"""Gathers what the page shows, ready to print: the templates only lay it out."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from unmask.dataset.crops_table import crops_of
from unmask.errors import DatasetError
from unmask.evaluation.explain.index import read_heat_maps
from unmask.evaluation.scores import read_videos
from unmask.evaluation.shortcuts import read_shortcuts
from unmask.labels import CLASS_NAMES
from unmask.report.charts import draw_charts
from unmask.report.gallery import examples
from unmask.report.headline import headline
from unmask.report.inputs import Inputs
from unmask.report.judged_videos import JudgedVideo, judge, table_data
from unmask.report.leaks import leak_warnings, leaks
from unmask.report.pages.data_uri import whole_file
from unmask.report.quality import quality_rows
from unmask.report.reference import FILES, sections_of, versions
from unmask.report.sentences import ONE_SEED, sentences, training_summary, warnings
from unmask.report.shortcuts import shortcut_warnings
from unmask.report.video_pages import VideoPageData
from unmask.videos.manifest import Video, read_manifest
from unmask.videos.problems import Problem, read_quarantine

FIRST_ROWS = 50
"""Rows of the table of videos without scripts, and on each of its pages with them."""

FACES, WRONG = 6, 3
"""Faces beside the headline; so many of them at most of videos that are judged wrongly."""

MAX_ROWS = 500
"""Rows of the table of quarantined videos; the rest is in its file."""


def make_context(
    inputs: Inputs, settings: Mapping[str, Any]
) -> tuple[dict[str, Any], list[JudgedVideo], VideoPageData]:
    """Read every input. Returns the variables of ``report.html``, the test videos, and what their
    own pages are made from."""
    measured = _read_metrics(inputs.metrics)
    manifest = {row.id: row for row in read_manifest(inputs.manifest_csv)}
    test = [row for row in read_videos(inputs.videos_csv) if row.split == "test"]
    threshold = measured["video"]["threshold"]
    rows = judge(test, threshold, manifest)
    material = VideoPageData(
        inputs,
        threshold,
        measured["scoring"].get("aggregate", "mean"),
        crops_of({row.video for row in rows}, inputs.dataset_csv),
        read_heat_maps(inputs.explanations_dir),
    )
    config = settings.get("config", {})
    demo = any(dataset.get("kind") == "demo" for dataset in config.get("datasets", ()))
    fixed = isinstance(config.get("evaluate", {}).get("threshold"), int | float)
    shortcuts = read_shortcuts(inputs.shortcuts_csv)
    gallery = examples(
        rows,
        threshold,
        material.crops,
        inputs.dataset_dir,
        material.heat_maps,
        inputs.explanations_dir,
        settings.get("gallery", 12),
    )
    context = {
        "title": settings.get("title", "unmask report"),
        "date": settings.get("date"),
        "metrics": measured,
        "datasets": sorted({row.dataset for row in manifest.values()}),
        "headline": headline(measured),
        "one_seed": ONE_SEED,
        "sentences": [*sentences(measured, threshold_given=fixed), ONE_SEED],
        "warnings": [
            *warnings(measured, demo=demo),
            *leak_warnings(inputs.duplicates_csv),
            *shortcut_warnings(shortcuts),
        ],
        "shortcuts": shortcuts,
        "charts": draw_charts(inputs.plots_dir, measured, few=_lacking(measured["video"])),
        "scores": [[row.label, round(row.p_fake, 7)] for row in rows],
        "videos": rows,
        "first_rows": FIRST_ROWS,
        "table": table_data(rows),
        "gallery": gallery,
        "faces": [*gallery["misses"][:WRONG], *gallery["hits"]][:FACES],
        "leaks": leaks(inputs.left_out_csv, inputs.notes_csv, inputs.duplicates_csv),
        "quarantine": _quarantine(read_quarantine(inputs.quarantine_csv), manifest),
        "quality": quality_rows(inputs.quality_csv, manifest),
        "training": training_summary(inputs.history_csv),
        "augmentation": whole_file(inputs.augmentation),
        "explored": _explored(inputs.explore_dir),
        "config": sections_of(config),
        "versions": versions(),
        "files": FILES,
        "names": CLASS_NAMES,
    }
    return context, rows, material


def _read_metrics(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise DatasetError(f"{path}: no such file, and the report shows it")
    return json.loads(path.read_text("utf-8"))


def _lacking(video: Mapping[str, Any]) -> str:
    """Why a curve of two classes cannot be drawn; empty if it can."""
    missing = [name for name in CLASS_NAMES if not video[f"n_{name}"]]
    return f"there is no scored {' and no '.join(missing)} test video" if missing else ""


def _quarantine(problems: Sequence[Problem], manifest: Mapping[str, Video]) -> dict[str, Any]:
    rows = [
        {
            "video": problem.video,
            "split": manifest[problem.video].split if problem.video in manifest else "",
            "stage": problem.stage,
            "reason": problem.reason,
        }
        for problem in problems
    ]
    stages = sorted(Counter(problem.stage for problem in problems).items())
    return {"rows": rows[:MAX_ROWS], "total": len(rows), "stages": stages}


def _explored(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """The pictures of the data: contact sheets, and those of single videos."""
    sheets = [
        {"name": path.stem.removeprefix("contact_"), "image": whole_file(path)}
        for path in sorted(folder.glob("contact_*.jpg"))
    ]
    clips = [
        {
            "video": path.name,
            **{file.stem: whole_file(file) for file in sorted(path.glob("[!.]*"))},
        }
        for path in sorted(folder.glob("*/"))
    ]
    return {"sheets": sheets, "clips": clips}
