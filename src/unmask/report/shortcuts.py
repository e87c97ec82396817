"""Says which properties, other than faces, tell the classes."""

from __future__ import annotations

from collections.abc import Sequence

from unmask.evaluation.shortcuts import TOGETHER, Shortcut
from unmask.report.pages.numbers import interval


def shortcut_warnings(rows: Sequence[Shortcut]) -> list[str]:
    """A reason for doubt for each property that tells much, those of all together last."""
    strong = [row for row in rows if row.strong and row.property != TOGETHER]
    found = [
        f"{row.property.capitalize()} alone tells real from fake with an AUC of {row.auc:.3f} "
        f"({interval([row.low, row.high])}; real {row.real}, fake {row.fake}). The detector may "
        "have learned that in place of faces."
        for row in strong
    ]
    if not strong:
        found += [
            "Size, codec and the like, all together, tell real from fake with an AUC of "
            f"{row.auc:.3f} ({interval([row.low, row.high])}). The detector may have learned that "
            "in place of faces."
            for row in rows
            if row.strong
        ]
    return found
