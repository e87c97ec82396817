"""Settles the times of results before a run, so that they tell what is current and what is not.

Snakemake compares times. They say little after a clone, a checkout, a pull, a copy or a kill; the
keys that results carry (:mod:`unmask.workflow.keys`) say all. So what is current is made no older
than what it was made from, and what is not is made older than the settings of its stage.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from unmask.workflow.expected import Result
from unmask.workflow.inspection import Found, Inspection, status_of, time_of
from unmask.workflow.keys import parts
from unmask.workflow.plan import BY_OTHER_CODE, DAMAGED
from unmask.workflow.stages import STAGES

_SECOND = 10**9
_LINKS_TO_CROPS = ("faces", "cropped")


@dataclass
class State:
    """What of the results is not as it ought to be."""

    stale: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How many are stale, by their stage and why."""
    absent: Counter[str] = field(default_factory=Counter)
    """How many are not there, by their stage."""
    damaged: list[str] = field(default_factory=list)
    """The files that are not as they were written, and how they differ."""


def set_mtimes(
    results: Iterable[Result], where: Path, inspection: Inspection | None = None
) -> State:
    """Give results the times that they ought to have.

    A result that is absent stays absent: whether it is needed is for the workflow to say.

    Args:
        results: those that others are made from before these.
        where: the folder in which the workflow runs.
        inspection: looks at them, and remembers what it finds out.
    """
    look = inspection or Inspection(where)
    state = State()
    lacking: set[str] = set()
    newest: dict[str, int] = {}
    for result in results:
        for path in result.inputs:
            if path not in newest:
                newest[path] = time_of(status_of(os.path.join(where, path)))
        inputs = max(newest[path] for path in result.inputs)
        found = look.look(result)
        times = [time for time in found.times.values() if time]
        if found.is_absent:
            state.absent[result.stage] += 1
            lacking.add(result.stage)
        elif is_current(result, found) and not (
            _links_to_damaged(result, state) and not look.into_folders  # which shows it by itself
        ):
            if min(times) < inputs:
                times = _set_times(found, inputs)
                look.note(result)
        else:
            if found.damage:
                state.damaged.append(found.damage)
            elif is_current(result, found):
                look.note(result, f"{result.outputs[0]}: made from what was damaged")
            state.stale[result.stage, _why_stale(result, found, lacking)] += 1
            lacking.add(result.stage)
            if min(times) >= (settings := newest[result.inputs[0]]):
                times = _set_times(found, settings - _SECOND)
                look.note(result)
        newest |= dict.fromkeys(result.outputs, max([inputs, *times]))
    return state


def is_current(result: Result, found: Found) -> bool:
    """Whether a result is made of what it ought to be made of, and still what was written."""
    return found.key == result.made_of and not found.damage


def _links_to_damaged(result: Result, state: State) -> bool:
    """Whether it holds links to crops that are damaged, so that they are damaged in it, too."""
    return result.stage.rpartition("/")[2] == "dataset" and any(
        why == DAMAGED and stage in _LINKS_TO_CROPS for stage, why in state.stale
    )


def _why_stale(result: Result, found: Found, lacking: set[str]) -> str:
    """In which part its key is another. ``lacking`` are the stages of which results are."""
    if found.key in (result.made_of, ""):
        return DAMAGED
    code, settings, _ = parts(found.key)
    ought = parts(result.made_of)
    if code != ought.code:
        return BY_OTHER_CODE + (" and of other settings" if settings != ought.settings else "")
    if settings != ought.settings:
        return "made of other settings"
    folder, _, stage = result.stage.rpartition("/")
    if lacking.intersection(up for it in STAGES[stage].after for up in (it, f"{folder}/{it}")):
        return "made from results that are out of date"
    return "made from other videos, labels or results"


def _set_times(found: Found, time: int) -> list[int]:
    """Give the files of a result that are there a time, and return their times."""
    there = [path for path, was in found.times.items() if was]
    for path in there:
        os.utime(path, ns=(time, time))
    return [time] * len(there)
