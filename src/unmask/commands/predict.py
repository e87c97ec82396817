"""``unmask predict``: score videos or images that are in no dataset."""

from __future__ import annotations

import json
import logging
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from unmask.evaluation.scores import FrameScore, TrackScore
    from unmask.prediction import Prediction

HELP = "score your own videos or images with a trained model"

COLUMNS = ("file", "verdict", "p_fake", "n_faces", "coverage", "reason")
NOT_ALL_SCORED = 1


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("inputs", type=Path, nargs="+", metavar="INPUT", help="files or folders")
    parser.add_argument("--model", type=Path, default=Path("results/model/model.keras"))
    parser.add_argument(
        "--threshold",
        type=float,
        help="from this score on a video is called fake (default: the one in the metrics.json of "
        "the model's run, else 0.5)",
    )
    parser.add_argument("--aggregate", default="mean", help="frame scores to a video's score")
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="write everything, frame by frame"
    )
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write a row a file")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write a page")


def run(args: Namespace) -> int:
    """Run the command. Status 1: some files could not be scored; the others were."""
    from unmask.model import runtime

    runtime.start()
    from unmask.prediction import Predictor, find_inputs

    files = list(find_inputs(args.inputs))
    threshold = _threshold(args)
    predictor = Predictor(args.model, threshold=threshold, aggregate=args.aggregate)
    results = []
    for number, file in enumerate(files, start=1):
        logging.info("%d of %d: %s", number, len(files), file)
        results.append(predictor.predict(file))
        print(_line(results[-1]))
        sys.stdout.flush()
    _write(args, results, threshold)
    return NOT_ALL_SCORED if any(result.p_fake is None for result in results) else 0


def _threshold(args: Namespace) -> float:
    if args.threshold is not None:
        return args.threshold
    metrics = args.model.parent.parent / "metrics.json"
    if metrics.is_file():
        chosen = json.loads(metrics.read_text("utf-8"))["video"]["threshold"]
        logging.info("threshold %.3f, from %s", chosen, metrics)
        return chosen
    logging.info("threshold 0.5: there is no %s", metrics)
    return 0.5


def _line(result: Prediction) -> str:
    if result.p_fake is None:
        return f"{result.file}: not scored, {result.reason}"
    return (
        f"{result.file}: {result.verdict}, p_fake {result.p_fake:.3f}, {result.n_faces} faces, "
        f"in {result.coverage:.0%} of the frames"
    )


def _write(args: Namespace, results: list[Prediction], threshold: float) -> None:
    from unmask.tables import write_table, write_text

    rows = [{name: getattr(result, name) for name in COLUMNS} for result in results]
    if args.csv:
        write_table(args.csv, COLUMNS, rows)
    if args.json:
        files = [
            {**row, "frames": _parts(result.frames), "tracks": _parts(result.tracks)}
            for row, result in zip(rows, results, strict=True)
        ]
        content = {"model": str(args.model), "threshold": threshold, "files": files}
        write_text(args.json, json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    if args.html:
        from unmask.report.page import render

        context = {"results": results, "threshold": threshold, "model": str(args.model)}
        write_text(args.html, render("prediction.html", context))


def _parts(scores: Iterable[FrameScore | TrackScore]) -> list[dict[str, Any]]:
    """Scores of a file's frames or people, without the name that the file has while it is read."""
    return [{k: v for k, v in asdict(score).items() if k != "video"} for score in scores]
