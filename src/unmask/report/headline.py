"""The result in one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from unmask.report.sentences import FEW_GROUPS, FEW_VIDEOS


def headline(metrics: Mapping[str, Any]) -> str:
    """How many fakes of the test are found and real videos accused, and whether that says much."""
    video, found = metrics["video"], metrics["video"]["confusion"]
    real, fake = video["n_real"], video["n_fake"]
    parts = []
    if fake:
        parts.append(f"finds {found['tp']} of {fake} {'fake' if fake == 1 else 'fakes'}")
    if real:
        videos = "real video" if real == 1 else "real videos"
        parts.append(f"calls {found['fp']} of {real} {videos} fake")
    if not parts:
        return "No test video could be scored."
    text = ", ".join(parts)
    return f"{text[0].upper()}{text[1:]}{_doubt(video, min(real, fake))}. One seed."


def _doubt(video: Mapping[str, Any], few: int) -> str:
    span = video["auc_ci"]
    groups = min(video["groups"]["real"], video["groups"]["fake"])
    if few < FEW_VIDEOS or groups < FEW_GROUPS:
        return "; too few videos to trust"
    if span and span[0] <= 0.5:
        return "; no better than guessing, as far as this test can tell"
    return ""
