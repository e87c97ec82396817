"""The sample of the long tests that `.ci/run` takes."""

from __future__ import annotations

import re
from hashlib import sha1

from commands import REPOSITORY
from sample import MINUTES, PARTS, everything, sample

COMMITS = [sha1(str(number).encode()).hexdigest() for number in range(400)]


def test_in_the_course_of_commits_everything_comes_round():
    lines = {line for commit in COMMITS for line in sample(commit)}
    assert {line.partition(" --part")[0] for line in lines} == {"test-long", *everything()}
    parts = {f"{name} --part {part}/{n}" for name, n in PARTS.items() for part in range(n)}
    assert parts <= lines


def test_it_follows_from_the_commit_and_stays_within_its_minutes():
    for commit in COMMITS[:20]:
        lines = sample(commit)
        assert lines == sample(commit)
        chosen = [line.partition(" --part")[0] for line in lines]
        spent = sum(everything()[line] for line in chosen if line != "test-long")
        assert MINUTES - 1 < spent <= MINUTES


def test_every_suite_of_the_makefile_is_in_it():
    makefile = (REPOSITORY / "Makefile").read_text("utf-8")
    suites = set(re.findall(r"^(test-[\w-]+):", makefile, re.MULTILINE))
    known = {line.split()[0] for line in ("test-long", *everything())}
    assert suites - {"test-all", "test-mutations", "test-kills", "test-slurm"} == known
