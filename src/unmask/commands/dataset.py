"""``unmask dataset``: put every usable crop under its split and class."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from unmask.commands import _receipt
from unmask.workflow.receipt import Receipt

HELP = "fill the folders {train,val,test}/{real,fake} with the crops"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    _receipt.add_arguments(parser)
    parser.add_argument("--manifest", type=Path, required=True, help="manifest.csv")
    parser.add_argument("--faces", type=Path, required=True, help="folder of crops and indexes")
    parser.add_argument("--cropped", type=Path, nargs="*", default=[], help="indexes of crop sets")
    parser.add_argument("--output", type=Path, required=True, help="the dataset's folder")
    parser.add_argument("--index", type=Path, required=True, help="its table (CSV)")
    parser.add_argument(
        "--training-receipt", type=Path, metavar="FILE", help="receipt of what a training reads"
    )


def run(args: Namespace) -> int:
    """Run the command."""
    from unmask.dataset.build import COLUMNS, build_dataset
    from unmask.dataset.face_indexes import load_face_indexes
    from unmask.disk.tables import write_table
    from unmask.videos.manifest import read_manifest
    from unmask.workflow.keys import key_of_job
    from unmask.workflow.receipt import each_key_of_crops, keys_of_crops, write_receipt
    from unmask.workflow.training_data import training_sources

    videos = read_manifest(args.manifest)
    indexes, crops = load_face_indexes(videos, args.faces, args.cropped)
    receipt = Receipt(args, *keys_of_crops(indexes.values(), args.cropped))
    write_table(args.index, COLUMNS, build_dataset(videos, indexes, crops, args.output))
    if args.training_receipt:
        sources = training_sources(videos, *each_key_of_crops(indexes.values(), args.cropped))
        write_receipt(args.training_receipt, key_of_job(args.settings, sources), [])
    others = [args.training_receipt] if args.training_receipt else []
    receipt.write(args.index, args.output, *others)
    return 0
