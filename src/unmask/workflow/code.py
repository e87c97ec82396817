"""The code of a stage: a digest of what it does, whatever it looks like and wherever it stands.

From the function of the stage's command on, every definition in use is found by the names in the
one before. They are numbered as they are met, and the digest is made from the text of each and the
numbers that the names in it stand for. So a comment, a docstring, a type hint or other formatting
changes nothing, nor does a definition that moved to another module, nor one that the stage does not
use.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from hashlib import sha256
from pathlib import Path

import unmask
from unmask.errors import UnmaskError
from unmask.workflow.bindings import WHOLE
from unmask.workflow.code_text import FILES_BESIDE, OURS, Definition
from unmask.workflow.definitions import Module, parse
from unmask.workflow.rule_text import rules_of
from unmask.workflow.stages import STAGES

PACKAGE = Path(unmask.__file__).parent
RULES = PACKAGE.parent.parent / "rules"

SHAPES_NO_RESULT = (
    "unmask.commands._receipt",
    "unmask.disk.contents",
    "unmask.errors",
    "unmask.disk.machine",
    "unmask.progress",
    "unmask.workflow.keys",
    "unmask.workflow.receipt",
)
"""Modules whose code does not count. What errors and progress say ends on the terminal. Keys and
receipts are compared with what the plan expects by the same code: if that changes, they differ."""

Place = tuple[str, str]
"""Where a definition stands: the dotted name of its module, and its own."""


def code_digest(stage: str) -> str:
    """A digest of a stage's code: it changes when what the stage does may have changed."""
    collects = gc.isenabled()
    gc.disable()  # a syntax tree is many objects, and none of them is garbage
    try:
        return this_code().digest(stage)
    finally:
        if collects:
            gc.enable()


@cache
def this_code() -> Code:
    """The code that is running. It is read once."""
    return Code(PACKAGE, RULES)


