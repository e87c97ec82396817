"""Settles the times of results before a run, so that they tell what is current and what is not.

Snakemake compares times. They say little after a clone, a checkout, a pull, a copy or a kill; the
keys that results carry (:mod:`unmask.provenance`) say all. So what is current is made no older
than what it was made from, and what is not is made older than the settings of its stage.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from unmask.provenance import is_whole, read_key
from unmask.results import Result

_TIMESTAMP = ".snakemake_timestamp"
_SECOND = 10**9


def settle(results: Iterable[Result], where: Path) -> tuple[Counter[str], Counter[str]]:
    """Give results the times that they ought to have.

    A result that is absent stays absent: whether it is needed is for the workflow to say.

    Args:
        results: those that others are made from before these.
        where: the folder in which the workflow runs.

    Returns:
        How many results of each stage are stale, made of something else than they ought to be; and
        how many are absent.
    """
    stale, absent = Counter[str](), Counter[str]()
    newest: dict[str, int] = {}
    for result in results:
        inputs = max(newest.get(path) or _time(where / path) for path in result.inputs)
        carriers = [_carrier(where / path) for path in (*result.outputs, *result.benchmarks)]
        times = [time for time in map(_time, carriers) if time]
        if not (where / result.outputs[0]).exists():
            absent[result.stage] += 1
        elif is_current(result, where):
            if min(times) < inputs:
                _set_times(carriers, inputs)
        else:
            stale[result.stage] += 1
            if min(times) >= (settings := _time(where / result.inputs[0])):
                _set_times(carriers, settings - _SECOND)
        made = max([inputs, *(time for time in map(_time, carriers) if time)])
        newest |= dict.fromkeys(result.outputs, made)
    return stale, absent


def is_current(result: Result, where: Path) -> bool:
    """Whether a result is made of what it ought to be made of, and still what was written."""
    holder = where / result.outputs[0]
    return read_key(holder) == result.made_of and (
        not result.has_receipt or is_whole(holder, where)
    )


def _carrier(path: Path) -> Path:
    """The file whose time the workflow takes for that of ``path``, which may be a folder."""
    timestamp = path / _TIMESTAMP
    return timestamp if timestamp.exists() else path


def _time(path: Path) -> int:
    """When a file was changed, in nanoseconds; 0 if it is not there."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _set_times(paths: Iterable[Path], time: int) -> None:
    for path in paths:
        if path.exists():
            os.utime(path, ns=(time, time))
