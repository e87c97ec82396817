"""The locks: one for running, one for what developing needs beside it."""

from __future__ import annotations

import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

RUNNING = ("keras", "workflow", "export")


def pinned(repository, lock: str) -> list[Requirement]:
    lines = (repository / lock).read_text("utf-8").splitlines()
    return [Requirement(line) for line in lines if not line.startswith("#")]


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_pins_one_version_a_line_and_holds_no_addresses(repository, lock):
    for requirement in pinned(repository, lock):
        assert [part.operator for part in requirement.specifier] == ["=="]
        assert requirement.url is None


def test_the_locks_hold_what_the_project_asks_for_each_thing_once(repository):
    project = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))["project"]
    run = {canonicalize_name(r.name): r for r in pinned(repository, "requirements.lock")}
    dev = {canonicalize_name(r.name): r for r in pinned(repository, "requirements-dev.lock")}
    assert not run.keys() & dev.keys()
    extras = project["optional-dependencies"]
    needed = [*project["dependencies"], *(line for name in RUNNING for line in extras[name])]
    for line in needed:
        wanted = Requirement(line)
        if wanted.name == project["name"]:
            continue  # an extra that takes another along
        version = next(iter(run[canonicalize_name(wanted.name)].specifier)).version
        assert version in wanted.specifier, line
    for line in extras["dev"]:
        wanted = Requirement(line)
        if wanted.name != project["name"]:
            found = (run | dev)[canonicalize_name(wanted.name)]
            assert next(iter(found.specifier)).version in wanted.specifier, line


@pytest.mark.parametrize(
    ("system", "machine", "build"),
    [
        ("linux", "x86_64", "tensorflow-cpu"),
        ("linux", "aarch64", "tensorflow"),
        ("darwin", "arm64", "tensorflow"),
    ],
)
def test_each_system_gets_one_build_of_tensorflow(repository, system, machine, build):
    there = {"sys_platform": system, "platform_machine": machine}
    found = [
        requirement.name
        for requirement in pinned(repository, "requirements.lock")
        if requirement.name.startswith("tensorflow")
        and (requirement.marker is None or requirement.marker.evaluate(there))
    ]
    assert found == [build]


def test_what_only_tests_need_is_not_installed_to_run(repository):
    run = {requirement.name.lower() for requirement in pinned(repository, "requirements.lock")}
    assert not run & {"pytest", "playwright", "moto", "nicegui", "ipykernel", "mypy", "pandas"}
