"""``unmask quarantine``: gather which videos were set aside, and how well the others served."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from unmask.commands import _receipt
from unmask.workflow.receipt import Receipt

HELP = "list the videos that cannot be used, with the reasons, and the quality of the others"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    _receipt.add_arguments(parser)
    parser.add_argument("--manifest", type=Path, required=True, help="manifest.csv")
    parser.add_argument("--problems", type=Path, required=True, help="found by the inventory (CSV)")
    parser.add_argument("--faces", type=Path, required=True, help="folder of the face indexes")
    parser.add_argument("--cropped", type=Path, nargs="*", default=[], help="indexes of crop sets")
    parser.add_argument("--quarantine", type=Path, required=True, help="output (CSV)")
    parser.add_argument("--quality", type=Path, required=True, help="output (CSV)")


def run(args: Namespace) -> int:
    """Run the command."""
    from unmask.dataset.face_indexes import load_face_indexes
    from unmask.dataset.quarantine import collect, quality_text
    from unmask.disk.files import write_text
    from unmask.videos.manifest import read_manifest
    from unmask.videos.problems import quarantine_text, read_quarantine
    from unmask.workflow.receipt import keys_of_crops

    videos = read_manifest(args.manifest)
    indexes = load_face_indexes(videos, args.faces, args.cropped)[0].values()
    receipt = Receipt(args, *keys_of_crops(indexes, args.cropped))
    problems = [*read_quarantine(args.problems), *collect(indexes)]
    write_text(args.quarantine, quarantine_text(problems))
    write_text(args.quality, quality_text(indexes))
    receipt.write(args.quarantine, args.quality)
    return 0
