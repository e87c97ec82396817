"""Says in words and in JSON what a comparison of detectors found."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from unmask.evaluation.compare import Comparison, common_videos
from unmask.evaluation.scored_runs import ScoredRun


def comparison_text(
    runs: Mapping[str, ScoredRun], found: Sequence[Comparison], confidence: float
) -> str:
    """A paragraph a pair; p values allow for how many pairs there are."""
    shared = common_videos({name: run.videos for name, run in runs.items()})
    rows = next(iter(shared.values()))
    fakes = sum(row.label for row in rows)
    lines = [
        f"{len(rows) - fakes} real and {fakes} fake videos in {len({row.group for row in rows})} "
        "groups, scored by all."
    ]
    for name, run in runs.items():
        if left := len(run.videos) - len(rows):
            lines.append(f"  {left} videos of {name} were not scored by all, and do not count.")
    for one in found:
        low, high = one.difference_ci
        lines += [
            f"{one.a} and {one.b}:",
            f"  AUC {one.auc_a:.3f} and {one.auc_b:.3f}: {one.difference:+.3f} "
            f"({confidence:.0%}: {low:+.3f} to {high:+.3f}), p = {_p(one.p_adjusted)}",
            f"  right at the threshold: {one.only_a} videos the first only, {one.only_b} the "
            f"second only, p = {_p(one.p_verdicts_adjusted)}",
        ]
    if len(found) > 1:
        lines.append(f"The p values are adjusted for {len(found)} pairs (Holm).")
    return "\n".join(lines)


def comparison_json(
    runs: Mapping[str, ScoredRun], found: Sequence[Comparison], confidence: float
) -> str:
    """All of it, unrounded."""
    content = {
        "confidence": confidence,
        "thresholds": {name: run.threshold for name, run in runs.items()},
        "comparisons": [asdict(one) for one in found],
    }
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _p(value: float) -> str:
    return "under 0.001" if value < 0.001 else f"{value:.3f}"
