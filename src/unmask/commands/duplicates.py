"""``unmask duplicates``: find videos that look alike and are on different sides of the split."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from unmask.commands import _receipt
from unmask.workflow.receipt import Receipt

HELP = "find videos that look alike and are on different sides of the split"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    _receipt.add_arguments(parser)
    parser.add_argument("--manifest", type=Path, required=True, help="manifest.csv")
    parser.add_argument("--frames", type=Path, required=True, help="folder of frames and indexes")
    parser.add_argument("--cropped", type=Path, nargs="*", default=[], help="indexes of crop sets")
    parser.add_argument("--output", type=Path, required=True, help="the pairs (CSV)")


def run(args: Namespace) -> int:
    """Run the command."""
    from unmask.dataset.duplicates import pairs_text
    from unmask.dataset.face_indexes import load_indexes
    from unmask.dataset.near_duplicates import find_pairs
    from unmask.disk.files import write_text
    from unmask.frames.index import FrameIndex
    from unmask.videos.manifest import read_manifest
    from unmask.workflow.keys import key_of_many, read_key

    videos = read_manifest(args.manifest)
    images, keys = {}, {}
    for path in args.cropped:
        for index in load_indexes(path):
            folder = path.with_suffix("") / index.video
            images[index.video] = [folder / crop.file for crop in index.faces]
    for video in videos:
        if video.id not in images:
            sampled = FrameIndex.load(args.frames / f"{video.id}.json")
            keys[video.id] = sampled.made_of
            images[video.id] = [args.frames / video.id / f.file for f in sampled.frames]
    datasets = {path.stem: read_key(path.with_suffix(".json")) for path in args.cropped}
    receipt = Receipt(args, key_of_many(keys), key_of_many(datasets))
    write_text(args.output, pairs_text(find_pairs(videos, images)))
    receipt.write(args.output)
    return 0
