"""``unmask manifest``: deal the groups out to the splits and write the manifest."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from unmask.commands import _receipt

HELP = "write the manifest: one row a video, with its label, group and split"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    _receipt.add_arguments(parser)
    parser.add_argument("--videos", type=Path, required=True, help="the inventory (CSV)")
    parser.add_argument("--output", type=Path, required=True, help="the manifest (CSV)")


def run(args: Namespace) -> int:
    """Run the command."""
    from unmask.manifest import manifest_text, read_manifest
    from unmask.settings import load
    from unmask.split import assign_splits
    from unmask.tables import write_text

    receipt = _receipt.Receipt(args)
    videos = assign_splits(read_manifest(args.videos), **load(args.settings))
    write_text(args.output, manifest_text(videos))
    receipt.write(args.output)
    return 0
