"""A training that is killed under Snakemake or DVC goes on from its last epoch."""

from __future__ import annotations

import os
import signal
import subprocess
import time

import pytest

from commands import environment, run
from projects import copy
from rerun_changes import change_settings

pytestmark = pytest.mark.long

EPOCHS = 30


def interrupt(command, folder):
    """Kill a command and all that it started, once an epoch is behind its training."""
    checkpoint = folder / "results/checkpoint/train.npz"
    process = subprocess.Popen(
        command, cwd=folder, env=environment(folder), start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    give_up = time.monotonic() + 300
    while not checkpoint.exists():
        assert process.poll() is None, "it ended before an epoch was kept"
        assert time.monotonic() < give_up
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.mark.parametrize(
    "command",
    [["snakemake", "--cores=2", "train"], ["dvc", "repro", "train"]],
    ids=["snakemake", "dvc"],
)
def test_the_same_command_goes_on_to_the_same_model(recorded, tmp_path, command):
    undisturbed, killed = (copy(recorded, tmp_path / name) for name in ("undisturbed", "killed"))
    for folder in (undisturbed, killed):
        change_settings(folder, {"train": {"epochs": EPOCHS}})
    done = run(*command, cwd=undisturbed)
    assert done.returncode == 0, done.stdout
    interrupt(command, killed)
    assert not (killed / "results/workflow/made_of/train.json").exists()
    done = run(*command, cwd=killed)
    assert done.returncode == 0, done.stdout
    log = (killed / "logs/train.log").read_text()
    assert "going on after epoch" in log
    for name in ("model.keras", "history.csv", "augmentation.jpg"):
        ours, theirs = (f / "results/model" / name for f in (killed, undisturbed))
        assert ours.read_bytes() == theirs.read_bytes()
    assert not (killed / "results/checkpoint").exists()
