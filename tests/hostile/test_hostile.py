"""Hostile inputs: each is finished, quarantined or refused, and good videos come out as ever."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from commands import REPOSITORY
from hostile import table
from hostile.case import FINISHED, QUARANTINED, REFUSED, Outcome

LEAST = 300


def tried(every: int = 1) -> list[Outcome]:
    """What became of the inputs, or of every so many."""
    path = os.pathsep.join([str(REPOSITORY / "src"), str(REPOSITORY / "tests")])
    done = subprocess.run(
        [sys.executable, "-m", "hostile.run", str(every)],
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return [Outcome(**json.loads(line)) for line in done.stdout.splitlines()]


def check(outcomes: list[Outcome]) -> None:
    """Name what is neither finished, nor quarantined, nor refused in a sentence."""
    bad = [one for one in outcomes if one.became not in (FINISHED, QUARANTINED, REFUSED)]
    assert not bad, "\n".join(f"{one.kind}, {one.name}: {one.became} {one.said}" for one in bad)
    for one in outcomes:
        assert one.became != REFUSED or ("Traceback" not in one.said and one.said.strip()), one


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="makes devices of Linux")
def test_every_hostile_input_is_dealt_with():
    outcomes = tried()
    check(outcomes)
    assert len(outcomes) >= LEAST
    table.write(outcomes)
