"""``unmask cropped``: take over a dataset whose images are face crops already."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from unmask.commands import _receipt
from unmask.workflow.receipt import Receipt

HELP = "bring a dataset of ready face crops to one geometry and size"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    _receipt.add_arguments(parser)
    parser.add_argument("--sources", type=Path, required=True, help="the inventory (CSV)")
    parser.add_argument("--dataset", required=True, help="which of its datasets")
    parser.add_argument("--source", default="", help="fingerprint of all its images")
    parser.add_argument("--faces", type=Path, required=True, help="folder for the crops")
    parser.add_argument("--index", type=Path, required=True, help="their indexes (JSON lines)")
    parser.add_argument("--jobs", type=int, default=1, help="how many images to work on at once")


def run(args: Namespace) -> int:
    """Run the command."""
    from unmask.dataset.face_indexes import save_indexes
    from unmask.disk.tables import read_table
    from unmask.faces.adopt import KEEP, adopt_dataset
    from unmask.frames.images import limit_threads
    from unmask.workflow.stage_settings import load

    limit_threads(1)
    receipt = Receipt(args, args.source)
    rows = [row for row in read_table(args.sources) if row["dataset"] == args.dataset]
    images: dict[str, list[Path]] = {}
    for row in rows:
        images.setdefault(row["video"], []).append(Path(row["path"]))
    keep = any(row["geometry"] == KEEP for row in rows)
    settings = load(args.settings)
    indexes = adopt_dataset(images, args.faces, keep=keep, jobs=args.jobs, **settings)
    save_indexes(args.index, indexes)
    receipt.write(args.index, args.faces)
    return 0
