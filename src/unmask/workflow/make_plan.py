"""Making the plan: what a workflow tool does before the first job."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from unmask.config.datasets import Demo
from unmask.config.load import validate
from unmask.config.schema import Config
from unmask.disk.files import fingerprint, sweep, write_if_changed
from unmask.errors import ConfigError, UnmaskError
from unmask.report.explore.choice import choose
from unmask.videos.find_inputs import find_inputs
from unmask.videos.inventory import take_inventory
from unmask.videos.left_out import split_videos
from unmask.videos.same_content import content_digest, take_one_of_each
from unmask.workflow.expected import expected
from unmask.workflow.fingerprints import fingerprints
from unmask.workflow.inspection import Inspection
from unmask.workflow.kept import read_kept
from unmask.workflow.moved import move
from unmask.workflow.mtimes import set_mtimes
from unmask.workflow.plan import SETTINGS, Plan
from unmask.workflow.repeats import FOLDER, STAGES_AGAIN, repeats_of
from unmask.workflow.stages import settings_of

RESULTS = Path("results")

ACCEPTED = Path("results/workflow/accepted.txt")
"""Whether enough videos are left, and below that in what the datasets differ."""

MEMORY = Path(".snakemake/unmask/fingerprints.csv")
"""Fingerprints taken before, with the dates of the files: true on this machine only."""

Digest = Callable[[Path], str]

CONTENTS = Path(".snakemake/unmask/contents.csv")
"""The same for digests of whole files, of those of which several may be the same."""


def make_plan(
    configuration: Mapping[str, Any], where: Path = Path(), *, write: bool = True
) -> Plan:
    """Check the configuration, list the videos, and write both below ``results/workflow/settings``.

    Files there are touched only when their content changes. The times of results are settled, so
    that they tell what is to be made again. Without ``write`` nothing is touched: another run may
    be reading it.

    Raises:
        ConfigError, DatasetError, UnmaskError: before anything is written.
    """
    config = validate(configuration)
    _check_weights(config, where)
    names = config.split.model_dump(include={"pair_by", "people", "together"})
    inventory = take_inventory(config.datasets, where, **names)
    videos = [video.path for video in inventory.videos if video.dataset not in _demos(config)]
    to_score = _to_score(config, where)
    try:
        sources = dict.fromkeys([*videos, *config.weights_files, *to_score])

        def digests(paths: Iterable[str], memory: Path, of: Digest = fingerprint) -> dict[str, str]:
            return inventory.digests(
                paths, lambda files: fingerprints(files, where, memory, keep=write, of=of)
            )

        known = digests(sources, where / MEMORY)
        take_one_of_each(
            inventory.videos,
            known,
            lambda paths: digests(paths, where / CONTENTS, content_digest),
        )
        plan = Plan(config, inventory, known, to_score=to_score, kept=read_kept(where))
        _split_videos(plan)
        for repeat in repeats_of(config, plan.used):
            again = replace(plan, config=repeat.config, without=repeat.without, repeats={})
            _split_videos(again)
            plan.repeats[repeat.name] = again
        shown = config.explore
        plan.shown = choose(plan.used, plan.cropped, shown=shown.videos, sheet=shown.sheet)
        if write:
            _sweep(plan, where)
            move(where)
            _write(plan, where / SETTINGS)
            inspection = Inspection.load(where, plan.folders)
            state = set_mtimes(expected(plan), where, inspection)
            inspection.save()
            plan.stale, plan.absent, plan.damaged = state.stale, state.absent, state.damaged
            if plan.is_current("accept"):
                plan.unlike = (where / ACCEPTED).read_text("utf-8").splitlines()[1:]
    except OSError as error:
        raise UnmaskError(
            f"{error.filename}: {error.strerror}. The folder in which the workflow runs must be "
            "writable, and the videos readable."
        ) from None
    return plan


def _split_videos(plan: Plan) -> None:
    settings = settings_of(plan.config, "manifest")
    plan.split, plan.left_out = split_videos(
        plan.inventory.videos, without=plan.without, **settings
    )


def _demos(config: Config) -> set[str]:
    return {dataset.name for dataset in config.datasets if isinstance(dataset, Demo)}


def _to_score(config: Config, where: Path) -> list[str]:
    """The files that `verdicts` would score. An empty or absent folder stops no other run."""
    found: dict[str, None] = {}
    for name in config.predict.inputs:
        with suppress(UnmaskError):
            files = find_inputs([str(where / name)]).files
            if not Path(name).is_absolute():
                files = [file.relative_to(where) for file in files]
            found |= dict.fromkeys(map(str, files))
    return list(found)


def _check_weights(config: Config, where: Path) -> None:
    """Say now, not after hours of detection, that a weights file is missing."""
    for path in config.weights_files:
        if not (where / path).is_file():
            [best] = get_close_matches(path.lower(), ["imagenet"], cutoff=0.6) or ["none"]
            raise ConfigError(
                f"model.weights: there is no file {path} in {where.resolve()}. Name a file that "
                f"is there, or write imagenet or none:\n  model:\n    weights: {best}"
            )


def _sweep(plan: Plan, where: Path) -> None:
    """Remove what runs left half-written that were killed."""
    results = where / RESULTS
    roots = [results, results / "workflow", *(results / FOLDER).glob("*")]
    folders = [folder for root in roots for folder in (root, *root.glob("*")) if folder.is_dir()]
    if plan.demo:
        folders.append(where / plan.demo.root)
    sweep([where, where / MEMORY.parent, *folders])


def _write(plan: Plan, folder: Path) -> None:
    for stage, text in plan.settings.items():
        write_if_changed(folder / f"{stage}.json", text)
    for name, text in plan.tables.items():
        write_if_changed(folder / name, text)
    for name, repeat in plan.repeats.items():
        for stage in STAGES_AGAIN:
            write_if_changed(folder / FOLDER / name / f"{stage}.json", repeat.settings[stage])
