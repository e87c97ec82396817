"""``unmask plots``: ROC, precision-recall, confusion, scores, calibration, training."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from unmask.commands import _receipt
from unmask.workflow.receipt import Receipt

HELP = "draw the plots of a result, each as PNG and CSV"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    _receipt.add_arguments(parser)
    parser.add_argument("--frames", type=Path, required=True, help="scores of frames")
    parser.add_argument("--videos", type=Path, required=True, help="scores of videos")
    parser.add_argument("--metrics", type=Path, required=True, help="metrics.json")
    parser.add_argument("--history", type=Path, required=True, help="history.csv of the training")
    parser.add_argument("--output", type=Path, required=True, help="folder to write")


def run(args: Namespace) -> int:
    """Run the command."""
    from unmask.report.plots.names import PLOTS, TABLES
    from unmask.report.plots.write import write_plots
    from unmask.workflow import stage_settings

    receipt = Receipt(args)
    write_plots(
        args.output,
        frames_csv=args.frames,
        videos_csv=args.videos,
        metrics=args.metrics,
        history_csv=args.history,
        **stage_settings.load(args.settings),
    )
    names = [f"{name}.{kind}" for name in PLOTS for kind in ("png", "csv")]
    receipt.write(*(args.output / name for name in (*names, *(f"{name}.csv" for name in TABLES))))
    return 0
