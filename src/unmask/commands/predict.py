"""``unmask predict``: score videos or images that are in no dataset."""

from __future__ import annotations

import logging
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from unmask.commands import _predict_arguments
from unmask.errors import UnmaskError, UnreadableMedia
from unmask.frames.limits import LIMITS, MediaLimits
from unmask.workflow.receipt import Receipt

if TYPE_CHECKING:
    from unmask.faces.index import FaceIndex
    from unmask.prediction.cache import ResultCache
    from unmask.prediction.prepare import Prepared
    from unmask.prediction.results import Prediction
    from unmask.prediction.run_settings import Scoring
    from unmask.progress import Progress
    from unmask.videos.find_inputs import Inputs

HELP = "score your own videos or images with a trained model"

ALL_SCORED, NOT_ALL_SCORED, NONE_SCORED, FAKE_FOUND, INTERRUPTED = 0, 1, 3, 4, 130


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    _predict_arguments.declare(parser)


def run(args: Namespace) -> int:
    """Run the command; its statuses are in the help's epilog."""
    from unmask.evaluation.aggregate import check_aggregate
    from unmask.model.card import trained_on
    from unmask.model.contract import read_contract
    from unmask.prediction.batch import score_files
    from unmask.prediction.detector import card_of, model_to_use, name_of
    from unmask.prediction.outputs import Destinations
    from unmask.prediction.prepare import check_preparation
    from unmask.prediction.results import Prediction
    from unmask.prediction.run_settings import scoring_of_run
    from unmask.prediction.unlike import unlike_training
    from unmask.progress import Progress

    args.model = model_to_use(args.model)
    if card := card_of(args.model):
        logging.info("%s scores; what it can do and cannot: %s", name_of(args.model), card)
    contract = read_contract(args.model)
    if told := trained_on(contract):
        logging.info(told)
    check_preparation(contract, args.model)
    if args.min_decoded is not None:
        contract["frames"] = {**contract["frames"], "min_decoded": args.min_decoded}
    if args.min_face is not None:
        contract["detect"] = {**contract["detect"], "min_face": args.min_face}
    given = {name: getattr(args, name) for name in ("threshold", "aggregate", "flip")}
    scoring = scoring_of_run(args.model, contract, **given)
    check_aggregate(scoring.aggregate)
    if scoring.source:
        logging.info("threshold %.3f, from %s", scoring.threshold, scoring.source)
    if scoring.tested.told:
        logging.info(scoring.tested.told)
    if scoring.tested.doubt:
        logging.warning("NO VERDICT HERE IS DECIDED: %s.", scoring.tested.doubt)
    inputs = _inputs(args)
    files = inputs.files
    wanted = Destinations(args.json, args.csv, args.kaggle, args.kaggle_fill, args.html)
    wanted.check(files)
    names = _annotated_names(args, files)
    receipt = Receipt(args) if args.settings else None
    memory = _memory(args, scoring)
    results_to = sys.stderr if wanted.to_output else None
    progress = Progress(len(files), results=results_to, quiet=args.quiet)
    results: list[Prediction] = []
    left_out = [
        Prediction(str(file), reason=f"left out: {reason}", left_out=True)
        for file, reason in inputs.left_out.items()
    ]
    crops: list[FaceIndex] = []
    interrupted = False
    scored = score_files(
        files,
        args.model,
        contract,
        scoring,
        pictured=_pictured(args),
        jobs=args.jobs,
        memory=memory,
        remedy="`--min-decoded 0` scores what is there",
        limits=_limits(args),
        begin=lambda file: progress.begin(str(file)),
    )
    try:
        with closing(scored):
            for prepared, result in scored:
                result.reason = result.reason.replace("(detect.min_face: ", "(--min-face ")
                results.append(result)
                if prepared:
                    crops.append(prepared.crops)
                progress.end(_text(result))
                if prepared and prepared.file in names:
                    _annotate(prepared, names[prepared.file], result, scoring.threshold, progress)
    except KeyboardInterrupt:
        interrupted = True
    finally:
        progress.clear()
        for result in left_out:
            progress.say(_text(result))
        for line in unlike_training(contract, crops):
            logging.warning(line)
        if results:
            written = wanted.write(
                [*results, *left_out],
                model=args.model,
                threshold=scoring.threshold,
                test=scoring.tested,
            )
    if interrupted:
        logging.warning("interrupted: %d of %d files were scored", len(results), len(files))
        return INTERRUPTED
    if memory:
        memory.forget_all_but(files)
    if receipt:
        receipt.write(*written)
        return ALL_SCORED  # what could not be scored stands in the tables
    return _status(results, fail_on_fake=args.fail_on_fake)


def _inputs(args: Namespace) -> Inputs:
    """What is to be scored: the files of the table, or what the arguments stand for."""
    from unmask.disk.tables import read_table
    from unmask.videos.find_inputs import Inputs, find_inputs

    if not args.files:
        if not args.inputs:
            raise UnmaskError("Nothing to score. Name files or folders:\n  unmask predict clip.mp4")
        return find_inputs(args.inputs)
    listed = [Path(row["file"]) for row in read_table(args.files)]
    if not listed:
        raise UnmaskError(
            "predict.inputs names no video or image. Write in config.yaml, for example:\n"
            "  predict:\n    inputs: [data/unlabeled]"
        )
    return Inputs(listed)


def _annotated_names(args: Namespace, files: Sequence[Path]) -> dict[Path, Path]:
    if not args.annotate:
        return {}
    from unmask.prediction.annotate.names import annotated_names

    return annotated_names(args.annotate, files)


def _pictured(args: Namespace) -> int:
    """How many of the files get pictures."""
    if not args.html:
        return 0
    from unmask.prediction.page import MOST_PICTURED

    return MOST_PICTURED


def _memory(args: Namespace, scoring: Scoring) -> ResultCache | None:
    """What was scored before by the same code and model in the same way."""
    if not (args.memory and args.settings):
        return None
    from unmask.prediction.cache import ResultCache
    from unmask.workflow import stage_settings

    model = sha256(args.model.read_bytes()).hexdigest()
    return ResultCache(args.memory, f"{stage_settings.code_of(args.settings)} {model} {scoring}")


def _status(results: list[Prediction], *, fail_on_fake: bool) -> int:
    if fail_on_fake and any(result.verdict == "fake" for result in results):
        return FAKE_FOUND
    scored = sum(result.scored for result in results)
    if scored == len(results):
        return ALL_SCORED
    return NOT_ALL_SCORED if scored else NONE_SCORED


def _limits(args: Namespace) -> MediaLimits:
    given = {name: getattr(args, name) for name in LIMITS if getattr(args, name)}
    return MediaLimits(**given, said="--{}")


def _text(result: Prediction) -> str:
    from unmask.prediction.outputs import lines

    return "\n".join(lines(result))


def _annotate(
    prepared: Prepared, out: Path, result: Prediction, threshold: float, progress: Progress
) -> None:
    from unmask.prediction.annotate.annotate import annotate

    index = prepared.frames
    if not result.sampled:
        progress.say(f"  not annotated: {result.reason}")
        return
    fps = index.decoded / index.duration_s if index.duration_s else 25.0
    try:
        codec = annotate(
            prepared.file,
            out,
            result,
            threshold=threshold,
            fps=fps,
            tell=lambda done: progress.detail(f"annotating, {done / index.decoded:.0%}"),
        )
    except UnreadableMedia as error:
        progress.say(f"  not annotated: {error}")
    else:
        progress.say(f"  annotated: {out} ({codec})")
