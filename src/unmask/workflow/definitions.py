"""The definitions of a module by their names."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from functools import lru_cache

from unmask.workflow.bindings import WHOLE, Names, bound_by, bound_in, does_nothing, is_for_types
from unmask.workflow.code_text import Definition, Writer


@dataclass
class Module:
    """The statements of a module by the names that they define.

    What runs on import and defines nothing counts for every definition (``effects``).
    """

    names: Names
    statements: dict[str, list[ast.stmt]] = field(default_factory=dict)
    effects: list[ast.stmt] = field(default_factory=list)
    _written: dict[str, Definition] = field(default_factory=dict)

    def definition(self, name: str) -> Definition:
        """What a name is here; all there is for ``*``, what runs on import for the empty name."""
        if name not in self._written:
            self._written[name] = Writer(self.names).write(self._statements_of(name))
        return self._written[name]

    def _statements_of(self, name: str) -> list[ast.stmt]:
        if name == WHOLE:
            return [*(each for found in self.statements.values() for each in found), *self.effects]
        return self.statements[name] if name else self.effects


@lru_cache(maxsize=4096)
def parse(source: str, name: str, is_package: bool = False) -> Module:
    """The definitions of a module, given its text and its dotted name."""
    module = Module(Names(name, is_package))
    for statement in ast.parse(source).body:
        if does_nothing(statement) or is_for_types(statement):
            continue
        if isinstance(statement, ast.Import | ast.ImportFrom):
            module.names.add_import(statement)
        elif found := bound_by(statement):
            for each in found:
                module.statements.setdefault(each, []).append(statement)
        else:
            module.effects.append(statement)
            module.names.imports |= bound_in([statement], module.names)
    module.names.defined = set(module.statements)
    return module