@dataclass(eq=False)
class Code:
    """The code below ``package`` and the rules in the folder ``rules``, each file read once.

    Modules that it ``leaves_out`` do not count.
    """

    package: Path
    rules: Path
    leaves_out: tuple[str, ...] = SHAPES_NO_RESULT
    _modules: dict[str, Module | None] = field(default_factory=dict)
    _places: dict[str, tuple[Place | None, str]] = field(default_factory=dict)
    _met: dict[str, list[Place]] = field(default_factory=dict)

    def digest(self, stage: str) -> str:
        """A digest of the rule of a stage and of the definitions that its command uses."""
        digest = sha256("\n".join(sorted(text for _, text in self._rules_of(stage))).encode())
        for definition, numbers in self._numbered(stage):
            digest.update(f"\n{definition.text} {' '.join(numbers)}".encode())
        return digest.hexdigest()[:16]

    def definitions(self, stage: str) -> set[Place]:
        """The definitions that a stage's command uses."""
        return set(self._in_use(stage))

    def files(self, stage: str) -> set[Path]:
        """The modules in which these stand, and the files beside them that they read."""
        found: set[Path] = set()
        for module, name in self._in_use(stage):
            if name == FILES_BESIDE:
                found |= set(self._files_beside(module))
            else:
                found.add(self._file(module))
        return found

    def rule_files(self, stage: str) -> set[Path]:
        """Where the rule of a stage stands: the one that reads its settings."""
        return {path for path, _ in self._rules_of(stage)}

    def _rules_of(self, stage: str) -> list[tuple[Path, str]]:
        if stage not in self._rules:
            raise UnmaskError(
                f"No rule in {self.rules}/*.smk reads the settings of the stage {stage}. One "
                f'needs the input\n  settings=settings("{stage}"),'
            )
        return self._rules[stage]

    @cached_property
    def _rules(self) -> dict[str, list[tuple[Path, str]]]:
        """Where the rules of each stage stand, and what they say."""
        found: dict[str, list[tuple[Path, str]]] = {}
        for path in sorted(self.rules.glob("*.smk")):
            for rule in rules_of(path.read_text("utf-8")):
                if rule.stage:
                    found.setdefault(rule.stage, []).append((path, rule.text))
        return found

    def _numbered(self, stage: str) -> Iterator[tuple[Definition, list[str]]]:
        """Each definition in use, and what the names of ours in it stand for, as numbers."""
        in_use = self._in_use(stage)
        numbers: dict[Place | None, str] = {
            place: str(number) for number, place in enumerate(in_use)
        }
        for place in in_use:
            definition = self._definition(*place)
            met = [self._find(dotted) for dotted in definition.refers_to]
            yield definition, [f"{numbers.get(found, '')}:{rest}" for found, rest in met]

    def _in_use(self, stage: str) -> list[Place]:
        """Where the definitions in use stand, as they are met from the stage's command on."""
        command = STAGES[stage].command
        if command not in self._met:
            self._met[command] = self._meet(f"{OURS}.commands.{command}")
        return self._met[command]

    def _meet(self, command: str) -> list[Place]:
        todo = [(command, "add_arguments"), (command, "run")]
        met: dict[Place, None] = {}
        while todo:
            place = todo.pop()
            if place in met:
                continue
            met[place] = None
            found = [self._find(dotted)[0] for dotted in self._definition(*place).refers_to]
            if place[1] != FILES_BESIDE and self._known(place[0]).effects:
                found.append((place[0], ""))
            todo += filter(None, reversed(found))
        return list(met)

    def _definition(self, module: str, name: str) -> Definition:
        if name == FILES_BESIDE:
            return _digest_of_files(self._files_beside(module), self._folder(module))
        if module == WHOLE:
            return Definition(WHOLE, tuple(f"{name}.{WHOLE}" for name in self._all_modules()))
        return self._known(module).definition(name)

    def _find(self, dotted: str) -> tuple[Place | None, str]:
        """Where a name stands, and what is left of it: attributes, or all of it if not ours."""
        if dotted not in self._places:
            self._places[dotted] = self._resolve(dotted)
        return self._places[dotted]

    def _resolve(self, dotted: str) -> tuple[Place | None, str]:
        if dotted == WHOLE:
            return (WHOLE, WHOLE), ""
        module, *names = dotted.split(".")
        if module != OURS:
            return None, f"@{dotted}"
        while names and (further := f"{module}.{names[0]}"):
            found = self._known(module)
            name, *rest = names
            if module in self.leaves_out:
                return None, ".".join(names)
            if name in (WHOLE, FILES_BESIDE) or name in found.statements:
                return (module, name), ".".join(names)
            if stands_for := found.names.imports.get(name):
                return self._find(".".join([stands_for, *rest]))
            if self._module(further) is None:
                break
            module, names = further, rest
        return (None if module in self.leaves_out else (module, WHOLE)), ".".join(names)

    def _module(self, name: str) -> Module | None:
        if name not in self._modules:
            path = self._path(name)
            text = path.read_text("utf-8") if path else ""
            self._modules[name] = parse(text, name, path.stem == "__init__") if path else None
        return self._modules[name]

    def _known(self, name: str) -> Module:
        """A module that is there."""
        if (module := self._module(name)) is None:
            raise LookupError(f"there is no module {name}")
        return module

    def _path(self, name: str) -> Path | None:
        """The file of a module."""
        path = self.package.joinpath(*name.split(".")[1:])
        for file in (path / "__init__.py", path.with_suffix(".py")):
            if file.is_file():
                return file
        return None

    def _file(self, name: str) -> Path:
        """The file of a module that is there."""
        if (path := self._path(name)) is None:
            raise LookupError(f"there is no module {name}")
        return path

    def _folder(self, name: str) -> Path:
        return self._file(name).parent

    def _files_beside(self, name: str) -> list[Path]:
        """The files beside a module, and in folders beside it, that are no code: templates, say."""
        inner = {path.parent for path in self._folder(name).glob("*/**/__init__.py")}
        return sorted(
            path
            for path in self._folder(name).rglob("*")
            if path.is_file()
            and path.suffix not in (".py", ".pyc", ".typed")
            and not inner.intersection(path.parents)
        )

    def _all_modules(self) -> Iterator[str]:
        for path in sorted(self.package.rglob("*.py")):
            parts = path.relative_to(self.package).with_suffix("").parts
            yield ".".join([OURS, *parts]).removesuffix(".__init__")


def _digest_of_files(files: list[Path], folder: Path) -> Definition:
    digest = sha256()
    for file in files:
        digest.update(file.relative_to(folder).as_posix().encode() + b"\0")
        digest.update(sha256(file.read_bytes()).digest())
    return Definition(digest.hexdigest(), ())
