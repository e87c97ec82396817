"""Compares what a page says that a command prints with what it prints."""

from __future__ import annotations

import re

_DECIMAL = r"\d+\.\d+(?:e-?\d+)?"
_ANYTHING = "…"


def missing(shown: str, printed: str) -> str | None:
    """The first line of ``shown`` that is not in ``printed`` in its order, or None.

    ``…`` stands for anything within a line, and alone for any lines, which may always stand in
    between. Decimal numbers differ between machines, so one is as good as another; whole numbers
    must be the same. Spaces are not compared.
    """
    lines = iter(printed.splitlines())
    for line in filter(str.strip, shown.splitlines()):
        if line.strip() != _ANYTHING and not any(_alike(line, other) for other in lines):
            return line
    return None


def _alike(shown: str, printed: str) -> bool:
    parts = re.split(rf"({_ANYTHING}|{_DECIMAL}|\s+)", shown.strip())
    kinds = {_ANYTHING: ".*"}
    pattern = "".join(kinds.get(part) or _kind(part) for part in parts)
    return re.fullmatch(pattern, printed.strip()) is not None


def _kind(part: str) -> str:
    if re.fullmatch(_DECIMAL, part):
        return _DECIMAL
    return r"\s+" if part.isspace() else re.escape(part)
