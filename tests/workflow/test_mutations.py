"""The list of mutations: each is of code that is there. `make test-mutations` tries them."""

from __future__ import annotations

import shutil

import pytest

from commands import REPOSITORY
from mutations import MARKS, MUTATIONS, PAGE


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.what)
def test_a_mutation_breaks_code_that_is_there(mutation, tmp_path):
    copy = tmp_path / mutation.module
    copy.parent.mkdir(parents=True)
    shutil.copyfile(REPOSITORY / mutation.module, copy)
    mutation.apply(tmp_path)
    compile(copy.read_text("utf-8"), mutation.module, "exec")
    assert all((REPOSITORY / tests).exists() for tests in mutation.tests.split())


def test_the_page_lists_them_all():
    table = PAGE.read_text("utf-8").split(MARKS[0])[1].split(MARKS[1])[0]
    listed = [line.split(" | ")[0].lstrip("| ") for line in table.splitlines() if " | `" in line]
    assert listed == [mutation.what for mutation in MUTATIONS]
