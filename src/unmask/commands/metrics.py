"""``unmask metrics``: measures with intervals, and counts of the data."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from unmask.commands import _receipt
from unmask.workflow.receipt import Receipt

HELP = "measure the scores on the test split and write metrics.json"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    _receipt.add_arguments(parser)
    parser.add_argument("--manifest", type=Path, required=True, help="manifest.csv")
    parser.add_argument("--index", type=Path, required=True, help="dataset.csv")
    parser.add_argument("--frames", type=Path, required=True, help="scores of frames")
    parser.add_argument("--videos", type=Path, required=True, help="scores of videos")
    parser.add_argument("--quarantine", type=Path, required=True, help="quarantine.csv")
    parser.add_argument("--quality", type=Path, required=True, help="quality.csv")
    parser.add_argument("--subgroups", type=Path, help="what evaluate.by names (CSV)")
    parser.add_argument("--model", type=Path, required=True, help="the model that was scored")
    parser.add_argument("--output", type=Path, required=True, help="metrics.json to write")


def run(args: Namespace) -> int:
    """Run the command."""
    from unmask.evaluation.counts import reproducible
    from unmask.evaluation.metrics_file import evaluate, write_metrics
    from unmask.workflow import stage_settings

    receipt = Receipt(args)
    metrics = evaluate(
        args.manifest,
        args.frames,
        args.videos,
        args.index,
        args.quarantine,
        args.subgroups,
        **stage_settings.load(args.settings),
    )
    metrics["reproducible"] = reproducible(args.quality, args.model)
    write_metrics(args.output, metrics)
    receipt.write(args.output)
    return 0
