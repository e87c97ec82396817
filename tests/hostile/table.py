"""The table of docs/reliability.md."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from hostile.case import FINISHED, QUARANTINED, REFUSED, Outcome

PAGE = Path(__file__).parents[2] / "docs/reliability.md"
BEGIN, END = "<!-- hostile input -->", "<!-- end of hostile input -->"
HEAD = (
    "| kind | inputs | finished | quarantined | refused | slowest, s | most, MB |\n"
    "| --- | --- | --- | --- | --- | --- | --- |\n"
)


def write(outcomes: Sequence[Outcome]) -> None:
    """Write the table into the page, a line a kind."""
    kinds = sorted({one.kind for one in outcomes})
    lines = [_line(kind, [one for one in outcomes if one.kind == kind]) for kind in kinds]
    text = HEAD + "".join([*lines, _line("all", outcomes)])
    page = PAGE.read_text("utf-8")
    new, count = re.subn(f"(?s){BEGIN}.*{END}", lambda _: f"{BEGIN}\n{text}{END}", page)
    if count != 1:
        raise ValueError(f"{PAGE} has no place for the table: {BEGIN} and {END}")
    PAGE.write_text(new, "utf-8")


def _line(kind: str, outcomes: Sequence[Outcome]) -> str:
    became = [sum(one.became == word for one in outcomes)
              for word in (FINISHED, QUARANTINED, REFUSED)]  # fmt: skip
    worst = max(one.seconds for one in outcomes), max(one.megabytes for one in outcomes)
    cells = (kind, len(outcomes), *became, f"{worst[0]:.1f}", f"{worst[1]:.0f}")
    return f"| {' | '.join(map(str, cells))} |\n"
