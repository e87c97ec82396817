"""Keeping the results of an older version as they are, on record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from unmask.errors import UnmaskError
from unmask.workflow.code import code_digest
from unmask.workflow.expected import expected
from unmask.workflow.inspection import Inspection
from unmask.workflow.kept import Kept, code_that_counts, write_kept
from unmask.workflow.keys import parts, read_key
from unmask.workflow.mtimes import is_current
from unmask.workflow.plan import Plan
from unmask.workflow.stages import STAGES


def keep(plan: Plan, where: Path, stages: Sequence[str], reason: str) -> list[str]:
    """Put on record that results of these stages hold, though other code made them.

    Of each stage those are kept that most were made by. Returns a line for each.

    Raises:
        UnmaskError: there is no such stage, or nothing to be kept of one.
    """
    _check(stages, reason)
    entries = [
        Kept(stage, _made_by(plan, where, stage), code_digest(stage), reason.strip())
        for stage in STAGES
        if stage in stages
    ]
    added = {(entry.stage, entry.kept_with) for entry in entries}
    others = [entry for entry in plan.kept if (entry.stage, entry.kept_with) not in added]
    before, total = _count_current(plan, where)
    after, _ = _count_current(replace(plan, kept=[*others, *entries]), where)
    for entry in entries:
        if after[entry.stage] <= before[entry.stage]:
            raise UnmaskError(
                f"{entry.stage}: with {entry.made_by}, which made most of its results, "
                f"{after[entry.stage]} of {total[entry.stage]} would be current, "
                f"{before[entry.stage]} are now. Settings, videos or the results before them are "
                "others, too: `unmask plan` says which. Stages before it that other code made are "
                "kept together with it."
            )
    write_kept(where, [*others, *entries])
    return [
        f"{entry.stage}: {after[entry.stage]} of {total[entry.stage]} results are kept, made by "
        f"{entry.made_by}, with {entry.kept_with}"
        for entry in entries
    ]


def _check(stages: Iterable[str], reason: str) -> None:
    for stage in stages:
        if stage not in STAGES:
            raise UnmaskError(f"There is no stage {stage!r}. The stages are {', '.join(STAGES)}.")
    if not reason.strip():
        raise UnmaskError(
            'Say why the results still hold: --reason "only messages of the detector changed"'
        )


def _made_by(plan: Plan, where: Path, stage: str) -> str:
    """The code that made most of a stage's results, among other code than the present one."""
    codes = Counter(
        parts(read_key(where / result.outputs[0])).code
        for result in expected(plan)
        if result.stage == stage
    )
    present = code_that_counts(plan.kept, stage, code_digest(stage))
    older = [code for code, _ in codes.most_common() if code and code != present]
    if not older:
        raise UnmaskError(
            f"{stage}: no result here was made by other code, so there is nothing to keep. "
            "`unmask plan` says what is out of date and why."
        )
    return older[0]


def _count_current(plan: Plan, where: Path) -> tuple[Counter[str], Counter[str]]:
    """How many results of each stage are current, and how many there ought to be."""
    current, total = Counter[str](), Counter[str]()
    inspection = Inspection.load(where, plan.folders)
    for result in expected(plan):
        total[result.stage] += 1
        current[result.stage] += is_current(result, inspection.look(result))
    return current, total
