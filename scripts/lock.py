"""Writes ``requirements.lock`` and ``requirements-dev.lock`` from what is installed.

The first holds what running needs, the second what developing needs beside it: the closure of the
extras of ``pyproject.toml``, with the versions of the environment this runs in. Run ``make lock``
after ``pip install`` of something new.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
RUNNING = ("keras", "workflow")
"""Extras that ``make run`` installs."""

SAME = {
    "tensorflow-cpu": "sys_platform == 'linux' and platform_machine == 'x86_64'",
    "tensorflow": "sys_platform != 'linux' or platform_machine != 'x86_64'",
}
"""Two names of the same release, and where each is installed."""

TOOLS = ("pip", "setuptools", "wheel")
"""What installs, and comes with Python."""

HEADER = "# Written by `make lock`: what {what}.\n"


def closure(wanted: Iterable[str]) -> dict[str, str]:
    """Names and versions of requirements and all that they need, by their canonical name."""
    todo, seen, found = [Requirement(text) for text in wanted], set(), {}
    while todo:
        requirement = todo.pop()
        name = canonicalize_name(requirement.name)
        for extra in ("", *requirement.extras):
            if (name, extra) in seen:
                continue
            seen.add((name, extra))
            installed = _installed(name)
            found[name] = f"{installed.name}=={installed.version}"
            for text in installed.requires or ():
                needed = Requirement(text)
                if needed.marker is None or needed.marker.evaluate({"extra": extra}):
                    todo.append(needed)
    return found


def _installed(name: str):  # noqa: ANN202
    """The distribution; either build of TensorFlow stands for both."""
    for candidate in [name, *(SAME if name in SAME else ())]:
        try:
            return distribution(candidate)
        except PackageNotFoundError:
            continue
    raise SystemExit(f"{name} is not installed: pip install it, then make lock")


def wanted(*extras: str) -> list[str]:
    """The requirements of the project with these extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    todo, lines = list(extras), list(project["dependencies"])
    for extra in todo:
        for line in project["optional-dependencies"][extra]:
            requirement = Requirement(line)
            if requirement.name == project["name"]:
                todo += [name for name in requirement.extras if name not in todo]
            elif requirement.marker is None or requirement.marker.evaluate():
                lines.append(line)
    return lines


def lock_lines(found: dict[str, str]) -> list[str]:
    """A line a package, sorted; TensorFlow by the build for each platform."""
    lines = {name: line for name, line in found.items() if name not in (*SAME, *TOOLS)}
    for name in SAME.keys() & found.keys():
        version = found[name].split("==")[1]
        lines |= {each: f"{each}=={version} ; {marker}" for each, marker in SAME.items()}
    return [lines[name] for name in sorted(lines)]


def locks() -> dict[str, str]:
    """The two files as text."""
    running = closure(wanted(*RUNNING))
    developing = {
        name: line for name, line in closure(wanted("dev")).items() if name not in running
    }
    run = HEADER.format(what="running needs")
    dev = HEADER.format(what="developing needs beside requirements.lock")
    return {
        "requirements.lock": run + "\n".join(lock_lines(running)) + "\n",
        "requirements-dev.lock": dev + "\n".join(lock_lines(developing)) + "\n",
    }


if __name__ == "__main__":
    for name, text in locks().items():
        (ROOT / name).write_text(text, "utf-8")
