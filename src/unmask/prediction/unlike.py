"""Whether what is scored looks like what the model was trained on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from unmask.faces.index import FaceIndex
from unmask.faces.look import Look, differences, middle


def unlike_training(contract: Mapping[str, Any], scored: Iterable[FaceIndex]) -> list[str]:
    """In what the crops of scored files differ from those of the training, a sentence each.

    A model whose contract does not say what its crops looked like is not compared.
    """
    looks = [
        Look(index.quality.eye_distance, index.quality.eye_line, index.quality.sharpness)
        for index in scored
        if index.ok
    ]
    trained = Look(**contract.get("look", {}))
    return [
        f"These faces are unlike those that the model was trained on; {line}. Expect more mistakes."
        for line in differences({"its training": trained, "these": middle(looks)})
    ]
