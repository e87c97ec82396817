"""Settles the times of results before a run, so that they tell what is current and what is not.

Snakemake compares times. They say little after a clone, a checkout, a pull, a copy or a kill; the
keys that results carry (:mod:`unmask.workflow.keys`) say all. So what is current is made no older
than what it was made from, and what is not is made older than the settings of its stage.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from unmask.workflow.expected import Result, is_file_name
from unmask.workflow.keys import parts, read_key
from unmask.workflow.plan import BY_OTHER_CODE
from unmask.workflow.receipt import is_whole
from unmask.workflow.stages import STAGES

_TIMESTAMP = ".snakemake_timestamp"
_SECOND = 10**9


Stale = Counter[tuple[str, str]]
"""How many results are stale, by their stage and why."""


def set_mtimes(results: Iterable[Result], where: Path) -> tuple[Stale, Counter[str]]:
    """Give results the times that they ought to have.

    A result that is absent stays absent: whether it is needed is for the workflow to say.

    Args:
        results: those that others are made from before these.
        where: the folder in which the workflow runs.

    Returns:
        How many results of each stage are stale, made of something else than they ought to be, and
        why; and how many are absent.
    """
    stale, absent = Stale(), Counter[str]()
    lacking: set[str] = set()
    newest: dict[str, int] = {}
    for result in results:
        for path in result.inputs:
            if path not in newest:
                newest[path] = _time(os.path.join(where, path))
        inputs = max(newest[path] for path in result.inputs)
        made = (*result.outputs, *result.benchmarks)
        carriers = [_carrier(os.path.join(where, path)) for path in made]
        holder, *others = map(_time, carriers)
        times = [time for time in (holder, *others) if time]
        if not holder:
            absent[result.stage] += 1
            lacking.add(result.stage)
        elif is_current(result, where):
            if min(times) < inputs:
                times = _set_times(carriers, inputs)
        else:
            stale[result.stage, _why_stale(result, where, lacking)] += 1
            lacking.add(result.stage)
            if min(times) >= (settings := newest[result.inputs[0]]):
                times = _set_times(carriers, settings - _SECOND)
        newest |= dict.fromkeys(result.outputs, max([inputs, *times]))
    return stale, absent


def is_current(result: Result, where: Path) -> bool:
    """Whether a result is made of what it ought to be made of, and still what was written."""
    holder = where / result.outputs[0]
    return read_key(holder) == result.made_of and (
        not result.has_receipt or is_whole(holder, where)
    )


def _why_stale(result: Result, where: Path, lacking: set[str]) -> str:
    """In which part its key is another. ``lacking`` are the stages of which results are."""
    key = read_key(where / result.outputs[0])
    if key == result.made_of:
        return "changed after they were made"
    code, settings, _ = parts(key)
    ought = parts(result.made_of)
    if code != ought.code:
        return BY_OTHER_CODE + (" and of other settings" if settings != ought.settings else "")
    if settings != ought.settings:
        return "made of other settings"
    folder, _, stage = result.stage.rpartition("/")
    if lacking.intersection(up for it in STAGES[stage].after for up in (it, f"{folder}/{it}")):
        return "made from results that are out of date"
    return "made from other videos, labels or results"


def _carrier(path: str) -> str:
    """The file whose time the workflow takes for that of ``path``, which may be a folder."""
    if is_file_name(path):
        return path
    timestamp = f"{path}/{_TIMESTAMP}"
    return timestamp if os.path.exists(timestamp) else path


def _time(path: str) -> int:
    """When a file was changed, in nanoseconds, at least 1; 0 if it is not there."""
    try:
        return max(1, os.stat(path).st_mtime_ns)  # archives may have left 0
    except OSError:
        return 0


def _set_times(paths: Iterable[str], time: int) -> list[int]:
    """Give those that are there a time, and return their times."""
    there = [path for path in paths if os.path.exists(path)]
    for path in there:
        os.utime(path, ns=(time, time))
    return [time] * len(there)
