"""The version is the same wherever it stands."""

from __future__ import annotations

import re
import tomllib

import yaml

import unmask


def test_the_package_its_citation_and_the_changes_name_one_version(repository):
    project = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))["project"]
    citation = yaml.safe_load((repository / "CITATION.cff").read_text("utf-8"))
    changes = (repository / "CHANGELOG.md").read_text("utf-8")
    released = re.findall(r"^## (\d+\.\d+\.\d+)", changes, re.MULTILINE)
    assert {project["version"], citation["version"], released[0]} == {unmask.__version__}
    assert (citation["license"], citation["title"]) == (project["license"], project["name"])
    assert {"cff-version", "message", "authors"} <= citation.keys()
