"""A process that has imported what the tools import, and runs each command in a fork of itself.

A command then costs what it does, not what it imports, and what it leaves in memory goes with its
fork. Requests come as JSON, one a line, and are answered with the exit status. Nothing of
``unmask`` is imported here: a fork imports it from the checkout that it works on.

Started by :mod:`commands`.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

_EVERY_S = 0.005
_OURS = ("unmask", "snakemake_logger_plugin_unmask")


def main() -> None:
    """Serve until the other end closes the pipe."""
    answers = os.fdopen(os.dup(1), "w")
    _import()
    for line in sys.stdin:
        request = json.loads(line)
        child = os.fork()
        if child == 0:
            _run(**request)
        status = _wait(child, request["timeout_s"])
        answers.write(f"{json.dumps(status)}\n")
        answers.flush()


def _import() -> None:
    """What all three commands need, but for our own modules."""
    for name in ("snakemake.api", "snakemake.cli", "dvc.cli.parser", "dvc.repo.experiments"):
        import_module(name)
    sys.modules["snakemake.cli"].get_argument_parser()  # looks for plugins, of which one is ours
    for name in [name for name in sys.modules if name.split(".")[0] in _OURS]:
        del sys.modules[name]


def _wait(child: int, timeout_s: float) -> int | None:
    """The exit status of a fork; None if it took too long and was ended."""
    until = time.monotonic() + timeout_s
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() > until:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return None
        time.sleep(_EVERY_S)


def _run(command: list[str], cwd: str, env: dict[str, str], output: str, timeout_s: float) -> None:
    """Run a command in this process, as its executable would, and end with its status."""
    status = 1
    try:
        os.chdir(cwd)
        os.environ.clear()
        os.environ.update(env)
        written = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for stream, target in ((nothing, 0), (written, 1), (written, 2)):
            os.dup2(stream, target)
        places = filter(None, env.get("PYTHONPATH", "").split(os.pathsep))
        sys.path[:0] = [str(Path(place).resolve()) for place in places]
        name, *arguments = command
        sys.argv = [str(Path(sys.executable).with_name(name)), *arguments]
        status = _COMMANDS[name](arguments)
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status or 0)


def _snakemake(arguments: list[str]) -> int:
    from snakemake.cli import main

    return main(arguments)


def _dvc(arguments: list[str]) -> int:
    from dvc.cli import main

    return main(arguments)


def _unmask(arguments: list[str]) -> int:
    from unmask.cli import main

    return main(arguments)


def _changed_in_dvc(arguments: list[str]) -> int:
    """Print the stages that ``dvc repro`` may run: what has changed, and what follows."""
    import networkx
    from dvc.repo import Repo

    with Repo() as repo:
        changed = set(repo.status()) - {"plan"}  # which always runs
        graph = repo.index.graph  # from a stage to those that it depends on
        follow = {
            other.addressing
            for stage in graph
            if stage.addressing in changed
            for other in networkx.ancestors(graph, stage)
        }
    print(json.dumps(sorted(changed | follow)))
    return 0


_COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "snakemake": _snakemake,
    "dvc": _dvc,
    "unmask": _unmask,
    "changed-in-dvc": _changed_in_dvc,
}

if __name__ == "__main__":
    main()
