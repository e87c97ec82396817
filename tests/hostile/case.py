"""A hostile input, and what has become of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

FINISHED, QUARANTINED, REFUSED = "finished", "quarantined", "refused"
PROOF = "PWNED"
"""A file that no input may bring into being."""


@dataclass(frozen=True)
class Case:
    """``attack`` makes the input in an empty folder and has it read; it returns what became of it.

    An :class:`unmask.errors.UnmaskError` is a refusal. Any other error is a failure.
    """

    kind: str
    name: str
    attack: Callable[[Path], str]


@dataclass(frozen=True)
class Outcome:
    """What became of a case: one of the three words, or what went wrong; seconds, megabytes."""

    kind: str
    name: str
    became: str
    seconds: float
    megabytes: float
    said: str = ""
