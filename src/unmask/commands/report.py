"""``unmask report``: the page that shows a result."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from unmask.commands import _receipt
from unmask.workflow.receipt import Receipt

HELP = "write the report: a page, and one for each test video"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    _receipt.add_arguments(parser)
    parser.add_argument("--metrics", type=Path, required=True, help="metrics.json")
    parser.add_argument("--frames", type=Path, required=True, help="scores of frames")
    parser.add_argument("--tracks", type=Path, required=True, help="scores of tracks")
    parser.add_argument("--videos", type=Path, required=True, help="scores of videos")
    parser.add_argument("--manifest", type=Path, required=True, help="manifest.csv")
    parser.add_argument("--left-out", type=Path, required=True, help="left_out.csv")
    parser.add_argument("--notes", type=Path, required=True, help="notes of the plan (CSV)")
    parser.add_argument("--duplicates", type=Path, required=True, help="duplicates.csv")
    parser.add_argument("--shortcuts", type=Path, required=True, help="shortcuts.csv")
    parser.add_argument("--quarantine", type=Path, required=True, help="quarantine.csv")
    parser.add_argument("--quality", type=Path, required=True, help="quality.csv")
    parser.add_argument("--dataset", type=Path, required=True, help="folder of the crops")
    parser.add_argument("--index", type=Path, required=True, help="dataset.csv")
    parser.add_argument("--plots", type=Path, required=True, help="folder of the plots")
    parser.add_argument("--history", type=Path, required=True, help="history.csv of the training")
    parser.add_argument("--augmentation", type=Path, required=True, help="picture of the crops")
    parser.add_argument("--explanations", type=Path, required=True, help="folder of heat maps")
    parser.add_argument(
        "--explore", type=Path, required=True, help="folder of pictures of the data"
    )
    parser.add_argument("--card", type=Path, help="the model's card to write (Markdown)")
    parser.add_argument("--output", type=Path, required=True, help="folder to write")


def run(args: Namespace) -> int:
    """Run the command."""
    from unmask.report.build import build_report
    from unmask.report.inputs import Inputs
    from unmask.workflow.stage_settings import load

    receipt = Receipt(args)
    inputs = Inputs(
        metrics=args.metrics,
        frames_csv=args.frames,
        tracks_csv=args.tracks,
        videos_csv=args.videos,
        manifest_csv=args.manifest,
        left_out_csv=args.left_out,
        notes_csv=args.notes,
        duplicates_csv=args.duplicates,
        shortcuts_csv=args.shortcuts,
        quarantine_csv=args.quarantine,
        quality_csv=args.quality,
        dataset_dir=args.dataset,
        dataset_csv=args.index,
        plots_dir=args.plots,
        history_csv=args.history,
        augmentation=args.augmentation,
        explanations_dir=args.explanations,
        explore_dir=args.explore,
    )
    page = build_report(args.output, inputs, load(args.settings), args.card)
    receipt.write(page, args.output / "videos", *filter(None, [args.card]))
    return 0
