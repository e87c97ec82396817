"""Gathers what the page shows, ready to print: the template only lays it out."""

from __future__ import annotations

import json
import platform
from base64 import b64encode
from collections import Counter
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from markupsafe import Markup

from unmask.errors import DatasetError
from unmask.evaluation.scores import VideoScore, read_videos
from unmask.labels import CLASS_NAMES
from unmask.manifest import Problem, Video, read_manifest, read_quarantine
from unmask.report.gallery import examples
from unmask.report.quality import quality_rows
from unmask.report.reading import number, sentences, warnings
from unmask.report.training import training_summary

MAX_ROWS = 500
"""Rows of a table of videos; the rest is in its file."""

PLOTS = {
    "roc": (
        "ROC curve",
        "How many fakes are found (up) for how many real videos wrongly called fake (right). "
        "The closer to the upper left corner, the better.",
    ),
    "precision_recall": (
        "Precision and recall",
        "How many of the videos called fake are fake (up), when so many of all fakes are found "
        "(right).",
    ),
    "score_histogram": (
        "Scores of real and of fake videos",
        "Where the two heaps overlap, no threshold can part them.",
    ),
    "confusion": ("Confusion at the threshold", "What the videos are, and what they are called."),
    "calibration": (
        "Calibration",
        "Whether a score can be read as a probability: then the dots lie on the line. The number "
        "at a dot is how many videos it stands for.",
    ),
    "training": ("Training", "Loss, accuracy and AUC, epoch by epoch."),
}

_SAID = {
    "roc": ("auc", "AUC"),
    "precision_recall": ("average_precision", "Average precision"),
    "calibration": ("ece", "Expected calibration error"),
}
"""Which measure the text for people who cannot see a plot names."""

FILES = {
    "../metrics.json": "every measure, with intervals and counts; None where undefined",
    "../predictions/videos.csv": "a row a video: label (1 is fake), split, crops, score",
    "../predictions/frames.csv": "a row a frame: its time and its score",
    "../manifest.csv": "every video: path, label, group, split, method, dataset",
    "../quarantine.csv": "videos that could not be used, at which stage, and why",
    "../quality.csv": "a row a video: frames, frames with a face, size and confidence of faces",
    "../dataset.csv": "every face crop: its video, frame, time and split",
    "../model/model.keras": "the trained model, with how its inputs have to be prepared",
    "../plots/": "the plots as PNG, and the numbers they are drawn from as CSV",
}

_PACKAGES = (
    "unmask",
    "keras",
    "tensorflow",
    "numpy",
    "scikit-learn",
    "opencv-python-headless",
    "mtcnn",
    "onnxruntime",
    "snakemake",
    "dvc",
)


def make_context(
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
) -> dict[str, Any]:
    """Read every input of the report and return the variables of ``report.html``."""
    measured = json.loads(_content(metrics).decode("utf-8"))
    manifest = {row.video: row for row in read_manifest(manifest_csv)}
    test = [row for row in read_videos(videos_csv) if row.split == "test"]
    threshold = measured["video"]["threshold"]
    config = settings.get("config", {})
    demo = any(dataset.get("kind") == "demo" for dataset in config.get("datasets", ()))
    fixed = isinstance(config.get("evaluate", {}).get("threshold"), int | float)
    gallery = examples(test, threshold, dataset_csv, dataset_dir, settings.get("gallery", 12))
    return {
        "title": settings.get("title", "unmask report"),
        "date": settings.get("date"),
        "style": Markup((Path(__file__).parent / "style.css").read_text("utf-8")),  # noqa: S704
        "metrics": measured,
        "datasets": sorted({row.dataset for row in manifest.values()}),
        "sentences": sentences(measured, threshold_given=fixed),
        "warnings": warnings(measured, demo=demo),
        "plots": [_plot(plots_dir, name, measured["video"]) for name in PLOTS],
        "videos": _videos(test, threshold, manifest),
        "videos_total": len(test),
        "gallery": gallery,
        "quarantine": _quarantine(read_quarantine(quarantine_csv), manifest),
        "quality": quality_rows(quality_csv, manifest),
        "training": training_summary(history_csv),
        "augmentation": f"data:image/jpeg;base64,{b64encode(_content(augmentation)).decode()}",
        "config": _sections(config),
        "versions": _versions(),
        "files": FILES,
        "names": CLASS_NAMES,
    }


def _content(path: Path) -> bytes:
    if not path.is_file():
        raise DatasetError(f"{path}: no such file, and the report shows it")
    return path.read_bytes()


def _plot(folder: Path, name: str, video: dict[str, Any]) -> dict[str, str]:
    title, caption = PLOTS[name]
    key, said = _SAID.get(name, ("", ""))
    value = f" {said} {number(video[key])}." if key else ""
    image = b64encode(_content(folder / f"{name}.png")).decode()
    return {
        "name": name,
        "title": title,
        "caption": caption,
        "alt": f"Plot: {title}.{value}",
        "image": f"data:image/png;base64,{image}",
    }


def _videos(
    test: list[VideoScore], threshold: float, manifest: dict[str, Video]
) -> list[dict[str, Any]]:
    """One row a scored test video: the wrong ones first, the worst of them at the top."""
    rows = []
    for score in test:
        called = int(score.p_fake >= threshold)
        rows.append(
            {
                "video": score.video,
                "dataset": manifest[score.video].dataset if score.video in manifest else "",
                "method": manifest[score.video].method if score.video in manifest else "",
                "label": score.label,
                "called": called,
                "right": called == score.label,
                "p_fake": score.p_fake,
                "n_faces": score.n_faces,
            }
        )
    rows.sort(key=lambda row: (row["right"], row["right"] or -abs(row["p_fake"] - threshold)))
    return rows[:MAX_ROWS]


def _quarantine(problems: list[Problem], manifest: dict[str, Video]) -> dict[str, Any]:
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


def _sections(config: Mapping[str, Any]) -> dict[str, list[tuple[str, str]]]:
    """The configuration as (key, value) rows by section; a list of datasets as a section each."""
    sections: dict[str, list[tuple[str, str]]] = {}
    for name, content in config.items():
        if isinstance(content, list):
            for place, item in enumerate(content):
                label = item.get("name", place) if isinstance(item, Mapping) else place
                sections[f"{name}: {label}"] = _pairs(item)
        else:
            sections[name] = _pairs(content)
    return sections


def _pairs(content: Any) -> list[tuple[str, str]]:
    if not isinstance(content, Mapping):
        return [("value", _shown(content))]
    return [(str(key), _shown(value)) for key, value in content.items()]


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _versions() -> list[tuple[str, str]]:
    found = [("Python", platform.python_version())]
    for package in _PACKAGES:
        try:
            found.append((package, version(package)))
        except PackageNotFoundError:  # a library another build goes without
            continue
    return found
