"""Holds values read from a file against a typed form: types, ranges, and no unknown keys.

A form is a ``TypedDict`` whose annotations are those of the standard library, with
:class:`Range` in ``Annotated``. This is what pydantic does, without the time that it takes to
import: a verdict is to come soon.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Literal,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from unmask.disk.foreign import shown_value

_WORDS = {
    str: "a text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    list: "a list",
    dict: "keys and values",
    NoneType: "null",
}
_MOST_TEXT = 10_000


@dataclass(frozen=True)
class Range:
    """Limits of a number, or of the length of a list."""

    gt: float | None = None
    ge: float | None = None
    lt: float | None = None
    le: float | None = None

    def holds(self, number: float) -> bool:
        """Whether a number is within. NaN never is."""
        return (
            (self.gt is None or number > self.gt)
            and (self.ge is None or number >= self.ge)
            and (self.lt is None or number < self.lt)
            and (self.le is None or number <= self.le)
        )

    def __str__(self) -> str:
        words = {"above": self.gt, "from": self.ge, "below": self.lt, "up to": self.le}
        return " ".join(f"{word} {limit:g}" for word, limit in words.items() if limit is not None)


def faults(value: Any, form: Any, key: str = "") -> Iterator[str]:
    """What is wrong with a value, a sentence each: the key, what it is, and what is allowed."""
    if is_typeddict(form):
        yield from _faults_of_keys(value, form, key)
    elif get_origin(form) is dict and isinstance(value, dict):
        for name, item in value.items():
            yield from faults(item, get_args(form)[1], _below(key, name))
    elif not _fits(value, form):
        yield f"{key} is {shown_value(value)}, allowed: {_allowed(form)}."


def _faults_of_keys(value: Any, form: Any, key: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{key} is {shown_value(value)}, allowed: {_WORDS[dict]}."
        return
    hints = get_type_hints(form, include_extras=True)
    for name, item in value.items():
        if name in hints:
            yield from faults(item, hints[name], _below(key, name))
        else:
            yield f"{shown_value(_below(key, name))} is no key that is known here."


def _below(key: str, name: str) -> str:
    return f"{key}.{name}" if key else name


def _fits(value: Any, form: Any) -> bool:
    origin = get_origin(form)
    if is_typeddict(form):
        return next(faults(value, form), None) is None
    if form is Any:
        return not isinstance(value, float) or math.isfinite(value)
    if origin in (Union, UnionType):
        return any(_fits(value, part) for part in get_args(form))
    if origin is Annotated:
        kind, limits = get_args(form)
        return _fits(value, kind) and limits.holds(len(value) if _is_list(value) else value)
    if origin is Literal:
        return isinstance(value, str) and value in get_args(form)
    if origin is list:
        return _is_list(value) and all(_fits(item, get_args(form)[0]) for item in value)
    if form is str:
        return isinstance(value, str) and len(value) <= _MOST_TEXT
    if form in (int, float):
        kinds = int if form is int else (int, float)
        is_number = isinstance(value, kinds) and not isinstance(value, bool)
        return is_number and abs(value) < 1e300
    return isinstance(value, origin or form)


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple)


def _allowed(form: Any) -> str:
    origin, parts = get_origin(form), get_args(form)
    if origin in (Union, UnionType):
        return " or ".join(map(_allowed, parts))
    if origin is Literal:
        return ", ".join(parts)
    if origin is Annotated:
        kind, limits = parts
        if get_origin(kind) is list:
            return f"a list of {limits.ge:g}, each {_allowed(get_args(kind)[0])}"
        return f"{_allowed(kind)} {limits}"
    return _WORDS.get(origin or form, "a value")
