"""Which names code binds, where, and what those that it imports stand for."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

WHOLE = "*"
"""Stands for all of a module where it cannot be told which of its definitions are used."""

COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
"""Expressions with a scope of their own."""

_BINDS = {
    ast.ExceptHandler: ("name",),
    ast.MatchAs: ("name",),
    ast.MatchStar: ("name",),
    ast.MatchMapping: ("rest",),
}
_NOT_CODE = {"annotation", "ctx", "kind", "returns", "type_comment", "type_params"}
_PARTS: dict[type, tuple[str, ...]] = {}

Scope = dict[str, str | None]
"""Names bound in a scope: what an import stands for, dotted, else None."""


@dataclass
class Names:
    """The names of a module, dotted as ``module``: those it defines and those it imports.

    ``stars`` are modules of which it imports every name.
    """

    module: str
    is_package: bool = False
    defined: set[str] = field(default_factory=set)
    imports: Scope = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)

    def add_import(self, statement: ast.Import | ast.ImportFrom) -> None:
        """Take note of what an import binds."""
        found = imported(statement, self)
        if star := found.pop(WHOLE, None):
            self.stars.append(star.removesuffix(f".{WHOLE}"))
        self.imports |= found


def imported(statement: ast.Import | ast.ImportFrom, of: Names) -> Scope:
    """What each name that an import binds stands for, dotted."""
    if isinstance(statement, ast.Import):
        pairs = ((alias.asname, alias.name) for alias in statement.names)
        return {
            short or name.split(".")[0]: name if short else name.split(".")[0]
            for short, name in pairs
        }
    source = statement.module or ""
    if statement.level:
        above = of.module.split(".")
        above = above[: len(above) - statement.level + of.is_package]
        source = ".".join([*above, *filter(None, [source])])
    return {alias.asname or alias.name: f"{source}.{alias.name}" for alias in statement.names}


def bound_by(statement: ast.stmt) -> set[str]:
    """The names that a definition or assignment binds; none for any other statement."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {statement.name}
    targets = getattr(statement, "targets", None) or [getattr(statement, "target", None)]
    if not isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign):
        return set()
    names = set()
    for target in targets:
        while isinstance(target, ast.Subscript | ast.Attribute):  # a change to what it binds
            target = target.value
        names |= {node.id for node in ast.walk(target) if isinstance(node, ast.Name)}
    return names


def bound_in(body: Iterable[ast.AST], of: Names) -> Scope:
    """What the names stand for that a body binds in its own scope."""
    names: Scope = {}
    outer: set[str] = set()
    todo: list[Any] = list(body)
    while todo:
        node = todo.pop()
        if not isinstance(node, ast.AST):
            continue
        kind = type(node)
        if isinstance(node, ast.Name):
            if type(node.ctx) is not ast.Load:
                names.setdefault(node.id, None)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names |= imported(node, of)
        elif isinstance(node, (ast.Global, ast.Nonlocal)):
            outer.update(node.names)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.setdefault(node.name, None)
        elif kind in COMPREHENSIONS:  # only `:=` leaves its scope
            names |= {n.target.id: None for n in ast.walk(node) if isinstance(n, ast.NamedExpr)}
        elif kind is not ast.Lambda:
            for name in _BINDS.get(kind, ()):
                if bound := getattr(node, name):
                    names.setdefault(bound, None)
            for name in parts_of(kind):
                value = getattr(node, name, None)
                todo += value if type(value) is list else [value]
    return {name: stands_for for name, stands_for in names.items() if name not in outer}


def parts_of(kind: type[ast.AST]) -> tuple[str, ...]:
    """The parts of a kind of node that say what it does."""
    if kind not in _PARTS:
        _PARTS[kind] = tuple(name for name in kind._fields if name not in _NOT_CODE)
    return _PARTS[kind]


def does_nothing(statement: ast.AST) -> bool:
    """Whether a statement does nothing: a docstring, ``pass``, ``...``."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return isinstance(statement.value.value, str) or statement.value.value is ...
    is_future = isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
    return is_future or isinstance(statement, ast.Pass)


def is_for_types(statement: ast.AST) -> bool:
    """Whether a statement holds imports for type hints alone."""
    if not isinstance(statement, ast.If) or statement.orelse:
        return False
    return getattr(statement.test, "id", getattr(statement.test, "attr", "")) == "TYPE_CHECKING"
