"""Runs whose jobs a real Slurm starts: alike, interrupted, and safe whoever dies.

    make test-slurm

Needs root, and Debian's slurm-wlm and munge; without them it is skipped and says so.
"""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest
import yaml

from commands import REPOSITORY, environment
from projects import SMALL, contents, snakemake_in
from slurm.cluster import cluster, jobs, slurm, wait_for, why_not

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not() or "there is a cluster")

SETTINGS = SMALL | {"train": {"epochs": 6, "batch_size": 8}}
MODEL = "results/model/model.keras"


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    with cluster(tmp_path_factory.mktemp("slurm")) as name:
        yield name


@pytest.fixture(scope="module")
def local(tmp_path_factory):
    """The results of the same settings, made on this machine alone."""
    folder = tmp_path_factory.mktemp("local")
    done = snakemake_in(folder, SETTINGS)()
    assert done.returncode == 0, done.stdout
    return contents(folder)


@pytest.fixture
def project(tmp_path):
    (tmp_path / "overlay.yaml").write_text(yaml.safe_dump(SETTINGS))
    return tmp_path


def head(project: Path, *targets: str) -> subprocess.Popen[str]:
    """A run whose jobs go to the cluster, as docs/cluster.md has it."""
    return subprocess.Popen(
        [
            "snakemake",
            f"--profile={REPOSITORY / 'profiles/slurm'}",
            f"--snakefile={REPOSITORY / 'Snakefile'}",
            f"--directory={project}",
            f"--configfile={project / 'overlay.yaml'}",
            "--slurm-init-seconds-before-status-checks=5",
            "--slurm-status-command=squeue",
            "--latency-wait=5",
            "--jobs=2",
            "--",
            *targets,
        ],
        cwd=project,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
    )


def ended(run: subprocess.Popen[str]) -> tuple[int, str]:
    output = run.communicate(timeout=1800)[0]
    return run.returncode, output


def running(rule: str) -> list[str]:
    """The numbers of the jobs of a rule that are at work."""
    return [line.split()[0] for line in jobs("RUNNING") if f"rule_{rule}" in line]


def trainings() -> list[int]:
    """The processes that train."""
    found = subprocess.run(["pgrep", "-f", "bin/unmask train --dataset"], capture_output=True)
    return [int(pid) for pid in found.stdout.split()]


def results(project: Path) -> dict[str, str]:
    return contents(project)


def test_a_run_on_the_cluster_makes_the_same_bytes(node, local, project):
    code, output = ended(head(project, "all"))
    assert code == 0, output
    assert results(project) == local


def test_a_canceled_job_fails_by_name_and_the_next_run_goes_on(node, local, project):
    run = head(project, "train")
    wait_for(lambda: running("detect_faces"))
    for job in running("detect_faces"):
        slurm("scancel", job)
    code, output = ended(run)
    # The profile sends a job again, so that one cancellation is no failure of the run.
    assert code == 0, output
    assert {k: v for k, v in results(project).items() if k == MODEL} == {MODEL: local[MODEL]}


def test_jobs_wait_for_a_drained_node(node, local, project):
    run = head(project, "detections")
    wait_for(lambda: jobs("RUNNING"))
    slurm("scontrol", "update", f"nodename={node}", "state=drain", "reason=test")
    wait_for(lambda: not jobs("RUNNING") and jobs("PENDING"))
    assert run.poll() is None
    slurm("scontrol", "update", f"nodename={node}", "state=resume")
    code, output = ended(run)
    assert code == 0, output


def test_a_second_run_stands_back_and_names_the_first(node, project):
    first = head(project, "detections")
    wait_for(lambda: jobs("RUNNING"))
    code, output = ended(head(project, "detections"))
    assert code != 0
    assert f"process {first.pid}" in output
    code, output = ended(first)
    assert code == 0, output


def test_of_a_dead_run_and_the_next_one_only_one_training_lives(node, local, project):
    run = head(project, "train")
    wait_for(lambda: (project / "results/checkpoint/train.npz").exists())
    run.send_signal(signal.SIGKILL)
    run.wait()
    assert len(trainings()) == 1, "the cluster's job outlives the run"
    again = head(project, "train")
    most = 0

    def over() -> bool:
        nonlocal most
        most = max(most, len(working(trainings())))
        return again.poll() is not None

    wait_for(over, 1800)
    code, output = ended(again)
    assert code == 0, output
    assert most <= 1
    assert results(project)[MODEL] == local[MODEL]


def working(processes: list[int]) -> list[int]:
    """Those that have used a second of the processor since: a training that waits uses none."""

    def spent(pid: int) -> float:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            return 0.0
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    return [pid for pid in processes if spent(pid) > 20]
