"""Reading every result in full. What differs is remembered, so that the next run makes it again."""

from __future__ import annotations

from pathlib import Path

from unmask.disk.contents import is_sealed
from unmask.workflow.expected import expected
from unmask.workflow.inspection import Inspection
from unmask.workflow.plan import Plan


def verify(plan: Plan, where: Path) -> tuple[int, int, list[str]]:
    """Read all results that are there.

    Returns:
        How many there are, how many of them do not say what they hold, and how others differ from
        what was written: a line each.
    """
    inspection = Inspection.load(where, plan.folders, in_full=True)
    read, unsealed, damaged = 0, 0, []
    for result in expected(plan):
        found = inspection.look(result)
        if found.is_absent:
            continue
        read += 1
        unsealed += not is_sealed(where / result.outputs[0])
        if found.damage:
            damaged.append(found.damage)
    inspection.save()
    return read, unsealed, damaged
