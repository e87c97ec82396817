"""A training that is killed under Snakemake or DVC goes on from its last epoch."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time

import pytest
import yaml

from workflow.projects import checkout, environment, run

EPOCHS = 30


@pytest.fixture(scope="module")
def project(finished, tmp_path_factory):
    """A checkout in which everything but the training is done."""
    folder = tmp_path_factory.mktemp("interrupted") / "project"
    settings = yaml.safe_load((finished / "overlay.yaml").read_text())
    settings["train"] = settings.get("train", {}) | {"epochs": EPOCHS}
    checkout(folder, settings)
    assert run("dvc", "init", "--quiet", "--force", cwd=folder).returncode == 0
    done = run("snakemake", "--cores=2", "dataset", cwd=folder)
    assert done.returncode == 0, done.stdout
    return folder


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
def test_the_same_command_goes_on_to_the_same_model(project, tmp_path, command):
    undisturbed = shutil.copytree(project, tmp_path / "undisturbed", symlinks=True)
    killed = shutil.copytree(project, tmp_path / "killed", symlinks=True)
    done = run(*command, cwd=undisturbed)
    assert done.returncode == 0, done.stdout
    interrupt(command, killed)
    assert not (killed / "results/model/model.keras").exists()
    done = run(*command, cwd=killed)
    assert done.returncode == 0, done.stdout
    log = (killed / "logs/train.log").read_text()
    assert "going on after epoch" in log
    for name in ("model.keras", "history.csv", "augmentation.jpg"):
        ours, theirs = (f / "results/model" / name for f in (killed, undisturbed))
        assert ours.read_bytes() == theirs.read_bytes()
    assert not (killed / "results/checkpoint").exists()
