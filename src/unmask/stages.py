"""The stages of the workflow: which settings and which of our modules each depends on.

Both workflow tools read this one list: Snakemake through ``results/settings/<stage>.json``,
DVC through ``dvc.yaml``, which a test holds equal to it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from unmask.config import Config

PACKAGE = Path(__file__).parent
_READ_TOO = (".css", ".html", ".js")
"""Endings of files beside a module that it reads, such as templates."""

Settings = dict[str, Any]


@dataclass(frozen=True)
class Stage:
    """A stage runs ``unmask <command>`` with the settings that ``select`` takes from the config.

    ``keys`` names those settings as they stand in ``config.yaml``.
    """

    command: str
    keys: tuple[str, ...]
    select: Callable[[Config], Settings]


def _demo(config: Config) -> Settings:
    for dataset in config.datasets:
        if dataset.kind == "demo":
            return dataset.model_dump(include={"groups", "seconds", "seed"})
    return {}


def _detect(config: Config) -> Settings:
    return config.detect.model_dump(exclude={"min_confidence"})


def _faces(config: Config) -> Settings:
    return config.crop.model_dump() | {"min_confidence": config.detect.min_confidence}


def _train(config: Config) -> Settings:
    """Settings of the training, and how its crops were made: the contract saved with the model."""
    return {
        "model": config.model.model_dump(),
        "augment": config.augment.model_dump(),
        "train": config.train.model_dump(),
        "contract": _crops(config),
    }


def _crops(config: Config) -> Settings:
    """How crops are made: a model refuses those that were made otherwise."""
    frames = config.frames.model_dump()
    return {"frames": frames, "detect": _detect(config), "crop": _faces(config)}


def _score(config: Config) -> Settings:
    """How to score, and what the model must have been trained on."""
    return config.evaluate.model_dump(include={"aggregate"}) | {"expected_contract": _crops(config)}


def _report(config: Config) -> Settings:
    return config.report.model_dump() | {"config": config.model_dump(exclude={"report"})}


STAGES: dict[str, Stage] = {
    "demo": Stage("demo", ("datasets",), _demo),
    "manifest": Stage("manifest", ("datasets", "split"), lambda c: c.split.model_dump()),
    "frames": Stage("frames", ("frames",), lambda c: c.frames.model_dump()),
    "detections": Stage(
        "detect",
        ("detect.detector", "detect.min_face", "detect.device", "detect.fidelity"),
        _detect,
    ),
    "faces": Stage("faces", ("crop", "detect.min_confidence"), _faces),
    "cropped": Stage(
        "cropped",
        ("crop.size", "crop.quality"),
        lambda c: c.crop.model_dump(include={"size", "quality"}),
    ),
    "quarantine": Stage("quarantine", (), lambda c: {}),
    "accept": Stage("accept", ("data",), lambda c: c.data.model_dump()),
    "dataset": Stage("dataset", (), lambda c: {}),
    "train": Stage("train", ("model", "augment", "train"), _train),
    "score": Stage("score", ("evaluate.aggregate",), _score),
    "evaluate": Stage(
        "evaluate",
        ("evaluate",),
        lambda c: c.evaluate.model_dump(exclude={"aggregate"}),
    ),
    "plots": Stage("plots", (), lambda c: {}),
    "report": Stage("report", ("report",), _report),
}


def modules(stage: str) -> list[Path]:
    """The modules that a stage's command imports, directly or not, sorted.

    Found in the source, wherever an import stands, so that none can be forgotten.
    """
    todo, found = [f"unmask.commands.{STAGES[stage].command}"], {}
    while todo:
        name = todo.pop()
        path = _module_file(name)
        if path is not None and path not in found:
            found[path] = name
            todo += _imports(path, name)
    beside = {file for path in found for file in path.parent.iterdir() if file.suffix in _READ_TOO}
    return sorted(found.keys() | beside)


def code_digest(stage: str) -> str:
    """A digest of the source of all modules of a stage: it changes when one is edited."""
    digest = sha256()
    for path in modules(stage):
        digest.update(path.relative_to(PACKAGE).as_posix().encode() + b"\0")
        digest.update(sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


@cache
def _imports(path: Path, module: str) -> list[str]:
    """Names of our modules that a file imports, and of the packages they are in."""
    found = {module.rpartition(".")[0]}
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return sorted(name for name in found if name.split(".")[0] == "unmask")


def _module_file(name: str) -> Path | None:
    path = PACKAGE.joinpath(*name.split(".")[1:])
    if path.with_suffix(".py").is_file():
        return path.with_suffix(".py")
    package = path / "__init__.py"
    return package if package.is_file() else None
