"""A stage is known to depend on every function of ours that its command really calls."""

from __future__ import annotations

import re
import shlex
import sys

import pytest

from commands import run
from projects import SMALL, copy, snakemake_in
from unmask.workflow import stages
from unmask.workflow.code import PACKAGE, RULES, Code

STARTS = ("unmask.cli", "unmask.workflow.lifeline", "unmask")
"""What every command passes through before it is one: it shapes no result."""

WITH_TENSORFLOW = ("train", "score", "explain", "verdicts", "robustness", "onnx", "tflite")
WITH_STATISTICS = ("shortcuts", "metrics", "plots", "report")

TELL = """
import sys, threading
from pathlib import Path
import unmask
root = Path(unmask.__file__).parent.parent
seen, called = set(), set()

def while_importing(frame):
    while frame := frame.f_back:
        if frame.f_code.co_name == "<module>" and frame.f_code.co_filename.startswith(f"{root}/"):
            return True

def note(frame, event, _):  # of calls alone: it asks for no lines
    code = frame.f_code
    if code not in seen and not while_importing(frame):
        seen.add(code)
        path, name = Path(code.co_filename), code.co_qualname.split(".")[0]
        if path.is_relative_to(root) and path.suffix == ".py" and name[0] != "<":
            module = ".".join(path.relative_to(root).with_suffix("").parts)
            called.add(f"CALLED {module.removesuffix('.__init__')} {name}")

from unmask.cli import main
threading.settrace(note)
sys.settrace(note)
status = main(sys.argv[1:])
sys.settrace(None)
print(*sorted(called), sep="\\n")
sys.exit(status)
"""
"""Runs a command, and prints the top-level functions and classes of which code was called."""


@pytest.fixture(scope="module")
def project(finished, tmp_path_factory):
    return copy(finished, tmp_path_factory.mktemp("imports") / "project")


@pytest.fixture(scope="module")
def commands(project) -> dict[str, list[str]]:
    """A command line of each stage, as Snakemake would run it."""
    settings = SMALL | {"predict": {"inputs": [str(next(project.glob("data/demo/*.mp4")))]}}
    options = (
        "all",
        "exports",
        "verdicts",
        "robustness",
        "--dry-run",
        "--forceall",
        "--printshellcmds",
    )
    shown = snakemake_in(project, settings)(*options).stdout
    lines = re.findall(r"unmask (\w+) (.*?) (?:> |2>&1)", shown)
    return {name: [name, *shlex.split(rest)] for name, rest in lines}


@pytest.mark.parametrize(
    "stage",
    [
        pytest.param(
            name, marks=pytest.mark.long if name in WITH_TENSORFLOW + WITH_STATISTICS else ()
        )
        for name in stages.STAGES
        if name not in ("cropped", "repeats")  # which the finished project has none of
    ],
)
def test_nothing_that_is_called_is_forgotten(project, commands, stage):
    command = commands[stages.STAGES[stage].command]
    done = run(sys.executable, "-c", TELL, *command, cwd=project)
    assert done.returncode == 0, done.stdout
    called = set(re.findall(r"^CALLED (\S+) (\S+)$", done.stdout, re.MULTILINE))
    assert (f"unmask.commands.{command[0]}", "run") in called
    known = Code(PACKAGE, RULES, leaves_out=()).definitions(stage)
    assert {place for place in called - known if place[0] not in STARTS} == set()


def test_it_is_this_code_that_runs(project):
    done = run(sys.executable, "-c", "import unmask; print(unmask.__file__)", cwd=project)
    assert done.stdout.strip() == str(PACKAGE / "__init__.py")
