"""Trainings that share a checkpoint take turns, whichever of them dies."""

import os
import subprocess
import sys
import time

import pytest

from commands import environment
from unmask.disk.machine import host
from unmask.training import alone as module
from unmask.training.alone import alone

HOLD = """
import sys, time
from pathlib import Path
from unmask.training.alone import alone
with alone(Path(sys.argv[1]), poll_s=0.05) as waited:
    print("waited" if waited else "at once", flush=True)
    sys.stdin.read()
print("over", flush=True)
"""


@pytest.fixture
def checkpoint(tmp_path):
    return tmp_path / "train.npz"


def training(checkpoint):
    return subprocess.Popen(
        [sys.executable, "-c", HOLD, str(checkpoint)],
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_the_next_training_waits_for_the_end_of_the_one_at_work(checkpoint):
    one = training(checkpoint)
    assert one.stdout.readline() == "at once\n"
    two = training(checkpoint)
    time.sleep(0.5)
    assert two.poll() is None
    assert one.communicate()[0] == "over\n"
    assert two.communicate()[0] == "waited\nover\n"
    assert not list(checkpoint.parent.iterdir()), "nothing is left"


def test_a_killed_training_holds_up_nobody(checkpoint):
    one = training(checkpoint)
    assert one.stdout.readline() == "at once\n"
    one.kill()
    one.wait()
    with alone(checkpoint, poll_s=0.01):
        pass
    assert not list(checkpoint.parent.iterdir())


def test_a_training_on_another_machine_lives_as_long_as_it_says_so(checkpoint, monkeypatch):
    turn = checkpoint.with_name("train.npz.training")
    turn.write_text("elsewhere 1 0")
    two = training(checkpoint)
    time.sleep(1)
    assert two.poll() is None
    long_ago = time.time() - module.SILENT_S - 1
    os.utime(turn, (long_ago, long_ago))
    assert two.communicate()[0] == "waited\nover\n"


def test_the_one_at_work_says_that_it_lives(checkpoint, monkeypatch):
    monkeypatch.setattr(module, "BEAT_S", 0.05)
    turn = checkpoint.with_name("train.npz.training")
    with alone(checkpoint):
        assert turn.read_text().split()[:2] == [host(), str(os.getpid())]
        os.utime(turn, (0, 0))
        until = time.monotonic() + 10
        while not turn.stat().st_mtime and time.monotonic() < until:
            time.sleep(0.01)
        assert turn.stat().st_mtime


def test_without_a_checkpoint_there_is_nothing_to_wait_for():
    with alone(None) as waited:
        assert not waited
