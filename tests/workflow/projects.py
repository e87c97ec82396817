"""Projects in temporary folders, on which Snakemake, git and DVC are run as a user would."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from rerun_changes import change_settings

REPOSITORY = Path(__file__).parent.parent.parent


def environment(folder: Path | None = None) -> dict[str, str]:
    """As after ``. .venv/bin/activate``, with somebody to commit as.

    In a checkout, ``folder``, commands are those of its own code. Snakemake prints its own
    messages, each job with its reason, from which tests tell what ran.
    """
    env = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    env["UNMASK_LOG"] = "snakemake"
    for role in ("AUTHOR", "COMMITTER"):
        env |= {f"GIT_{role}_NAME": "tester", f"GIT_{role}_EMAIL": "tester@example.invalid"}
    if folder and (folder / "src/unmask").is_dir():
        env["PYTHONPATH"] = str(folder / "src")
    return env


def run(*command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command; its output, both streams together, is in ``stdout``."""
    return subprocess.run(
        command,
        cwd=cwd,
        env=environment(cwd),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
    )


def checkout(folder: Path, settings: dict[str, Any]) -> None:
    """The checkout's files in a git repository of their own, with settings laid over."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    for name in listed:
        if (REPOSITORY / name).is_file() and name not in ("dvc.lock", "results/metrics.json"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(REPOSITORY / name, folder / name)
    change_settings(folder, settings)
    run("git", "init", "--quiet", cwd=folder)
    commit(folder, "start")


def commit(folder: Path, message: str) -> None:
    """Commit everything that is not ignored."""
    run("git", "add", "--all", cwd=folder)
    done = run("git", "commit", "--quiet", "--message", message, cwd=folder)
    assert done.returncode == 0, done.stdout
