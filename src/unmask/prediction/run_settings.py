"""How new files are scored: as the model's run scored its own, unless told otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from unmask.disk.foreign import is_regular
from unmask.errors import UnmaskError
from unmask.evaluation.measured import measured_scoring
from unmask.prediction.model_test import NOT_TESTED, ModelTest, model_test


@dataclass(frozen=True)
class Scoring:
    """``threshold`` 0..1, ``aggregate`` and ``flip`` as in the sections ``evaluate`` and ``score``.

    ``source`` says where the threshold comes from; empty where it was given. ``undecided``: between
    these two scores the model is not to be relied on, whatever the interval says; None: nowhere.
    ``tested`` is what is known of the model's test.
    """

    threshold: float
    aggregate: str
    flip: bool
    source: str = ""
    undecided: tuple[float, float] | None = None
    tested: ModelTest = NOT_TESTED

    @property
    def how(self) -> dict[str, Any]:
        """What a :class:`unmask.prediction.predictor.Predictor` takes."""
        taken = ("threshold", "aggregate", "flip", "undecided")
        return {key: getattr(self, key) for key in taken} | {"doubt": self.tested.doubt}


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
    test = model_test(contract, {})
    if is_regular(metrics) and (measured := _measured(metrics, given)):
        known |= measured.get("scoring", {}) | {"threshold": measured["video"]["threshold"]}
        band = measured.get("undecided")
        source, undecided = str(metrics), band and (band["low"], band["high"])
        test = model_test(contract, measured["video"])
    known |= {name: value for name, value in given.items() if value is not None}
    if given.get("threshold") is not None:
        source, undecided = "", None
    span = tuple(undecided) if undecided else None
    return Scoring(**known, source=source, undecided=span, tested=test)


def _measured(metrics: Path, given: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return measured_scoring(metrics)
    except UnmaskError:
        if given.get("threshold") is None:
            raise
        return {}  # what it would be asked for is given
