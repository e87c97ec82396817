"""``unmask robustness``: the test videos after coding, shrinking, blur and noise."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from unmask.commands import _receipt
from unmask.workflow.receipt import Receipt

HELP = (
    "measure what is left of the detector when test videos are coded anew, shrunk, blurred, noisy"
)


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    _receipt.add_arguments(parser)
    parser.add_argument("--manifest", type=Path, required=True, help="manifest.csv")
    parser.add_argument("--videos", type=Path, required=True, help="scores of videos")
    parser.add_argument("--model", type=Path, required=True, help="trained model (.keras)")
    parser.add_argument("--jobs", type=int, default=1, help="how many files to prepare at once")
    parser.add_argument("--output", type=Path, required=True, help="the table to write (CSV)")
    parser.add_argument("--plot", type=Path, required=True, help="the plot to write (PNG)")
    parser.add_argument("--page", type=Path, required=True, help="the page to write (HTML)")


def run(args: Namespace) -> int:
    """Run the command."""
    from unmask.disk.files import write_text
    from unmask.evaluation.robustness import robustness_rows, robustness_text
    from unmask.evaluation.scores import read_videos
    from unmask.model.contract import read_contract
    from unmask.prediction.robustness import scores_after
    from unmask.prediction.run_settings import scoring_of_run
    from unmask.report.robustness_page import draw, robustness_page
    from unmask.videos.manifest import read_manifest
    from unmask.workflow.stage_settings import load

    receipt = Receipt(args)
    settings = load(args.settings)
    contract = read_contract(args.model)
    scoring = scoring_of_run(args.model, contract)
    scores = scores_after(
        settings["robustness"], read_manifest(args.manifest), read_videos(args.videos),
        args.model, contract, scoring, cropped=settings["cropped"], jobs=args.jobs,
    )  # fmt: skip
    rows = robustness_rows(scores, scoring.threshold, settings["confidence"])
    write_text(args.output, robustness_text(rows))
    draw(args.plot, rows)
    write_text(args.page, robustness_page(rows, args.plot, settings["confidence"]))
    receipt.write(args.output, args.plot, args.page)
    return 0
