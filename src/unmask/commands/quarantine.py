"""``unmask quarantine``: gather which videos were set aside, and how well the others served."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from unmask.commands import _receipt

HELP = "list the videos that cannot be used, with the reasons, and the quality of the others"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    _receipt.add_arguments(parser)
    parser.add_argument("--manifest", type=Path, required=True)
    parser.add_argument("--problems", type=Path, required=True, help="found by the inventory (CSV)")
    parser.add_argument("--faces", type=Path, required=True, help="folder of the face indexes")
    parser.add_argument("--cropped", type=Path, nargs="*", default=[], help="indexes of crop sets")
    parser.add_argument("--quarantine", type=Path, required=True, help="output (CSV)")
    parser.add_argument("--quality", type=Path, required=True, help="output (CSV)")


def run(args: Namespace) -> int:
    """Run the command."""
    from unmask.face_indexes import keys_of_crops, load_face_indexes
    from unmask.manifest import quarantine_text, read_manifest, read_quarantine
    from unmask.quarantine import collect, quality_text
    from unmask.tables import write_text

    videos = read_manifest(args.manifest)
    indexes = load_face_indexes(videos, args.faces, args.cropped)[0].values()
    receipt = _receipt.Receipt(args, *keys_of_crops(indexes, args.cropped))
    problems = [*read_quarantine(args.problems), *collect(indexes)]
    write_text(args.quarantine, quarantine_text(problems))
    write_text(args.quality, quality_text(indexes))
    receipt.write(args.quarantine, args.quality)
    return 0
