"""A run ended at a random moment, then the same command again: nothing shows of it.

``KILLS`` (environment) is how many are tried. `make test-kills` tries a hundred.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from contextlib import suppress

import pytest

from commands import call, environment, run
from projects import contents, copy
from rerun_changes import change_settings
from rerun_table import planned_jobs

pytestmark = pytest.mark.long

CHANGE = {"frames": {"fps": 3}, "split": {"seed": 3}, "train": {"learning_rate": 0.002}}
COMMANDS = {"snakemake": ("snakemake", "--cores=2"), "dvc": ("dvc", "repro")}
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
KILLS = int(os.environ.get("KILLS", "20"))


@pytest.fixture(scope="module")
def undisturbed(recorded, tmp_path_factory) -> tuple[dict[str, str], dict[str, float]]:
    """What the change leads to, and how long each tool takes for it."""
    results, seconds = [], {}
    for name, command in COMMANDS.items():
        folder = copy(recorded, tmp_path_factory.mktemp("undisturbed") / name)
        change_settings(folder, CHANGE)
        began = time.monotonic()
        done = run(*command, cwd=folder)
        seconds[name] = time.monotonic() - began
        assert done.returncode == 0, done.stdout
        results.append(contents(folder))
    assert results[0] == results[1], "both tools come to the same"
    return results[0], seconds


@pytest.mark.parametrize("number", range(KILLS))
def test_a_kill_leaves_no_trace(recorded, undisturbed, tmp_path, number):
    expected, seconds = undisturbed
    chance = random.Random(number)
    tool = chance.choice(sorted(COMMANDS))
    folder = copy(recorded, tmp_path / "project")
    change_settings(folder, CHANGE)
    process = subprocess.Popen(
        COMMANDS[tool],
        cwd=folder,
        env=environment(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    time.sleep(chance.uniform(0, seconds[tool]))
    kill = chance.choice((os.kill, os.killpg))  # the command alone, or all that it started
    with suppress(ProcessLookupError):  # it was faster
        kill(process.pid, chance.choice(SIGNALS))
    process.wait()
    again = run(*COMMANDS[tool], cwd=folder)
    assert again.returncode == 0, again.stdout
    assert contents(folder) == expected
    assert not list(folder.rglob(".partial-*"))
    after = call("snakemake", "--cores=2", "--dry-run", cwd=folder)
    assert not planned_jobs(after.stdout), after.stdout
