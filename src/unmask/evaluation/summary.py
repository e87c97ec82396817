"""What a terminal tells of a metrics file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SHOWN = {
    "auc": "AUC",
    "average_precision": "average precision",
    "balanced_accuracy": "balanced accuracy",
    "tpr": "fakes found",
    "fpr": "false alarms",
    "eer": "equal error rate",
    "log_loss": "log loss",
}


def summary(metrics: Mapping[str, Any]) -> str:
    """The main measures of the videos with their intervals, and a line a dataset and a method."""
    video = metrics["video"]
    lines = [
        f"{video['n_real']} real and {video['n_fake']} fake videos in {video['groups']['total']} "
        f"groups, {_number(video['coverage'])} of all could be scored; threshold "
        f"{video['threshold']:.3f}"
    ]
    level = f"{metrics['confidence']:.0%}"
    for key, name in SHOWN.items():
        lines.append(f"  {name:<18} {_number(video[key])}  {_interval(video[f'{key}_ci'], level)}")
    for kind in ("datasets", "methods"):
        for name, row in metrics[kind].items():
            lines.append(
                f"  {name:<18} AUC {_number(row['auc'])}  {_interval(row['auc_ci'], level)}"
            )
    return "\n".join(line.rstrip() for line in lines)


def _number(value: float | None) -> str:
    return "n/a  " if value is None else f"{value:.3f}"


def _interval(span: list[float] | None, level: str) -> str:
    return "" if span is None else f"({level}: {span[0]:.3f} to {span[1]:.3f})"
