"""The commands of every page for users work as written, and print what the page says.

Each page is read from top to bottom in a project of its own. ``pytest tests/docs -rs`` also lists
the blocks that are not run, with their reasons.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from commands import TIMEOUT_S, environment
from docs.output import missing
from docs.pages import PAGES, Block, blocks, commands
from docs.projects import project
from rerun_changes import change_settings

FUTURE = 4_000_000_000


@pytest.mark.parametrize("page", [page for page in PAGES if commands(page)])
def test_the_commands_of_a_page_work_as_written(page, tmp_path):
    run = [block for block in commands(page) if block.says("not run") is None]
    if not run:
        pytest.skip(f"{page}: none of its {len(commands(page))} blocks of commands can be run")
    reader = Reader(project(page, tmp_path / "project"), tmp_path)
    for block in blocks(page):
        reader.follow(block)
    assert reader.followed == len(run)


@pytest.mark.parametrize(
    "block",
    [b for page in PAGES for b in commands(page) if b.says("not run") is not None],
    ids=lambda block: block.place,
)
def test_a_block_that_is_not_run_says_why(block):
    reason = block.says("not run")
    assert reason, f"{block.place}: write the reason: <!-- not run: REASON -->"
    pytest.skip(f"{block.place}: {reason}")


class Reader:
    """Somebody who types what a page says, in one shell after the other."""

    def __init__(self, where: Path, scratch: Path) -> None:
        self.where, self.scratch = where, scratch
        self.printed, self.followed = "", 0
        # The environment that `make` would set up is the one that the tests run in. Should make
        # come to install something nevertheless, it fails instead.
        ready = scratch / "ready"
        ready.touch()
        os.utime(ready, (FUTURE, FUTURE))
        self.environment = {
            "MAKEFLAGS": f"VENV={Path(sys.executable).parent.parent} READY={ready}",
            "PIP_TARGET": str(scratch / "nothing-is-installed"),
            "HOME": str(scratch),
            "UNMASK_LOG": "",  # as a reader sees it
        }
        # To activate it is no mistake.
        activate = where / ".venv/bin/activate"
        activate.parent.mkdir(parents=True)
        activate.symlink_to(Path(sys.executable).with_name("activate"))

    def follow(self, block: Block) -> None:
        """Run a block of commands, or write what a block says to write, or compare it."""
        if block.language == "sh":
            if block.says("not run") is None:
                self._run(block)
        elif file := block.says("writes"):
            (self.where / file).write_text(block.text, "utf-8")
        elif block.says("changes") == "config.yaml":
            change_settings(self.where, yaml.safe_load(block.text))
        elif block.says("output") is not None:
            absent = missing(block.text, self.printed)
            assert absent is None, f"{block.place}: not printed: {absent}\n\n{self.printed}"

    def _run(self, block: Block) -> None:
        end = self.scratch / "where"
        # The next block goes on in the folder that this one ends in.
        script = f"set -eo pipefail\ntrap 'pwd > {end}' EXIT\n"
        script += block.text.replace("<this repository>", str(self.where))
        began = time.monotonic()
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=self.where,
            env=environment(self.where) | self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=TIMEOUT_S,
        )
        self.printed = done.stdout
        wanted = int(block.says("exits") or 0)
        assert done.returncode == wanted, f"{block.place}: {done.returncode}\n{done.stdout}"
        print(f"{block.place}: {time.monotonic() - began:.0f} s")
        self.where, self.followed = Path(end.read_text().strip()), self.followed + 1
