"""The map in docs/architecture.md leads to what is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from unmask.cli import COMMANDS
from unmask.config.schema import Config
from unmask.workflow.code import this_code
from unmask.workflow.stages import STAGES

PAGE = Path("docs/architecture.md")


def table(repository: Path, heading: str) -> list[list[str]]:
    """The cells of the first table below a heading."""
    text = (repository / PAGE).read_text("utf-8").split(f"## {heading}\n")[1]
    rows = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("|")]
    return [
        [cell.strip() for cell in row] for row in rows[2 : len(rows)] if len(row) == len(rows[0])
    ]


def names(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def test_every_stage_has_its_row_and_every_row_leads_somewhere(repository):
    rows = table(repository, "One word a stage")
    assert [name for row in rows for name in names(row[0])] != []
    assert {name for row in rows for name in names(row[0])} == set(STAGES)
    for stages, rule, command, sections, code, _ in rows:
        for stage in names(stages):
            assert set(names(rule)) == {path.name for path in this_code().rule_files(stage)}
            assert names(command) == [f"unmask {STAGES[stage].command}"]
            assert set(names(sections)) <= set(Config.model_fields)
        assert STAGES[stage].command in COMMANDS
        assert (repository / "rules" / names(rule)[0]).is_file()
        assert all((repository / "src/unmask" / place).exists() for place in names(code))


QUESTIONS = {
    "border": "def _mirrored",
    "several": "def _choose",
    "frames of a video": "def extract_frames",
    "MTCNN": "class Mtcnn",
    "key of a result": "def key",
    "makes a stage old": "STAGES",
    "two sides": "def assert_no_leak",
    "dataset's folder": "READERS",
    "best epoch": "class Validator",
    "model file hold": "CONTRACT",
    "wrong setting": "def explain",
    "verdict": "class Predictor",
}


@pytest.mark.parametrize("asked", QUESTIONS)
def test_a_question_leads_to_its_answer_in_one_step(repository, asked):
    [answer] = [row[1] for row in table(repository, "Where to look") if asked in row[0]]
    files = [
        file
        for place in names(answer)
        for file in [repository / place, *(repository / place).rglob("*.py")]
        if file.is_file()
    ]
    assert any(QUESTIONS[asked] in file.read_text("utf-8") for file in files), files


def rooms(repository: Path) -> list[str]:
    """The rooms from top to bottom, as the page draws them."""
    drawn = (repository / PAGE).read_text("utf-8").split("## The rooms\n")[1].split("```")[1]
    top = re.findall(r"(?m)^(\w+)/ ", drawn)
    return [*top, *drawn.strip().splitlines()[-1].split()]


def test_no_room_imports_from_one_above_it(repository):
    order, package = rooms(repository), repository / "src/unmask"
    up = []
    for path in package.rglob("*.py"):
        room = path.relative_to(package).parts[0].removesuffix(".py")
        if room not in order:
            continue  # the front door, the command line
        for used in re.findall(r"(?m)^\s*(?:from|import) unmask\.(\w+)", path.read_text("utf-8")):
            if used in order and order.index(used) < order.index(room):
                up.append(f"{path.relative_to(package)} imports {used}")
    assert not up, "\n".join(sorted(up))
