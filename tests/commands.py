"""Runs commands in a project: as processes of their own, in forks of one that is ready, or here.

Where the process itself is what a test is about, :func:`run` is the one to take.
"""

from __future__ import annotations

import atexit
import io
import json
import logging
import os
import shlex
import subprocess
import sys
import tempfile
from contextlib import chdir, redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).parent.parent
TIMEOUT_S = 3600.0
"""Long enough for any machine: no test is about speed."""

Done = subprocess.CompletedProcess[str]


def environment(folder: Path | None = None) -> dict[str, str]:
    """As after ``. .venv/bin/activate``, with somebody to commit as.

    In a checkout, ``folder``, commands are those of its own code. Snakemake prints its own
    messages, each job with its reason, from which tests tell what ran.
    """
    env = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    env["UNMASK_LOG"] = "snakemake"
    for role in ("AUTHOR", "COMMITTER"):
        env |= {f"GIT_{role}_NAME": "tester", f"GIT_{role}_EMAIL": "tester@example.invalid"}
    code = folder if folder and (folder / "src/unmask").is_dir() else REPOSITORY
    return env | {"PYTHONPATH": str(code / "src")}


def run(*command: str, cwd: Path) -> Done:
    """Run a command as a process; its output, both streams together, is in ``stdout``."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env=environment(cwd),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=TIMEOUT_S,
    )
    return _told(command, done.returncode, done.stdout)


def call(*command: str, cwd: Path) -> Done:
    """The same for ``snakemake``, ``dvc`` or ``unmask`` without waiting for their imports."""
    with tempfile.NamedTemporaryFile("r", encoding="utf-8", errors="replace") as output:
        request = {
            "command": command,
            "cwd": str(cwd),
            "env": environment(cwd),
            "output": output.name,
            "timeout_s": TIMEOUT_S,
        }
        server = _server()
        server.stdin.write(f"{json.dumps(request)}\n")
        server.stdin.flush()
        status = json.loads(server.stdout.readline())
        if status is None:
            raise subprocess.TimeoutExpired(command, TIMEOUT_S, output.read())
        return _told(command, status, output.read())


def call_here(*command: str, cwd: Path) -> Done:
    """The same for ``unmask`` in this process, which has imported TensorFlow or soon will."""
    from unmask.cli import main

    output = io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers[:] = []  # the command sets up its own
    try:
        with chdir(cwd), redirect_stdout(output), redirect_stderr(output):
            status = main(command[1:])
    except SystemExit as end:
        status = end.code
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
    return _told(command, status, output.buffer.getvalue().decode())


def _told(command: tuple[str, ...], status: int, output: str) -> Done:
    """What came of a command; pytest shows it where a test fails."""
    print(f"$ {shlex.join(command)}\n{output}(status {status})")
    return subprocess.CompletedProcess(command, status, output)


@cache
def _server() -> subprocess.Popen[str]:
    server = subprocess.Popen(
        [sys.executable, "-P", str(Path(__file__).with_name("fork_server.py"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(server.communicate)
    return server
