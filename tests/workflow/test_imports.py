"""A stage is known to depend on every module of ours that its command really imports."""

from __future__ import annotations

import re
import shlex
import shutil
import sys

import pytest

from unmask.workflow import stages
from workflow.conftest import SMALL, snakemake_in
from workflow.projects import run

STARTS = {"unmask/cli.py", "unmask/__main__.py", "unmask/workflow/lifeline.py"}
"""What every command passes through before it is one: it shapes no result."""

TELL = (
    "import sys; from unmask.cli import main; status = main(sys.argv[1:]);"
    "print(*sorted(m.__file__ for n, m in sys.modules.items() if n.split('.')[0] == 'unmask'"
    " and m.__file__), sep='\\n'); sys.exit(status)"
)


@pytest.fixture(scope="module")
def project(finished, tmp_path_factory):
    folder = tmp_path_factory.mktemp("imports") / "project"
    shutil.copytree(finished, folder)
    return folder


@pytest.fixture(scope="module")
def commands(project) -> dict[str, list[str]]:
    """A command line of each stage, as Snakemake would run it."""
    settings = SMALL | {"predict": {"inputs": [str(next(project.glob("data/demo/*.mp4")))]}}
    options = ("all", "exports", "verdicts", "--dry-run", "--forceall", "--printshellcmds")
    shown = snakemake_in(project, settings)(*options).stdout
    lines = re.findall(r"unmask (\w+) (.*?) (?:> |2>&1)", shown)
    return {name: [name, *shlex.split(rest)] for name, rest in lines}


@pytest.mark.parametrize("stage", [name for name in stages.STAGES if name != "cropped"])
def test_no_module_is_forgotten(project, commands, stage):
    command = commands[stages.STAGES[stage].command]
    done = run(sys.executable, "-c", TELL, *command, cwd=project)
    assert done.returncode == 0, done.stdout
    root = stages.PACKAGE.parent
    imported = set(re.findall(rf"{re.escape(str(root))}/(unmask/\S+\.py)", done.stdout))
    known = {path.relative_to(root).as_posix() for path in stages.modules(stage)}
    assert f"unmask/commands/{stages.STAGES[stage].command}.py" in imported
    assert imported - known <= STARTS
