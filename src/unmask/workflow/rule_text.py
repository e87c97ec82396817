"""Rules read from their files, one by one: what a rule says, apart from how it is written."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from textwrap import dedent

from unmask.workflow.bindings import Names
from unmask.workflow.code_text import Writer

_SETTINGS = re.compile(r"""\bsettings\(\s*["'](\w+)["']\s*\)""")
_HEADS = ("rule", "checkpoint")
_LAYOUT = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)


@dataclass(frozen=True)
class Rule:
    """A rule: its name, the stage whose settings it reads, if any, and a digest of its text."""

    name: str
    stage: str | None
    text: str


@lru_cache(maxsize=256)
def rules_of(source: str) -> tuple[Rule, ...]:
    """The rules of a Snakemake file, given its text."""
    source = _without_comments(source)
    lines = source.splitlines(keepends=True)
    return tuple(_rule(name, "".join(lines[first:last])) for name, first, last in _blocks(source))


def _blocks(source: str) -> Iterator[tuple[str, int, int]]:
    """The name of each rule, and the lines in which its body is: from, and up to."""
    depth, starts_line = 0, True
    name, level, first = "", -1, 0
    tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    for token, following in zip(tokens, [*tokens[1:], tokens[-1]], strict=True):
        if token.type in (tokenize.INDENT, tokenize.DEDENT):
            depth += 1 if token.type == tokenize.INDENT else -1
            if name and depth == level:
                yield name, first, token.start[0] - 1
                name = ""
        elif starts_line and token.string in _HEADS and following.type == tokenize.NAME:
            name, level, first = following.string, depth, token.start[0]
        if token.type not in (tokenize.COMMENT, tokenize.NL):
            starts_line = token.type in _LAYOUT


def _rule(name: str, body: str) -> Rule:
    body = dedent(body)
    found = _SETTINGS.search(body)
    text = "\n".join(f"{key} {_value(value)}" for key, value in _directives(body))
    return Rule(name, found[1] if found else None, text)


def _directives(body: str) -> Iterator[tuple[str, str]]:
    """What a rule says under each of its words (``input``, ``shell`` …)."""
    parts = re.split(r"^(\w+)[ \t]*:", body, flags=re.MULTILINE)
    return zip(parts[1::2], parts[2::2], strict=True)


def _value(text: str) -> str:
    """A digest of the arguments or statements under a word."""
    for source in (f"_({text}\n)", dedent(text)):
        try:
            return Writer(Names("")).write(ast.parse(source).body).text
        except SyntaxError:
            continue
    return " ".join(text.split())


def _without_comments(source: str) -> str:
    """The text with comments blanked out, wherever they stand."""
    lines = source.splitlines(keepends=True)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            line, column = token.start
            lines[line - 1] = lines[line - 1][:column] + "\n"
    return "".join(lines)
