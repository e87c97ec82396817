"""What follows from damage: what was damaged is made again, alone where it can be.

It comes out as it was, so what was made from it may stay. Of a model this holds on the machine
alone that trained it, so what follows a training is made again with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from unmask.workflow.plan import DAMAGED, Plan
from unmask.workflow.stages import STAGES, on_request


def are_all(plan: Plan) -> bool:
    """Whether nothing is to be done but to make again what was damaged."""
    return (
        bool(plan.stale)
        and all(why == DAMAGED and _plain(stage) != "train" for stage, why in plan.stale or ())
        and all(on_request(stage) or stage == "frames" for stage in plan.absent or ())
    )


def spare_what_follows(plan: Plan, rules: Iterable[Any]) -> None:
    """Tell Snakemake's rules that what they read may be newer, where their results stay.

    Nothing changes unless all that is to be done is to make again what was damaged.
    """
    if not are_all(plan):
        return
    from snakemake.io import IOFile, ancient, is_callable

    for rule in rules:
        own = getattr(rule.input, "settings", "")
        if not spare(plan, Path(own).stem):
            continue
        rule.input[:] = [
            file
            if file == own
            else ancient(file)
            if is_callable(file)
            else IOFile(ancient(str(file)), rule=rule)
            for file in rule.input
        ]
        for name, (start, end) in rule.input._get_names():
            rule.input._set_name(name, start, end)


def spare(plan: Plan, stage: str) -> bool:
    """Whether results of a stage stay as they are, whatever is repaired before them.

    Not if others behind them are damaged as well: the workflow would not look that far.
    """
    behind = {stage}
    for name, spec in STAGES.items():
        if behind.intersection(spec.after):
            behind.add(name)
    return not any(why == DAMAGED and _plain(name) in behind for name, why in plan.stale or ())


def _plain(stage: str) -> str:
    """The name of a stage, also of one of a repeat: ``repeats/seed1/train``."""
    return stage.rpartition("/")[2]


def line(plan: Plan) -> str:
    """Says what was damaged and is made again; empty if there is nothing."""
    if not plan.damaged:
        return ""
    more = f", and {others} more" if (others := len(plan.damaged) - 1) else ""
    return f"No longer what was written, so it is made again: {plan.damaged[0]}{more}"
