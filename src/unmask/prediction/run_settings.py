"""How new files are scored: as the model's run scored its own, unless told otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from unmask.errors import UnmaskError
from unmask.evaluation.measured import measured_scoring
from unmask.foreign import is_regular


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
        UnmaskError: there is a ``metrics.json`` without a threshold, or with one out of its range.
    """
    metrics = model.parent.parent / "metrics.json"
    known: dict[str, Any] = {"aggregate": "mean", "flip": False} | contract.get("scoring", {})
    known["threshold"], source = contract.get("threshold", 0.5), "the model file"
    undecided = contract.get("undecided")
    if is_regular(metrics) and (measured := _measured(metrics, given)):
        known |= measured.get("scoring", {}) | {"threshold": measured["video"]["threshold"]}
        band = measured.get("undecided")
        source, undecided = str(metrics), band and (band["low"], band["high"])
    known |= {name: value for name, value in given.items() if value is not None}
    if given.get("threshold") is not None:
        source, undecided = "", None
    return Scoring(**known, source=source, undecided=tuple(undecided) if undecided else None)


def _measured(metrics: Path, given: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return measured_scoring(metrics)
    except UnmaskError:
        if given.get("threshold") is None:
            raise
        return {}  # what it would be asked for is given
