"""Says in a sentence how the training went."""

from __future__ import annotations

from math import isfinite
from pathlib import Path

from unmask.evaluation.tables import read_rows


def training_summary(history_csv: Path) -> str:
    """Return how many epochs were run, and which had the best validation AUC or loss."""
    rows = list(read_rows(history_csv, ("epoch",)))
    if not rows:
        return "No epoch was run."
    text = f"{len(rows)} {'epoch was' if len(rows) == 1 else 'epochs were'} run."
    for column, name, best in (("val_auc", "AUC", max), ("val_loss", "loss", min)):
        known = [
            (float(row[column]), row["epoch"])
            for row in rows
            if row.get(column) and isfinite(float(row[column]))
        ]
        if known:
            value = best(value for value, _ in known)
            epoch = next(epoch for found, epoch in known if found == value)
            return f"{text} The best validation {name} was {value:.3f}, in epoch {epoch}."
    return text
