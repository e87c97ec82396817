"""``unmask cropped``: take over a dataset whose images are face crops already."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

HELP = "bring a dataset of ready face crops to one size"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--videos", type=Path, required=True, help="the inventory (CSV)")
    parser.add_argument("--dataset", required=True, help="which of its datasets")
    parser.add_argument("--settings", type=Path, required=True)
    parser.add_argument("--faces", type=Path, required=True, help="folder for the crops")
    parser.add_argument("--index", type=Path, required=True, help="their indexes (JSON lines)")


def run(args: Namespace) -> int:
    """Run the command."""
    from unmask.cropped import adopt_dataset
    from unmask.face_indexes import save_indexes
    from unmask.manifest import read_manifest
    from unmask.settings import load

    videos = [video for video in read_manifest(args.videos) if video.dataset == args.dataset]
    save_indexes(args.index, adopt_dataset(videos, args.faces, **load(args.settings)))
    return 0
