"""Says in a sentence how the training went."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from pathlib import Path

from unmask.evaluation.tables import read_rows


def training_summary(history_csv: Path) -> str:
    """Return how many epochs were run, and which had the best validation AUC or loss."""
    rows = list(read_rows(history_csv, ("epoch",)))
    if not rows:
        return "No epoch was run."
    text = f"{len(rows)} {'epoch was' if len(rows) == 1 else 'epochs were'} run."
    for column, name, sign in (("val_auc", "AUC", 1), ("val_loss", "loss", -1)):
        known = [row for row in rows if isfinite(_number(row, column))]
        if known:
            # Of equals the one with the smaller loss, as the training chooses.
            best = max(
                known, key=lambda row: (sign * _number(row, column), -_number(row, "val_loss"))
            )
            value = _number(best, column)
            return f"{text} The best validation {name} was {value:.3f}, in epoch {best['epoch']}."
    return text


def _number(row: Mapping[str, str], column: str) -> float:
    return float(row.get(column) or "nan")
