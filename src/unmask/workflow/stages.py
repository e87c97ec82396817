"""The stages of the workflow: what each depends on and what it makes.

One list for everything that has to know: the settings files, the keys of the results
(:mod:`unmask.workflow.expected`), and ``dvc.yaml``, which a test holds equal to it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from unmask.config.schema import Config
from unmask.report.plots.names import PLOTS, TABLES

PACKAGE = Path(__file__).parent.parent
RULES = PACKAGE.parent.parent / "rules"
READ_TOO = (".css", ".html", ".js")
"""Endings of files beside a module that it reads, such as templates."""

Settings = dict[str, Any]


@dataclass(frozen=True)
class Stage:
    """A stage runs ``unmask <command>`` with the settings that ``select`` takes from the config.

    ``keys`` names those settings as they stand in ``config.yaml``. ``rules`` is the rule file. The
    stage is made from the results of the stages ``after``, and ``reads`` files that the plan writes
    below ``results/settings``. It ``makes`` files below ``results``, the first of which holds the
    key of the result; ``{video}`` or ``{dataset}`` in it says for what there is a job each. What is
    made ``on_request`` is made when it is asked for, is no stage of DVC, and may be old or absent.
    """

    command: str
    rules: str
    keys: tuple[str, ...]
    select: Callable[[Config], Settings]
    after: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    makes: tuple[str, ...] = ()
    on_request: bool = False


SHOWN = tuple(name for name in Config.model_fields if name not in ("report", "explore", "predict"))
"""The sections that the report shows."""

_CROPS = ("frames", "detect", "crop")


def _demo(config: Config) -> Settings:
    for dataset in config.datasets:
        if dataset.kind == "demo":
            return dataset.model_dump(include={"root", "groups", "seconds", "seed"})
    return {}


def _detect(config: Config) -> Settings:
    return config.detect.model_dump()


def _faces(config: Config) -> Settings:
    return config.crop.model_dump()


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
    return config.score.model_dump() | {"expected_contract": _crops(config)}


def _metrics(config: Config) -> Settings:
    """How to measure, and for the record how the scores were made."""
    return config.evaluate.model_dump() | {"scoring": config.score.model_dump()}


def _report(config: Config) -> Settings:
    """What the page looks like, and the settings that it shows."""
    shown = config.model_dump(exclude={"report", "explore", "predict"})
    return config.report.model_dump() | {"config": shown}


def _explore(config: Config) -> Settings:
    cropped = [dataset.name for dataset in config.datasets if dataset.cropped]
    return config.explore.model_dump() | {"cropped": cropped}


def _export(kind: str) -> Stage:
    made = (f"made_of/{kind}.json", f"model/model.{kind}")
    return Stage("export", "export", (), lambda c: {}, ("train",), makes=made, on_request=True)


STAGES: dict[str, Stage] = {
    "demo": Stage("demo", "demo", ("datasets",), _demo),
    "manifest": Stage(
        "manifest",
        "manifest",
        ("split",),
        lambda c: c.split.model_dump(),
        reads=("videos.csv",),
        makes=("made_of/manifest.json", "manifest.csv"),
    ),
    "frames": Stage(
        "frames",
        "frames",
        ("frames",),
        lambda c: c.frames.model_dump(),
        reads=("sources.csv",),
        makes=("frames/{video}.json", "frames/{video}"),
    ),
    "detections": Stage(
        "detections",
        "detections",
        ("detect",),
        _detect,
        after=("frames",),
        makes=("detections/{video}.json",),
    ),
    "faces": Stage(
        "faces",
        "faces",
        ("crop",),
        _faces,
        after=("detections",),
        makes=("faces/{video}.json", "faces/{video}"),
    ),
    "cropped": Stage(
        "cropped",
        "cropped",
        ("crop.size", "crop.quality"),
        lambda c: c.crop.model_dump(include={"size", "quality"}),
        reads=("sources.csv",),
        makes=("cropped/{dataset}.json", "cropped/{dataset}.jsonl", "cropped/{dataset}"),
    ),
    "explore": Stage(
        "explore",
        "explore",
        ("explore",),
        _explore,
        after=("frames", "detections", "faces", "cropped"),
        reads=("videos.csv",),
        makes=("made_of/explore.json", "explore"),
    ),
    "quarantine": Stage(
        "quarantine",
        "quarantine",
        (),
        lambda c: {},
        after=("manifest", "faces", "cropped"),
        reads=("problems.csv",),
        makes=("made_of/quarantine.json", "quarantine.csv", "quality.csv"),
    ),
    "accept": Stage(
        "accept",
        "accept",
        ("data",),
        lambda c: c.data.model_dump(),
        after=("manifest", "quarantine"),
        makes=("made_of/accept.json", "accepted.txt"),
    ),
    "dataset": Stage(
        "dataset",
        "dataset",
        (),
        lambda c: {},
        after=("manifest", "faces", "cropped"),
        makes=("made_of/dataset.json", "dataset.csv", "dataset"),
    ),
    "train": Stage(
        "train",
        "train",
        ("model", "augment", "train", *_CROPS),
        _train,
        after=("dataset",),
        makes=(
            "made_of/train.json",
            *(f"model/{name}" for name in ("model.keras", "history.csv", "augmentation.jpg")),
        ),
    ),
    "score": Stage(
        "score",
        "score",
        ("score", *_CROPS),
        _score,
        after=("dataset", "train"),
        makes=(
            "made_of/score.json",
            *(f"predictions/{what}.csv" for what in ("frames", "tracks", "videos")),
        ),
    ),
    "explain": Stage(
        "explain",
        "explain",
        ("explain",),
        lambda c: c.explain.model_dump(),
        after=("dataset", "train", "score"),
        makes=("made_of/explain.json", "explanations/index.csv", "explanations"),
    ),
    "metrics": Stage(
        "metrics",
        "metrics",
        ("evaluate", "score"),
        _metrics,
        after=("manifest", "quarantine", "dataset", "train", "score"),
        makes=("made_of/metrics.json", "metrics.json"),
    ),
    "plots": Stage(
        "plots",
        "plots",
        (),
        lambda c: {},
        after=("train", "score", "metrics"),
        makes=(
            "made_of/plots.json",
            *(f"plots/{name}.{kind}" for name in PLOTS for kind in ("png", "csv")),
            *(f"plots/{name}.csv" for name in TABLES),
        ),
    ),
    "report": Stage(
        "report",
        "report",
        (*SHOWN, "report"),
        _report,
        after=(
            *("explore", "manifest", "quarantine", "dataset", "train"),
            *("score", "explain", "metrics", "plots"),
        ),
        makes=("made_of/report.json", "report/index.html", "report/videos"),
    ),
    "verdicts": Stage(
        "predict",
        "verdicts",
        ("predict",),
        lambda c: c.predict.model_dump(),
        after=("train", "metrics"),
        reads=("to_score.csv",),
        makes=(
            "made_of/verdicts.json",
            *(f"verdicts/{name}" for name in ("verdicts.csv", "verdicts.json", "index.html")),
        ),
        on_request=True,
    ),
    "onnx": _export("onnx"),
    "tflite": _export("tflite"),
}


def settings_of(config: Config, stage: str) -> Settings:
    """The settings of a stage, as keyword arguments of the function that does its work."""
    return STAGES[stage].select(config)


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
    beside = {file for path in found for file in path.parent.iterdir() if file.suffix in READ_TOO}
    return sorted(found.keys() | beside)


def code_digest(stage: str) -> str:
    """A digest of a stage's rule file and of all its modules: it changes when one is edited."""
    digest = sha256()
    for path in [RULES / f"{STAGES[stage].rules}.smk", *modules(stage)]:
        digest.update(path.name.encode() + b"\0")
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
