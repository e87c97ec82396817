"""``unmask shortcuts``: how well size, codec and the like tell the classes."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from unmask.commands import _receipt
from unmask.workflow.receipt import Receipt, keys_of_crops

HELP = "measure how well size, codec, sharpness and the like tell real from fake"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    _receipt.add_arguments(parser)
    parser.add_argument("--manifest", type=Path, required=True, help="manifest.csv")
    parser.add_argument("--frames", type=Path, required=True, help="folder of the frame indexes")
    parser.add_argument("--faces", type=Path, required=True, help="folder of crops and indexes")
    parser.add_argument("--cropped", type=Path, nargs="*", default=[], help="indexes of crop sets")
    parser.add_argument("--output", type=Path, required=True, help="a row a property (CSV)")
    parser.add_argument("--properties", type=Path, required=True, help="a row a video (CSV)")


def run(args: Namespace) -> int:
    """Run the command."""
    from unmask.dataset.face_indexes import load_face_indexes
    from unmask.disk.files import write_text
    from unmask.disk.tables import write_table
    from unmask.evaluation.properties import NAMES, columns_of, measure_all
    from unmask.evaluation.shortcuts import find_shortcuts, shortcuts_text
    from unmask.videos.manifest import read_manifest
    from unmask.workflow.stage_settings import load

    manifest = read_manifest(args.manifest)
    indexes, _ = load_face_indexes(manifest, args.faces, args.cropped)
    receipt = Receipt(args, *keys_of_crops(indexes.values(), args.cropped))
    videos = [video for video in manifest if indexes[video.id].ok]
    found = measure_all(videos, args.frames, indexes)
    write_table(
        args.properties,
        ("video", "label", "group", *NAMES),
        (
            {"video": v.id, "label": v.label, "group": v.group, **vars(one)}
            for v, one in zip(videos, found, strict=True)
        ),
    )
    labels, groups = [v.label for v in videos], [v.group for v in videos]
    rows = find_shortcuts(columns_of(found), labels, groups, **load(args.settings))
    write_text(args.output, shortcuts_text(rows))
    receipt.write(args.output, args.properties)
    return 0
