"""What a model file says of its training: on which videos, by which settings.

It is the field ``card`` of the contract, so it goes wherever the file goes. What was measured is
known later; the report writes all of it beside the model, into ``CARD.md``.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from unmask.disk.tables import read_rows
from unmask.labels import CLASS_NAMES, FAKE

FIELD = "card"


def training_card(dataset_csv: Path, **recipe: Mapping[str, Any]) -> dict[str, Any]:
    """The videos of training and validation, and the settings.

    ``data`` counts videos, groups and crops of each ``split/dataset/class/method``.
    """
    found: dict[str, dict[str, list[str]]] = {}
    for row in read_rows(dataset_csv, ("video", "label", "group", "split", "file")):
        if row["split"] in ("train", "val"):
            kind = CLASS_NAMES[int(row["label"])]
            part = "/".join((row["split"], row.get("dataset", ""), kind, row.get("method", "")))
            seen = found.setdefault(part, {"videos": [], "groups": [], "crops": []})
            for name, value in zip(seen, (row["video"], row["group"], row["file"]), strict=True):
                seen[name].append(value)
    data = {
        part: {name: len(set(values)) for name, values in found[part].items()}
        for part in sorted(found)
    }
    return {"data": data, "recipe": {name: dict(section) for name, section in recipe.items()}}


def trained_on(contract: Mapping[str, Any]) -> str:
    """A sentence on the videos of a training; empty where a model file does not say."""
    counts = dict.fromkeys(CLASS_NAMES, 0)
    datasets, methods = set(), set()
    for part, row in contract.get(FIELD, {}).get("data", {}).items():
        split, dataset, kind, method = [*part.split("/", 3), "", "", ""][:4]
        if split == "train" and kind in counts:
            counts[kind] += row.get("videos", 0)
            datasets.add(dataset)
            methods.add(method)
    if not any(counts.values()):
        return ""
    real, fake = counts[CLASS_NAMES[1 - FAKE]], counts[CLASS_NAMES[FAKE]]
    kinds = ", ".join(sorted(methods - {""}))
    return (
        f"Trained on {real} real and {fake} fake videos{f' ({kinds})' if kinds else ''} of "
        f"{', '.join(sorted(datasets - {''})) or 'one dataset'}."
    )
