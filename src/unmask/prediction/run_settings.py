"""How new files are scored: as the model's run scored its own, unless told otherwise."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from unmask.errors import UnmaskError


@dataclass(frozen=True)
class Scoring:
    """``threshold`` 0..1, ``aggregate`` and ``flip`` as in the sections ``evaluate`` and ``score``.

    ``source`` says where the threshold comes from; empty where it was given. ``undecided``: between
    these two scores the model is not to be relied on, whatever the interval says; None: nowhere.
    """

    threshold: float
    aggregate: str
    flip: bool
    source: str = ""
    undecided: tuple[float, float] | None = None

    @property
    def how(self) -> dict[str, Any]:
        """All but the source: what a :class:`unmask.prediction.predictor.Predictor` takes."""
        return {key: value for key, value in vars(self).items() if key != "source"}


def scoring_of_run(model: Path, contract: Mapping[str, Any], **given: Any) -> Scoring:
    """What is given, else what the ``metrics.json`` of the model's run says, else the model file.

    ``given``: ``threshold``, ``aggregate``, ``flip``; None where it is not.

    Raises:
        UnmaskError: there is a ``metrics.json`` without a threshold.
    """
    metrics = model.parent.parent / "metrics.json"
    known: dict[str, Any] = {"aggregate": "mean", "flip": False} | contract.get("scoring", {})
    known["threshold"], source = contract.get("threshold", 0.5), "the model file"
    undecided = contract.get("undecided")
    if metrics.is_file():
        try:
            measured = json.loads(metrics.read_text("utf-8"))
            known |= {"threshold": float(measured["video"]["threshold"])}
            known |= measured.get("scoring", {})
            band = measured.get("undecided")
            source, undecided = str(metrics), band and (band["low"], band["high"])
        except (ValueError, KeyError, TypeError):
            raise UnmaskError(
                f"{metrics} holds no threshold. Say from which score on a video is fake:\n"
                "  --threshold 0.5"
            ) from None
    known |= {name: value for name, value in given.items() if value is not None}
    if given.get("threshold") is not None:
        source, undecided = "", None
    return Scoring(**known, source=source, undecided=tuple(undecided) if undecided else None)
