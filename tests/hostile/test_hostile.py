"""Hostile inputs: each is finished, quarantined or refused, and good videos come out as ever."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from commands import REPOSITORY
from hostile import table
from hostile.case import FINISHED, QUARANTINED, REFUSED, Outcome

LEAST, SLICES = 300, 24


def tried(first: int) -> list[Outcome]:
    """What became of a slice of the inputs."""
    path = os.pathsep.join([str(REPOSITORY / "src"), str(REPOSITORY / "tests")])
    done = subprocess.run(
        [sys.executable, "-m", "hostile.run", str(SLICES), str(first)],
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


@pytest.fixture(scope="module")
def found() -> Iterator[dict[int, list[Outcome]]]:
    """Outcomes by slice; written into the page once all are there."""
    found: dict[int, list[Outcome]] = {}
    yield found
    if len(found) == SLICES:
        outcomes = [one for first in sorted(found) for one in found[first]]
        assert len(outcomes) >= LEAST
        table.write(outcomes)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="makes devices of Linux")
@pytest.mark.parametrize("first", range(SLICES))
def test_every_hostile_input_is_dealt_with(first, found):
    found[first] = tried(first)
    check(found[first])
