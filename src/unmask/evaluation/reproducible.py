"""Whether the same data and settings would give the same bytes again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from unmask.evaluation.tables import read_rows
from unmask.model.contract import read_contract


def reproducible(quality_csv: Path, model: Path) -> dict[str, Any]:
    """Say on what the faces were found and the model was trained, and what follows from it.

    On a CPU two runs on one machine give the same bytes. On a GPU the order of additions may vary,
    so scores may differ in their last digits; ``same_bytes`` is false then.
    """
    detection = sorted({row["device"] for row in read_rows(quality_csv, ("video", "device"))})
    training = read_contract(model).get("device", "unknown")
    return {
        "same_bytes": {*detection, training} == {"cpu"},
        "detection": ", ".join(detection),
        "training": training,
    }
