"""The walkthrough as it is stored, and its page in the docs. `make test-notebook` runs it."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest

from walkthrough import load_script

MOST_BYTES = 1_500_000
AN_OUTPUT = re.compile(r"( {4}.*|!\[.+\]\(images/walkthrough/[a-z-]+\.(png|jpg|gif)\))?")


@pytest.fixture
def walkthrough():
    return load_script()


@pytest.fixture
def notebook(walkthrough):
    return nbformat.read(walkthrough.NOTEBOOK, as_version=4)


def test_the_notebook_is_stored_without_outputs_or_traces_of_a_machine(notebook):
    for cell in notebook.cells:
        assert not cell.get("outputs") and cell.get("execution_count") is None, cell.id
        assert set(cell.metadata) <= {"alt"}, cell.id
    assert notebook.metadata == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }


def test_prose_and_code_of_the_page_are_the_notebook_s(notebook, walkthrough):
    page = walkthrough.PAGE.read_text("utf-8").removeprefix(walkthrough.HEADER)
    ends, start = [0], 0
    for cell in notebook.cells:
        text = cell.source
        if cell.cell_type == "code":
            text = f"```python\n{text}\n```"
        start = page.find(text, start)
        assert start >= 0, f"cell {cell.id} is not on the page as it is: run `make notebook`"
        ends += [start, start + len(text)]
        start = ends[-1]
    ends.append(len(page))
    between = [page[end:begin] for end, begin in list(pairwise(ends))[::2]]
    strange = [
        line for text in between for line in text.splitlines() if not AN_OUTPUT.fullmatch(line)
    ]
    assert not strange, "this is on the page and not in the notebook: run `make notebook`"


def test_the_page_s_pictures_are_there_described_and_small(notebook, walkthrough):
    page = walkthrough.PAGE.read_text("utf-8")
    linked = dict(re.findall(r"!\[(.+)\]\((images/walkthrough/\S+)\)", page))
    there = set(walkthrough.PICTURES.iterdir())
    assert {walkthrough.PAGE.parent / link for link in linked.values()} == there
    assert list(linked) == [cell.metadata.alt for cell in notebook.cells if "alt" in cell.metadata]
    assert sum(path.stat().st_size for path in there) < MOST_BYTES


def test_links_lead_somewhere_from_the_notebook_and_from_the_page(walkthrough):
    page = walkthrough.PAGE.read_text("utf-8")
    links = [link for link in re.findall(r"\]\((\S+?)\)", page) if not link.startswith("images/")]
    assert len(links) >= 5
    for link in links:
        for folder in (walkthrough.PAGE.parent, walkthrough.NOTEBOOK.parent):
            assert Path(folder, link).is_file(), link
