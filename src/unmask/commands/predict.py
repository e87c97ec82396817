"""``unmask predict``: score videos or images that are in no dataset."""

from __future__ import annotations

import json
import logging
import os
import sys
from argparse import (
    ArgumentParser,
    ArgumentTypeError,
    BooleanOptionalAction,
    Namespace,
    RawDescriptionHelpFormatter,
)
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from unmask.errors import UnmaskError, UnreadableMedia

if TYPE_CHECKING:
    from unmask.prediction.prepare import Prepared
    from unmask.prediction.results import Prediction
    from unmask.progress import Progress

HELP = "score your own videos or images with a trained model"

ALL_SCORED, NOT_ALL_SCORED, NONE_SCORED, FAKE_FOUND, INTERRUPTED = 0, 1, 3, 4, 130

EPILOG = """\
exit status:
  0    every file was scored
  1    some files could not be scored; the others were
  2    nothing was done: the command has to be corrected
  3    no file could be scored
  4    with --fail-on-fake: a file was called fake (whatever became of the others)
  130  interrupted; what was scored until then is written

examples:
  unmask predict clip.mp4 --html clip.html
  unmask predict "clips/*.mp4" more/ --csv scores.csv --annotate marked/
  unmask predict test_videos --kaggle submission.csv --kaggle-fill 0.5
"""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.formatter_class, parser.epilog = RawDescriptionHelpFormatter, EPILOG
    parser.add_argument(
        "inputs",
        nargs="+",
        metavar="INPUT",
        help="videos, images, folders, or quoted patterns such as 'clips/*.mp4'",
    )
    parser.add_argument("--model", type=Path, default=Path("results/model/model.keras"))
    parser.add_argument(
        "--threshold",
        type=_share,
        help="from this score on a video is called fake (default: the one in the metrics.json of "
        "the model's run, else the one in the model file)",
    )
    parser.add_argument(
        "--aggregate", help="frame scores to a video's score (default: as in the model's run)"
    )
    parser.add_argument(
        "--flip",
        action=BooleanOptionalAction,
        help="score each face with its mirror image (default: as in the model's run)",
    )
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="write everything, face by face; - is the output"
    )
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write a row a file")
    parser.add_argument(
        "--kaggle",
        type=Path,
        metavar="FILE",
        help="write a submission (filename,label); files without a score get no row, unless ...",
    )
    parser.add_argument(
        "--kaggle-fill", type=_share, metavar="P", help="... this probability is given for them"
    )
    parser.add_argument(
        "--html", type=Path, metavar="FILE", help="write a page: verdicts, timelines, heat maps"
    )
    parser.add_argument(
        "--annotate",
        type=Path,
        metavar="OUT",
        help="write the video (.mp4, .webm) or image (.jpg, .png) with faces and scores drawn in; "
        "for several inputs a folder",
    )
    parser.add_argument(
        "--fail-on-fake", action="store_true", help="exit with status 4 if a file is called fake"
    )


def run(args: Namespace) -> int:
    """Run the command; its statuses are in ``EPILOG``."""
    from unmask.annotate.names import annotated_names
    from unmask.evaluation.scores import aggregate_frames
    from unmask.model.contract import read_contract
    from unmask.prediction.inputs import find_inputs
    from unmask.prediction.outputs import check_kaggle
    from unmask.prediction.prepare import Preparation, check_preparation
    from unmask.progress import Progress

    contract = read_contract(args.model)
    check_preparation(contract, args.model)
    scoring = _scoring(args, contract)
    aggregate_frames([0.0], scoring["aggregate"])
    threshold = scoring["threshold"]
    files = find_inputs(args.inputs)
    _check_outputs(args, files)
    if args.kaggle:
        check_kaggle(files)
    names = annotated_names(args.annotate, files) if args.annotate else {}
    progress = Progress(len(files), results=sys.stderr if str(args.json) == "-" else None)
    results: list[Prediction] = []
    interrupted = False
    with Preparation(files, contract) as preparation:
        # Preparing the first file goes on while this takes its seconds.
        from unmask.model import runtime

        runtime.start()
        from unmask.prediction.predictor import Predictor

        predictor = Predictor(args.model, **scoring)
        progress.begin(str(files[0]))
        try:
            for prepared in preparation:
                if results:
                    progress.begin(str(prepared.file))
                result = predictor.score(prepared)
                if args.html and result.scored and len(results) < _most_pictured():
                    predictor.illustrate(prepared, result)
                results.append(result)
                progress.end(_text(result))
                if names:
                    _annotate(prepared, names[prepared.file], result, threshold, progress)
        except KeyboardInterrupt:
            interrupted = True
        finally:
            progress.clear()
            if results:
                _write(args, results, threshold)
    if interrupted:
        logging.warning("interrupted: %d of %d files were scored", len(results), len(files))
        return INTERRUPTED
    return _status(results, fail_on_fake=args.fail_on_fake)


