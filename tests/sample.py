"""Which of the long tests a commit is tried with: `python tests/sample.py COMMIT`.

Prints a line for each `make` target: its name, then its ARGS. The choice follows from the commit
alone: one commit is always tried with the same, and in the course of commits all come round.
"""

from __future__ import annotations

import random
import sys
from functools import cache

from docs.pages import PAGES, commands

MINUTES = 4.0
"""How long the sample may take beside the part of the long tests, on two quiet cores."""

PARTS = {"test-long": 24, "test-backbones": 12, "test-odd-clips": 8, "test-hostile": 8}
"""Of these a commit is tried with one part of so many."""

SUITES = {
    "test-notebook": 2.0,
    "test-jax": 1.5,
    "test-browser": 2.0,
    "test-backbones": 1.0,
    "test-odd-clips": 1.5,
    "test-hostile": 1.5,
}
"""Minutes of each suite, or of a part of it."""

A_PAGE = 1.0
"""Minutes of a page of the docs."""

READS_A_PAGE = "tests/docs/test_commands.py::test_the_commands_of_a_page_work_as_written"


@cache
def everything() -> dict[str, float]:
    """All that there is to choose from, with its minutes."""
    pages = [p for p in PAGES if any(block.says("not run") is None for block in commands(p))]
    return SUITES | {f"test-docs {READS_A_PAGE}[{page}]": A_PAGE for page in pages}


def sample(commit: str) -> list[str]:
    """A line for each target and its arguments."""
    chance, left = random.Random(commit), MINUTES
    chosen, candidates = ["test-long"], everything()
    for line in chance.sample(sorted(candidates), len(candidates)):
        if candidates[line] <= left:
            chosen.append(line)
            left -= candidates[line]
    return [
        f"{line} --part {chance.randrange(PARTS[line])}/{PARTS[line]}" if line in PARTS else line
        for line in chosen
    ]


if __name__ == "__main__":
    print(*sample(sys.argv[1]), sep="\n")
