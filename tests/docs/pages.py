"""The pages for users, their code blocks, and what the comments above the blocks say of them.

A block of ``sh`` is run, page by page, from top to bottom. A comment on the line above a block says
what else there is to know:

``<!-- not run: REASON -->``   commands that a test cannot run, such as a download of a dataset
``<!-- exits 1 -->``           commands that fail, with this status
``<!-- output -->``            what the commands above print; see :mod:`docs.output`
``<!-- writes FILE -->``       a file as the reader would write it
``<!-- changes config.yaml -->``  settings as the reader would change them
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parent.parent.parent
PAGES = sorted(
    path.relative_to(REPOSITORY).as_posix()
    for path in [*REPOSITORY.glob("*.md"), *REPOSITORY.glob("docs/*.md")]
)
_BLOCK = re.compile(
    r"(?:^<!-- (?P<comment>[^\n]*?) -->\n\s*?)?"
    r"^(?P<fence>```+)(?P<language>\w*)\n(?P<text>.*?)^(?P=fence)$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Block:
    """A fenced block: its page and first line, its language, its text, and the comment above."""

    page: str
    line: int
    language: str
    text: str
    comment: str

    @property
    def place(self) -> str:
        """Where the block stands, as editors and terminals link it."""
        return f"{self.page}:{self.line}"

    def says(self, word: str) -> str | None:
        """What the comment says after ``word``; None if it says something else."""
        found = re.fullmatch(rf"{word}:? ?(.*)", self.comment)
        return found[1] if found else None


def text_of(page: str) -> str:
    """The text of a page."""
    return (REPOSITORY / page).read_text("utf-8")


def blocks(page: str) -> list[Block]:
    """All fenced blocks of a page, in order."""
    text = text_of(page)
    return [
        Block(
            page,
            text.count("\n", 0, found.start("fence")) + 1,
            found["language"],
            found["text"],
            found["comment"] or "",
        )
        for found in _BLOCK.finditer(text)
    ]


def commands(page: str) -> list[Block]:
    """The blocks of a page that hold commands."""
    return [block for block in blocks(page) if block.language == "sh"]
