"""Reading YAML that somebody else wrote: no deeper, larger or longer than settings ever are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from unmask.disk.foreign import MB, read_text, shown
from unmask.errors import UnmaskError

MOST_BYTES = 1 * MB
MOST_VALUES = 100_000
"""Values in a file, those that aliases repeat counted each time."""
MOST_DEPTH = 50
_LONGEST_NUMBER = 60
_NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")


def read_yaml_file(path: Path, error: type[UnmaskError], most: int = MOST_BYTES) -> Any:
    """The content of a YAML file; raises ``error`` where it cannot be had."""
    text = read_text(path, most, error)
    try:
        return yaml.load(text, _Loader)  # noqa: S506  (a SafeLoader)
    except (yaml.YAMLError, ValueError) as fault:
        hint = "\nYAML is indented by spaces, not by tabs." if "'\\t'" in str(fault) else ""
        named = str(fault).replace('"<unicode string>"', f'"{shown(path)}"')
        raise error(f"{shown(path)} is not YAML: {named}{hint}") from None


def check_size(content: Any) -> None:
    """Raise ``ValueError`` for values that, written out, are more or deeper than settings are."""
    todo, count = [(content, 0)], 0
    while todo:
        value, depth = todo.pop()
        count += 1
        if count > MOST_VALUES:
            raise ValueError(f"it stands for more than {MOST_VALUES} values")
        if depth > MOST_DEPTH:
            raise ValueError(f"it is nested more than {MOST_DEPTH} levels deep")
        if isinstance(value, dict):
            todo += [(item, depth + 1) for item in value.values()]
        elif isinstance(value, list | tuple | set):
            todo += [(item, depth + 1) for item in value]


class _Loader(yaml.SafeLoader):
    """Counts what it composes: an alias counts as much as what it stands for."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = self._count = 0
        self._sizes: dict[str, int] = {}

    def compose_node(self, parent: Any, index: Any) -> Any:
        event: Any = self.peek_event()
        anchor = event.anchor
        if self.check_event(yaml.AliasEvent):
            if anchor in self.anchors and anchor not in self._sizes:
                raise _fault("an alias stands inside of what it stands for", event)
            self._add(self._sizes.get(anchor, 1), event)
            return super().compose_node(parent, index)
        if self._depth > MOST_DEPTH:
            raise _fault(f"it is nested more than {MOST_DEPTH} levels deep", event)
        before = self._count
        self._add(1, event)
        self._depth += 1
        node = super().compose_node(parent, index)
        self._depth -= 1
        if anchor is not None:
            self._sizes[anchor] = self._count - before
        return node

    def construct_scalar(self, node: Any) -> Any:
        value = super().construct_scalar(node)
        if node.tag in _NUMBERS and len(value) > _LONGEST_NUMBER:
            raise _fault(f"a number has more than {_LONGEST_NUMBER} digits", node)
        if any("\ud800" <= letter <= "\udfff" for letter in value):
            raise _fault("half of a character (a lone surrogate) is in a text", node)
        return value

    def _add(self, count: int, event: Any) -> None:
        self._count += count
        if self._count > MOST_VALUES:
            raise _fault(f"it stands for more than {MOST_VALUES} values", event)


def _fault(problem: str, where: Any) -> yaml.YAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=where.start_mark)
