"""Measuring a model on labeled videos, in one call."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any


def evaluate(
    table: str | Path,
    model: str | Path | None = None,
    *,
    cropped: bool = False,
    out: str | Path | None = None,
    threshold: float | None = None,
) -> dict[str, Any]:
    """Measure a model on labeled videos or images that it was not trained with.

    Args:
        table: a CSV with ``path,label`` (``real`` or ``fake``) and, if known, ``group``. Paths are
            seen from its folder.
        model: its file; None as for :func:`unmask.load`.
        cropped: the files are images that are face crops already.
        out: a folder for the scores and ``metrics.json``, as ``unmask evaluate`` writes them.
        threshold: from this score on a video is called fake, 0..1. None: the model's own.

    Returns:
        The content of ``metrics.json``: ``metrics["video"]["auc"]``, for example.

    Raises:
        UnmaskError: the table or the model cannot be used.

    Example:
        >>> metrics = unmask.evaluate("data/labels.csv", cropped=True)
        >>> metrics["video"]["n_real"], metrics["video"]["n_fake"]
        (6, 6)
    """
    from unmask.api.detector import scoring_of
    from unmask.config import validate
    from unmask.prediction.labeled import evaluate_model

    file, contract, scoring = scoring_of(model, threshold=threshold)
    path = Path(table).expanduser()
    dataset = {"name": "data", "kind": "table", "root": str(path.parent), "table": path.name}
    datasets = validate({"datasets": [dataset | {"cropped": cropped}]}).datasets
    jobs = max(1, (os.cpu_count() or 2) - 1)
    with tempfile.TemporaryDirectory(prefix="unmask-") as folder:
        into = Path(folder) if out is None else Path(out).expanduser()
        return evaluate_model(file, contract, datasets, into, scoring, jobs=jobs)
