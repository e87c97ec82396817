"""The same again: trainings with other seeds, on other folds, or with something left out.

A repeat is a run with a few other settings, in ``results/repeats/<name>/``. It goes from the split
to the metrics, by the same stages and keys, and shares all that comes before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from unmask.config.schema import Config
from unmask.labels import FAKE
from unmask.videos.ids import slug
from unmask.videos.manifest import Candidate

FOLDER = "repeats"
"""Below ``results``, ``results/workflow/settings`` and ``logs``."""

STAGES_AGAIN = ("manifest", "quarantine", "dataset", "train", "score", "metrics")
"""The stages that each repeat has of its own."""


@dataclass(frozen=True)
class Repeat:
    """What is other in a repeat: its settings, and the ``method`` or ``dataset`` left out."""

    name: str
    config: Config
    without: dict[str, str] = field(default_factory=dict)


def repeats_of(config: Config, videos: Sequence[Candidate]) -> list[Repeat]:
    """All repeats that the section ``repeats`` asks for; none, if it is as it comes."""
    wanted = config.repeats
    variants = [*_folds(config), *_left_out(config, videos)]
    if not variants:
        variants = [Repeat("", config)] if wanted.seeds > 1 else []
    first = config.train.seed
    return [
        Repeat(
            f"{one.name}-seed{seed}".lstrip("-"), _with(one.config, "train", seed=seed), one.without
        )
        for one in variants
        for seed in range(first, first + wanted.seeds)
    ]


def _folds(config: Config) -> Iterator[Repeat]:
    folds = config.repeats.folds
    for fold in range(folds or 0):
        yield Repeat(f"fold{fold}", _with(config, "split", folds=folds, fold=fold))


def _left_out(config: Config, videos: Sequence[Candidate]) -> Iterator[Repeat]:
    """A repeat for each method or dataset, where there are several."""
    kind = config.repeats.leave_out
    names = {
        "none": set[str](),
        "method": {video.method for video in videos if video.label == FAKE and video.method},
        "dataset": {video.dataset for video in videos},
    }[kind]
    for name in sorted(names) if len(names) > 1 else ():
        yield Repeat(f"without-{slug(name)}", config, {kind: name})


def _with(config: Config, section: str, **values: int | None) -> Config:
    changed = getattr(config, section).model_copy(update=values)
    return config.model_copy(update={section: changed})
