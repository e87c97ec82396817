"""What the report says for reference: files, settings, versions of libraries."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

FILES = {
    "../metrics.json": "every measure, with intervals and counts; None where undefined",
    "../predictions/videos.csv": "a row a video: label (1 is fake), split, crops, score",
    "../predictions/frames.csv": "a row a frame: its time and its score",
    "../manifest.csv": "every video: path, label, group, split, method, dataset",
    "../left_out.csv": "usable videos that are not used, and why",
    "../shortcuts.csv": "how well size, codec and the like tell the classes",
    "../properties.csv": "a row a video: size, rate, codec, sharpness and the like",
    "../duplicates.csv": "videos that look alike on different sides of the split",
    "../quarantine.csv": "videos that could not be used, at which stage, and why",
    "../quality.csv": "a row a video: frames, frames with a face, size and confidence of faces",
    "../dataset.csv": "every face crop: its video, frame, time and split",
    "../model/model.keras": "the trained model, with how its inputs have to be prepared",
    "../model/CARD.md": "the model's card: data, recipe, measures, audits, limits",
    "../predictions/tracks.csv": "a row a person in a video",
    "../plots/": "the plots as PNG, and the numbers they are drawn from as CSV",
    "../explanations/": "the heat maps, and a table of them",
    "../explore/": "pictures of the data",
}

_PACKAGES = (
    "unmask",
    "keras",
    "tensorflow",
    "tensorflow-cpu",
    "numpy",
    "scikit-learn",
    "opencv-python-headless",
    "mtcnn",
    "onnxruntime",
    "onnxruntime-gpu",
    "snakemake",
    "dvc",
)


def sections_of(config: Mapping[str, Any]) -> dict[str, list[tuple[str, str]]]:
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


def versions() -> list[tuple[str, str]]:
    """The versions of what the result was made with."""
    found = [("Python", platform.python_version())]
    for package in _PACKAGES:
        try:
            found.append((package, version(package)))
        except PackageNotFoundError:  # a library another build goes without
            continue
    return found