def _status(results: list[Prediction], *, fail_on_fake: bool) -> int:
    if fail_on_fake and any(result.verdict == "fake" for result in results):
        return FAKE_FOUND
    scored = sum(result.scored for result in results)
    if scored == len(results):
        return ALL_SCORED
    return NOT_ALL_SCORED if scored else NONE_SCORED


def _share(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise ArgumentTypeError(f"{text!r} is not a probability. Allowed: 0 to 1, such as 0.5")
    return value


def _check_outputs(args: Namespace, files: list[Path]) -> None:
    """Find out now what would otherwise go wrong after all files were scored."""
    inputs = {file.resolve() for file in files}
    for name in ("json", "csv", "kaggle", "html"):
        path = getattr(args, name)
        if not path or str(path) == "-":
            continue
        if path.is_dir():
            raise UnmaskError(f"--{name} {path} is a folder. Name a file: {path / f'out.{name}'}")
        if path.resolve() in inputs:
            raise UnmaskError(f"--{name} would write over the input {path}. Name another file.")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UnmaskError(
                f"--{name}: the folder {path.parent} cannot be made ({error.strerror}). Name "
                "a file in another."
            ) from error
        if not os.access(path.parent, os.W_OK):
            raise UnmaskError(f"--{name}: nothing may be written to {path.parent}. Name another.")


def _scoring(args: Namespace, contract: Mapping[str, Any]) -> dict[str, Any]:
    """How to score: as the arguments say, else as the model's run did."""
    metrics = args.model.parent.parent / "metrics.json"
    known: dict[str, Any] = {"aggregate": "mean", "flip": False}
    known["threshold"], source = contract.get("threshold", 0.5), "the model file"
    if metrics.is_file():
        try:
            measured = json.loads(metrics.read_text("utf-8"))
            known |= {"threshold": float(measured["video"]["threshold"])}
            known |= measured.get("scoring", {})
            source = str(metrics)
        except (ValueError, KeyError, TypeError):
            raise UnmaskError(
                f"{metrics} holds no threshold. Say from which score on a video is fake:\n"
                "  --threshold 0.5"
            ) from None
    given = {name: getattr(args, name) for name in known if getattr(args, name) is not None}
    if "threshold" not in given:
        logging.info("threshold %.3f, from %s", known["threshold"], source)
    return known | given


def _most_pictured() -> int:
    from unmask.prediction.page import MOST_PICTURED

    return MOST_PICTURED


def _text(result: Prediction) -> str:
    from unmask.prediction.outputs import lines

    return "\n".join(lines(result))


def _annotate(
    prepared: Prepared, out: Path, result: Prediction, threshold: float, progress: Progress
) -> None:
    from unmask.annotate.media import annotate

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
        hint = "; .webm is written about three times as fast" if codec == "VP9" else ""
        progress.say(f"  annotated: {out} ({codec}{hint})")


def _write(args: Namespace, results: list[Prediction], threshold: float) -> None:
    from unmask.prediction import outputs
    from unmask.tables import write_table, write_text

    if args.csv:
        write_table(args.csv, outputs.COLUMNS, map(outputs.row, results))
    if args.json:
        found = outputs.content(results, model=args.model, threshold=threshold)
        text = json.dumps(found, indent=1, ensure_ascii=False) + "\n"
        if str(args.json) == "-":
            sys.stdout.write(text)
        else:
            write_text(args.json, text)
    if args.kaggle:
        rows = outputs.kaggle_rows(results, args.kaggle_fill)
        write_table(args.kaggle, outputs.KAGGLE_COLUMNS, rows)
        logging.info("%s", outputs.kaggle_note(results, args.kaggle, args.kaggle_fill))
    if args.html:
        from unmask.prediction.page import prediction_page

        write_text(args.html, prediction_page(results, model=args.model, threshold=threshold))
