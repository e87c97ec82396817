"""What a piece of code does as a text: without comments, docstrings, type hints and formatting.

The names of other definitions of ours stand apart in it. :mod:`unmask.workflow.code` finds where
those are, so a definition that moved to another module is still the same. What differs between
versions of Python in the tree of the same code is left out.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from unmask.workflow.bindings import (
    COMPREHENSIONS,
    WHOLE,
    Names,
    Scope,
    bound_in,
    does_nothing,
    imported,
    is_for_types,
    parts_of,
)

OURS = "unmask"
"""The package whose names are followed. Others are libraries, which their names stand for."""

FILES_BESIDE = "__file__"
"""The name by which a definition reads files that lie beside its module."""

_BY_NAME = ("importlib.import_module", "__import__")
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_FIELD_KINDS = ("ClassVar", "InitVar", "KW_ONLY")


@dataclass(frozen=True)
class Definition:
    """What is bound to a name: a digest of its text, and the dotted names of ours in it."""

    text: str
    refers_to: tuple[str, ...]


class Writer:
    """Writes statements of a module as one text, names of ours apart."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.parts: list[str] = []
        self.refers_to: list[str] = []
        self.scopes: list[tuple[Scope, bool]] = []  # and whether it is that of a class

    def write(self, statements: Iterable[ast.stmt]) -> Definition:
        """These statements as one definition."""
        for statement in statements:
            self._node(statement)
        text = sha256("\0".join(self.parts).encode()).hexdigest()
        return Definition(text, tuple(self.refers_to))

    def _node(self, node: ast.AST) -> None:
        kind = type(node)
        if special := _SPECIAL.get(kind):
            special(self, node)
            return
        self.parts.append(kind.__name__)
        for name in parts_of(kind):
            self._value(getattr(node, name, None))

    def _value(self, value: object) -> None:
        if isinstance(value, ast.AST):
            self._node(value)
        elif isinstance(value, list):
            self.parts.append("[")
            for each in value:
                self._value(each)
            self.parts.append("]")
        else:
            self.parts.append(ascii(value))

    # --- names --------------------------------------------------------------------------------

    def _look_up(self, name: str) -> str | None:
        """What a name stands for, dotted; None if it is a local one or of Python itself."""
        names = self.names
        for depth, (scope, of_class) in enumerate(reversed(self.scopes)):
            if name in scope and not (of_class and depth):
                if of_class and name in names.defined:  # perhaps read before it is bound
                    self._refer(f"{names.module}.{name}")
                return scope[name]
        if name in names.defined:
            return f"{names.module}.{name}"
        return names.imports.get(name)

    def _name(self, node: ast.expr) -> None:
        """A name with what follows it after dots."""
        after: list[str] = []
        while isinstance(node, ast.Attribute):
            after.insert(0, node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            self._node(node)
            self.parts.append("." + ".".join(after))
            return
        stands_for = self._look_up(node.id)
        dotted = ".".join([stands_for or node.id, *after])
        if stands_for and stands_for.split(".")[0] == OURS:
            self.parts.append("#")
            self._refer(dotted)
            return
        self.parts.append(f"{'@' if stands_for else ''}{dotted}")
        if dotted in _BY_NAME:
            self._refer(WHOLE)
        elif node.id == FILES_BESIDE:
            self._refer(f"{self.names.module}.{FILES_BESIDE}")
        elif node.id == "globals":
            self._refer(f"{self.names.module}.{WHOLE}")
        elif not stands_for:
            for star in self.names.stars:
                self._refer(f"{star}.{WHOLE}")

    def _refer(self, dotted: str) -> None:
        self.refers_to.append(dotted)

    # --- what is written in a way of its own -----------------------------------------------------

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        """The names say what ours are; a library may be imported for what that does."""
        found = sorted(filter(None, imported(node, self.names).values()))
        self.parts += [f"import {name}" for name in found if name.split(".")[0] != OURS]

    def _expression(self, node: ast.Expr) -> None:
        if not does_nothing(node):
            self.parts.append("Expr")
            self._node(node.value)

    def _pass(self, node: ast.Pass) -> None:
        """Nothing."""

    def _constant(self, node: ast.Constant) -> None:
        self.parts.append(ascii(node.value))

    def _f_string(self, node: ast.JoinedStr) -> None:
        """Its fixed parts in one piece each, however the text was split over lines."""
        self.parts.append("f[")
        fixed = ""
        for part in node.values:
            if isinstance(part, ast.Constant):
                fixed += str(part.value)
                continue
            self.parts.append(ascii(fixed))
            fixed = ""
            self._node(part)
        self.parts += [ascii(fixed), "]"]

    def _if(self, node: ast.If) -> None:
        if not is_for_types(node):
            self.parts.append("If")
            for value in (node.test, node.body, node.orelse):
                self._value(value)

    def _assignment(self, node: ast.AnnAssign) -> None:
        """Like one without a hint; that alone is none."""
        if node.value is not None:
            self.parts.append("Assign")
            self._value([node.target])
            self._node(node.value)

    def _call(self, node: ast.Call) -> None:
        """Without what the help of a command says."""
        keywords = node.keywords
        called = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if called == "files":  # of importlib.resources
            package = getattr(node.args[0], "value", None) if node.args else None
            ours = isinstance(package, str) and package.split(".")[0] == OURS
            self._refer(f"{package if ours else self.names.module}.{FILES_BESIDE}")
        if called == "add_argument":
            keywords = [each for each in keywords if each.arg not in ("help", "metavar")]
        self.parts.append("Call")
        for value in (node.func, node.args, keywords):
            self._value(value)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> None:
        arguments = node.args
        self.parts += [type(node).__name__, getattr(node, "name", "")]
        self._value(getattr(node, "decorator_list", []))
        self._value([*arguments.defaults, "|", *arguments.kw_defaults])
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        starred = [arg for arg in (arguments.vararg, arguments.kwarg) if arg]
        self.parts += [str(len(arguments.posonlyargs)), str(len(arguments.kwonlyargs))]
        self.parts += [arg.arg for arg in every]
        self.parts += [f"*{arg.arg if arg else ''}" for arg in (arguments.vararg, arguments.kwarg)]
        body = node.body if isinstance(node.body, list) else [node.body]
        scope = bound_in(body, self.names)
        self.scopes.append((dict.fromkeys([arg.arg for arg in every + starred]) | scope, False))
        self._value(body)
        self.scopes.pop()

    def _comprehension(self, node: ast.ListComp | ast.DictComp) -> None:
        first, *_ = node.generators
        self.parts.append(type(node).__name__)
        self._node(first.iter)  # seen from outside
        targets = [generator.target for generator in node.generators]
        scope = bound_in(targets, self.names)
        self.scopes.append((scope, False))
        for generator in node.generators:
            self.parts.append("async for" if generator.is_async else "for")
            self._node(generator.target)
            if generator is not first:
                self._node(generator.iter)
            self._value(generator.ifs)
        for name in ("key", "value", "elt"):
            self._value(getattr(node, name, None))
        self.scopes.pop()

    def _class(self, node: ast.ClassDef) -> None:
        self.parts += ["ClassDef", node.name]
        for value in (node.decorator_list, node.bases, node.keywords):
            self._value(value)
        self.scopes.append((bound_in(node.body, self.names), True))
        self.parts.append("[")
        for statement in node.body:
            if isinstance(statement, ast.AnnAssign):
                self._field(statement, node)
            else:
                self._node(statement)
        self.parts.append("]")
        self.scopes.pop()

    def _field(self, node: ast.AnnAssign, of: ast.ClassDef) -> None:
        """An attribute with a hint, which makes a field of it where something reads the hints.

        What the hint says matters to libraries that check by it. Dataclasses do not, but for kinds
        of fields.
        """
        if _is_dataclass(of):
            words = {getattr(n, "id", getattr(n, "attr", "")) for n in ast.walk(node.annotation)}
            self.parts += ["field", *(kind for kind in _FIELD_KINDS if kind in words)]
        elif of.bases:
            self.parts.append("field")
            self._node(node.annotation)
        else:
            self._assignment(node)
            return
        self._node(node.target)
        self._value(node.value)


def _is_dataclass(node: ast.ClassDef) -> bool:
    """Whether the hints in a class make fields of it, and no more."""
    marks = [getattr(mark, "func", mark) for mark in node.decorator_list]
    return any(
        getattr(mark, "id", getattr(mark, "attr", "")) in ("dataclass", "NamedTuple", "Protocol")
        for mark in [*marks, *node.bases]
    )


_SPECIAL: dict[type[ast.AST], Callable[[Writer, Any], None]] = {
    ast.AnnAssign: Writer._assignment,
    ast.Attribute: Writer._name,
    ast.Call: Writer._call,
    ast.ClassDef: Writer._class,
    ast.Constant: Writer._constant,
    ast.Expr: Writer._expression,
    ast.If: Writer._if,
    ast.Import: Writer._import,
    ast.ImportFrom: Writer._import,
    ast.JoinedStr: Writer._f_string,
    ast.Name: Writer._name,
    ast.Pass: Writer._pass,
    **dict.fromkeys(COMPREHENSIONS, Writer._comprehension),
    **dict.fromkeys(_FUNCTIONS, Writer._function),
}
