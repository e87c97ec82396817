"""A real Slurm of one node, started and stopped here: Debian's slurm-wlm, without systemd."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

NEEDED = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scancel", "scontrol")
CONFIG = Path("/etc/slurm/slurm.conf")
"""Jobs look for it there and nowhere else: Snakemake takes Slurm's variables out of their way."""

_MARK = "# Written by tests/slurm/cluster.py"


def why_not() -> str:
    """Why no cluster can be started here; empty if one can."""
    absent = [name for name in NEEDED if not shutil.which(name)]
    if absent:
        return f"needs Debian's slurm-wlm and munge: there is no {absent[0]}"
    if not find_spec("snakemake_executor_plugin_slurm"):
        return "needs the package snakemake-executor-plugin-slurm"
    if os.geteuid():
        return "needs root, which starts the daemons"
    if CONFIG.exists() and _MARK not in CONFIG.read_text("utf-8"):
        return f"{CONFIG} is of a cluster that this machine belongs to"
    return ""


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """Start one whose files are below ``folder``. Gives the name of its node."""
    node = socket.gethostname().split(".")[0]
    keys = folder / "munge"
    keys.mkdir(mode=0o700, parents=True)
    (keys / "key").write_bytes(os.urandom(1024))
    (keys / "key").chmod(0o400)
    CONFIG.parent.mkdir(parents=True, exist_ok=True)
    CONFIG.write_text(_config(folder, node), encoding="utf-8")
    daemons = [
        [
            "munged",
            "--foreground",
            "--force",
            f"--key-file={keys / 'key'}",
            f"--socket={keys / 'socket'}",
            f"--pid-file={keys / 'pid'}",
            f"--log-file={keys / 'log'}",
            f"--seed-file={keys / 'seed'}",
        ],
        ["slurmctld", "-D"],
        ["slurmd", "-D", "-N", node],
    ]
    running: list[subprocess.Popen[bytes]] = []
    try:
        for daemon in daemons:
            with (folder / f"{daemon[0]}.log").open("wb") as log:
                running.append(
                    subprocess.Popen(daemon, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
                )
            time.sleep(1)
        wait_for(lambda: slurm("sinfo", "--noheader", "--format=%t") == "idle")
        yield node
    finally:
        with suppress(subprocess.SubprocessError, OSError):
            slurm("scancel", "--user=root")
        for process in reversed(running):
            process.send_signal(signal.SIGTERM)
        for process in running:
            with suppress(subprocess.TimeoutExpired):
                process.wait(30)
            process.kill()
        CONFIG.unlink()


def slurm(*command: str) -> str:
    """What a command of Slurm's prints."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return done.stdout.strip()


def jobs(*states: str) -> list[str]:
    """The comments of the jobs in these states: the rule of each, and its wildcards."""
    listed = slurm("squeue", "--noheader", "--format=%i %k", f"--states={','.join(states)}")
    return listed.splitlines()


def wait_for(holds, seconds: float = 1800.0) -> None:
    """Wait until something holds."""
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it never came to hold"
        time.sleep(0.5)


def _config(folder: Path, node: str) -> str:
    for name in ("state", "spool"):
        (folder / name).mkdir()
    return "\n".join(
        [
            _MARK,
            "ClusterName=test",
            f"SlurmctldHost={node}(127.0.0.1)",
            "SlurmUser=root",
            "SlurmdUser=root",
            "AuthType=auth/munge",
            f"AuthInfo=socket={folder / 'munge/socket'}",
            "SlurmctldPort=16817",
            "SlurmdPort=16818",
            f"StateSaveLocation={folder / 'state'}",
            f"SlurmdSpoolDir={folder / 'spool'}",
            f"SlurmctldPidFile={folder / 'slurmctld.pid'}",
            f"SlurmdPidFile={folder / 'slurmd.pid'}",
            "ProctrackType=proctrack/linuxproc",
            "TaskPlugin=task/none",
            "SelectType=select/cons_tres",
            "SelectTypeParameters=CR_Core",
            "ReturnToService=2",
            "MpiDefault=none",
            "AccountingStorageType=accounting_storage/none",
            "JobAcctGatherType=jobacct_gather/none",
            "SlurmdParameters=config_overrides",  # it passes for a larger one than it may be
            f"NodeName={node} NodeAddr=127.0.0.1 CPUs=16 RealMemory=64000 State=UNKNOWN",
            f"PartitionName=main Nodes={node} Default=YES MaxTime=INFINITE State=UP",
            "",
        ]
    )
