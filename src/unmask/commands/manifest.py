"""``unmask manifest``: deal the groups out to the splits and write the manifest."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from unmask.commands import _receipt
from unmask.workflow.receipt import Receipt

HELP = "write the manifest: one row a video, with its label, group and split"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    _receipt.add_arguments(parser)
    parser.add_argument("--videos", type=Path, required=True, help="the inventory (CSV)")
    parser.add_argument("--output", type=Path, required=True, help="the manifest (CSV)")
    parser.add_argument("--left-out", type=Path, required=True, help="what is not used (CSV)")


def run(args: Namespace) -> int:
    """Run the command."""
    from unmask.disk.files import write_text
    from unmask.videos.left_out import split_videos
    from unmask.videos.manifest import left_out_text, manifest_text, read_candidates
    from unmask.workflow.stage_settings import load

    receipt = Receipt(args)
    videos, left_out = split_videos(read_candidates(args.videos), **load(args.settings))
    write_text(args.output, manifest_text(videos))
    write_text(args.left_out, left_out_text(left_out))
    receipt.write(args.output, args.left_out)
    return 0
