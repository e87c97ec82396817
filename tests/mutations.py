"""Breaks the code in forty ways, one at a time, and sees that `make test` notices each.

    python tests/mutations.py [--only N] [--write]

Each mutation is tried in a copy of the checkout, with the test files that ought to notice it and
without what is marked as long. ``--write`` brings the table in CONTRIBUTING.md up to date. It ends
with status 1 if one is not noticed.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from commands import REPOSITORY, environment
from projects import tracked_files

PAGE = REPOSITORY / "CONTRIBUTING.md"
MARKS = "<!-- mutations: written by `make test-mutations ARGS=--write` -->", "<!-- end -->"


@dataclass(frozen=True)
class Mutation:
    """In ``module`` the text ``old``, which stands there once, becomes ``new``."""

    what: str
    module: str
    old: str
    new: str
    tests: str

    def apply(self, root: Path) -> None:
        """Break the copy of the code below ``root``."""
        path = root / self.module
        text = path.read_text("utf-8")
        assert text.count(self.old) == 1, f"{self.module}: not there once: {self.old}"
        path.write_text(text.replace(self.old, self.new), "utf-8")


LISTED = Path(__file__).with_suffix(".yaml").read_text("utf-8")
MUTATIONS = [Mutation(**entry) for entry in yaml.safe_load(LISTED)]


def main() -> int:
    """Try them all, or one, and print a line for each."""
    parser = argparse.ArgumentParser(description="break the code, and see that a test notices")
    parser.add_argument("--only", type=int, metavar="N", help="the one of this number, from 1")
    parser.add_argument("--write", action="store_true", help="write the table in CONTRIBUTING.md")
    args = parser.parse_args()
    tried = {n: m for n, m in enumerate(MUTATIONS, start=1) if args.only in (None, n)}
    noticed = {}
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "checkout"
        _copy_checkout(copy)
        tests = {test: None for mutation in tried.values() for test in mutation.tests.split()}
        if failed := _first_failure(copy, *tests):
            sys.exit(f"The code is not whole: {failed} fails before anything is broken.")
        for number, mutation in tried.items():
            _copy_checkout(copy)
            mutation.apply(copy)
            noticed[number] = _first_failure(copy, *mutation.tests.split())
            print(f"{number}. {mutation.what}: {noticed[number] or 'NOT NOTICED'}", flush=True)
    if args.write:
        _write_table(noticed)
    missed = [number for number, test in noticed.items() if not test]
    print(f"{len(noticed) - len(missed)} of {len(noticed)} mutations were noticed")
    return int(bool(missed))


def _copy_checkout(copy: Path) -> None:
    shutil.rmtree(copy, ignore_errors=True)
    for name in tracked_files():
        if (REPOSITORY / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(REPOSITORY / name, copy / name)


def _first_failure(copy: Path, *tests: str) -> str:
    """The first of the tests that fails in a copy of the checkout; empty if none does."""
    options = ["-x", "-q", "-p", "no:cacheprovider", "--no-header", "--tb=no"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *tests],
        cwd=copy,
        env=environment(copy),
        capture_output=True,
        text=True,
    )
    found = re.search(r"^FAILED \S*?(tests/\S+::\w+)", done.stdout, re.MULTILINE)
    if done.returncode == 1 and found:
        return found[1]
    assert done.returncode == 0, f"the tests did not run:\n{done.stdout}"
    return ""


def _write_table(noticed: dict[int, str]) -> None:
    rows = ["", "| broken | in | noticed by |", "|---|---|---|"]
    for number, test in noticed.items():
        mutation = MUTATIONS[number - 1]
        file, _, name = test.partition("::")
        module = mutation.module.removeprefix("src/unmask/")
        noticed_by = f"`{name}` in `{file.removeprefix('tests/')}`" if test else "no test"
        rows.append(f"| {mutation.what} | `{module}` | {noticed_by} |")
    text = PAGE.read_text("utf-8")
    start, end = (text.index(mark) for mark in MARKS)
    table = "\n".join([*rows, "", ""])
    PAGE.write_text(text[: start + len(MARKS[0])] + "\n" + table + text[end:], "utf-8")


if __name__ == "__main__":
    sys.exit(main())
