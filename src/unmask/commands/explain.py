"""``unmask explain``: heat maps of the test videos that stand out."""

from __future__ import annotations

import logging
from argparse import ArgumentParser, Namespace
from pathlib import Path

from unmask.commands import _receipt
from unmask.workflow.receipt import Receipt

HELP = "draw heat maps of the test videos that stand out"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    _receipt.add_arguments(parser)
    parser.add_argument("--dataset", type=Path, required=True, help="folder of the crops")
    parser.add_argument("--index", type=Path, required=True, help="dataset.csv")
    parser.add_argument("--model", type=Path, required=True, help="trained model (.keras)")
    parser.add_argument("--frames", type=Path, required=True, help="scores of frames")
    parser.add_argument("--videos", type=Path, required=True, help="scores of videos")
    parser.add_argument("--output", type=Path, required=True, help="folder to write")


def run(args: Namespace) -> int:
    """Run the command. It starts TensorFlow only if there is something to draw."""
    from unmask.evaluation.explain.videos import explain_videos
    from unmask.evaluation.scores import read_frames, read_videos
    from unmask.model import runtime
    from unmask.workflow import stage_settings

    receipt = Receipt(args)
    wanted = stage_settings.load(args.settings)
    if wanted["heat_maps"]:
        runtime.start()
    maps = explain_videos(
        args.output,
        read_videos(args.videos),
        list(read_frames(args.frames)),
        args.index,
        args.dataset,
        args.model,
        **wanted,
    )
    receipt.write(args.output)
    logging.info("wrote %d heat maps to %s", len(maps), args.output)
    return 0
