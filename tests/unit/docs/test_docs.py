"""The pages for users: links lead somewhere, messages are still said, commands are not hidden."""

from __future__ import annotations

import ast
import re
import subprocess
from functools import cache

import pytest

from docs.output import missing
from docs.pages import PAGES, REPOSITORY, blocks, text_of
from rerun_table import law
from unmask.workflow.stages import STAGES

LANGUAGES = {"sh", "yaml", "python", "text"}
COMMANDS = ("snakemake ", "unmask ", "dvc ", "make ", "git ", "$ ")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FILLED = "\0"


def prose(page: str) -> str:
    return re.sub(r"^```.*?^```$", "", text_of(page), flags=re.MULTILINE | re.DOTALL)


def anchors(page: str) -> set[str]:
    """What GitHub makes of the headings of a page."""
    headings = re.findall(r"^#+ (.*)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES)
def test_relative_links_and_pictures_are_there(page):
    for target in LINK.findall(prose(page)):
        if re.match(r"https?:", target):
            continue
        file, _, anchor = target.partition("#")
        path = (REPOSITORY / page).parent / file if file else REPOSITORY / page
        assert path.exists(), f"{page}: {target}"
        if anchor:
            name = path.resolve().relative_to(REPOSITORY).as_posix()
            assert anchor in anchors(name), f"{page}: {target}"


def test_every_page_is_reached_from_the_index():
    listed = set(LINK.findall(text_of("docs/README.md")))
    pages = {page.removeprefix("docs/") for page in PAGES if page.startswith("docs/")}
    assert pages - {"README.md"} <= listed
    assert "docs/README.md" in LINK.findall(text_of("README.md"))


@pytest.mark.parametrize("page", PAGES)
def test_no_command_hides_in_a_block_that_is_not_tried(page):
    for block in blocks(page):
        assert block.language in LANGUAGES, f"{block.place}: say which language the block is in"
        if block.language == "text":
            assert not block.text.startswith(COMMANDS), f"{block.place}: commands are ```sh"


def test_settings_say_the_stage_from_which_the_law_of_reruns_has_it():
    page = text_of("docs/settings.md")
    found = {}
    for section in re.split(r"^## ", page, flags=re.MULTILINE)[1:]:
        name = section.split("\n")[0]
        for key, stages in re.findall(r"^\| `(\w+)` \|.*\| ([^|]*) \|$", section, re.MULTILINE):
            found[f"{name}.{key}"] = re.findall(r"`(\w+)`", stages)
    rows = {key: list(marks) for key, marks in law("Settings").items() if "datasets" not in key}
    assert set(rows) <= set(found)
    for key, marked in rows.items():
        if not marked:
            continue  # of what is made on request
        assert marked[0] in found[key], key
        assert {name for name in found[key] if not STAGES[name].on_request} <= set(marked), key


@cache
def messages() -> list[str]:
    """Every text in the source but for docstrings, with what is filled in marked."""
    found = []
    for path in (REPOSITORY / "src").rglob("*.py"):
        nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
        described = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
        for node in nodes:
            if isinstance(node, ast.JoinedStr):
                found.append("".join(map(_text, node.values)))
            elif isinstance(node, ast.Constant) and id(node) not in described:
                found.append(_text(node))
    return found


def _text(node: ast.expr) -> str:
    return node.value if isinstance(getattr(node, "value", None), str) else FILLED


def quoted() -> list[str]:
    rows = re.findall(r"^\| `([^`]+)` \|", text_of("docs/troubleshooting.md"), re.MULTILINE)
    assert len(rows) > 50
    return rows


@pytest.mark.parametrize("message", quoted())
def test_a_message_on_the_page_of_troubles_is_one_that_the_code_says(message):
    fixed = [part for part in re.split("…", message) if part.strip()]
    assert max(map(len, fixed)) >= 10, "too little of it is fixed to tell"
    pattern = re.compile(".*?".join(map(re.escape, fixed)), re.DOTALL)
    assert any(pattern.search(text) for text in messages()), message


def test_a_message_that_nobody_says_is_noticed():
    assert not any("there is no such banana" in text for text in messages())


@pytest.mark.parametrize(
    ("shown", "printed", "absent"),
    [
        ("a\nb\n", "a\nx\nb\n", None),
        ("a\nb\n", "b\na\n", "b"),
        ("auc 0.75, 4 videos", "auc 1.0, 4 videos", None),
        ("auc 0.75, 4 videos", "auc 0.75, 5 videos", "auc 0.75, 4 videos"),
        ("a … c", "a b c", None),
        ("a … c", "a b d", "a … c"),
        ("…\nz", "a\nz", None),
        ("a  1", "a      1", None),
    ],
)
def test_outputs_are_compared_line_by_line(shown, printed, absent):
    assert missing(shown, printed) == absent


@pytest.mark.parametrize("folder", ["100%", "a:b", "with space", "a%b: c", "größer", "a#b"])
def test_make_works_in_folders_of_any_name(repository, tmp_path, folder):
    checkout = tmp_path / folder
    checkout.mkdir()
    for name in ("Makefile", "pyproject.toml", "requirements.lock", "requirements-dev.lock"):
        (checkout / name).write_bytes((repository / name).read_bytes())
    for target in ("run", "test", "test-jax"):
        subprocess.run(["make", "--dry-run", target], cwd=checkout, check=True, capture_output=True)


def test_every_target_that_is_called_has_a_rule(repository):
    rules = set(re.findall(r"^([a-z-]+):", (repository / "Makefile").read_text(), re.MULTILINE))
    called = {
        (place, target)
        for place in (".ci/run", "README.md", "CONTRIBUTING.md")
        for target in re.findall(
            r"^(?:[A-Z_]+=\S+ )*make ([a-z-]+)", (repository / place).read_text(), re.MULTILINE
        )
    }
    assert len(called) > 8
    assert {(place, target) for place, target in called if target not in rules} == set()
