"""Settings files: how the configuration reaches a job.

``results/workflow/settings/<stage>.json`` holds the settings of one stage and a digest of its code.
It is rewritten only when its content changes, and it is an input of the stage's rule and a part of
the key of its results. So a changed setting or an edited module makes exactly the jobs of its stage
old, also in a fresh clone.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def load(path: Path) -> dict[str, Any]:
    """The settings of a stage, as keyword arguments of its function."""
    return parse(Path(path).read_text("utf-8"))[1]


def code_of(path: Path) -> str:
    """The digest of a stage's code."""
    return parse(Path(path).read_text("utf-8"))[0]


def parse(content: str) -> tuple[str, dict[str, Any]]:
    """The digest of a stage's code, and its settings, given the content of its settings file."""
    found = json.loads(content)
    return found["code"], found["settings"]


def text(settings: dict[str, Any], code: str) -> str:
    """The content of a settings file: the settings of a stage, and the digest of its code."""
    return json.dumps({"code": code, "settings": settings}, indent=1, sort_keys=True) + "\n"
