"""What a model file says of its training: on which videos, by which settings.

It is the field ``card`` of the contract, so it goes wherever the file goes. What was measured is
known later; the report writes all of it beside the model, into ``CARD.md``.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from unmask.labels import CLASS_NAMES, FAKE
from unmask.tables import read_rows

FIELD = "card"


def training_card(dataset_csv: Path, **recipe: Mapping[str, Any]) -> dict[str, Any]:
    """The videos of training and validation by dataset, class and method, and the settings."""
    found: dict[tuple[str, ...], dict[str, set[str]]] = {}
    crops: dict[tuple[str, ...], int] = {}
    for row in read_rows(dataset_csv, ("video", "label", "group", "split")):
        if row["split"] not in ("train", "val"):
            continue
        name = CLASS_NAMES[int(row["label"])]
        place = row["split"], row.get("dataset", ""), name, row.get("method", "")
        seen = found.setdefault(place, {"videos": set(), "groups": set()})
        seen["videos"].add(row["video"])
        seen["groups"].add(row["group"])
        crops[place] = crops.get(place, 0) + 1
    data = [
        dict(zip(("split", "dataset", "class", "method"), place, strict=True))
        | {key: len(names) for key, names in found[place].items()}
        | {"crops": crops[place]}
        for place in sorted(found)
    ]
    return {"data": data, "recipe": {name: dict(section) for name, section in recipe.items()}}


def trained_on(contract: Mapping[str, Any]) -> str:
    """A sentence on the videos of a training; empty where a model file does not say."""
    rows = [row for row in contract.get(FIELD, {}).get("data", ()) if row["split"] == "train"]
    if not rows:
        return ""
    fake = sum(row["videos"] for row in rows if row["class"] == CLASS_NAMES[FAKE])
    real = sum(row["videos"] for row in rows) - fake
    methods = sorted({row["method"] for row in rows} - {""})
    kinds = f" ({', '.join(methods)})" if methods else ""
    datasets = ", ".join(sorted({row["dataset"] for row in rows} - {""}))
    return f"Trained on {real} real and {fake} fake videos{kinds}" + (
        f" of {datasets}." if datasets else "."
    )
