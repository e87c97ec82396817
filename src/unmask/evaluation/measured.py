"""What a ``metrics.json`` says of how a model scores, held against what it may say."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, TypedDict

from unmask.disk.foreign import read_json
from unmask.errors import UnmaskError
from unmask.model.contract import ScoringOfModel, Share
from unmask.model.form import Range, faults


class _Video(TypedDict, total=False):
    threshold: Share
    auc: Share | None
    auc_ci: Annotated[list[Share], Range(ge=2, le=2)] | None
    n_real: Annotated[int, Range(ge=0)]
    n_fake: Annotated[int, Range(ge=0)]


class _Band(TypedDict):
    low: Share
    high: Share


class _Measured(TypedDict, total=False):
    video: _Video
    scoring: ScoringOfModel
    undecided: _Band | None


def measured_scoring(metrics: Path) -> dict[str, Any]:
    """The blocks ``video``, ``scoring`` and ``undecided`` of a metrics file, as far as scoring
    needs them.

    Raises:
        UnmaskError: there is no threshold in it, or a value that cannot be.
    """
    found = read_json(metrics, UnmaskError)
    video, band = (_part(found, name) for name in ("video", "undecided"))
    known: dict[str, Any] = {
        "video": {name: video[name] for name in _Video.__annotations__ if name in video},
        "undecided": {name: band[name] for name in ("low", "high") if name in band} or None,
    }
    if isinstance(found, dict) and "scoring" in found:
        known["scoring"] = found["scoring"]
    fault = next(faults(known, _Measured), None)
    if fault is None and "threshold" not in known["video"]:
        fault = "it holds no threshold."
    if fault is None and known["undecided"] and len(known["undecided"]) != 2:
        fault = "undecided lacks low or high."
    if fault:
        raise UnmaskError(
            f"{metrics}: {fault} Make it again, or say from which score on a video is fake:\n"
            "  --threshold 0.5"
        )
    return known


def _part(found: Any, name: str) -> dict[str, Any]:
    part = found.get(name) if isinstance(found, dict) else None
    return part if isinstance(part, dict) else {}
