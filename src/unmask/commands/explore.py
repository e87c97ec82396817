"""``unmask explore``: pictures of the data."""

from __future__ import annotations

import logging
from argparse import ArgumentParser, Namespace
from pathlib import Path

from unmask.commands import _receipt
from unmask.workflow.receipt import Receipt

HELP = "draw the data: contact sheets, frames with the faces found, clips, crops"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    _receipt.add_arguments(parser)
    parser.add_argument("--videos", type=Path, required=True, help="table of all videos")
    parser.add_argument("--frames", type=Path, required=True, help="folder of the frames")
    parser.add_argument("--detections", type=Path, required=True, help="folder of the detections")
    parser.add_argument("--faces", type=Path, required=True, help="folder of the crops")
    parser.add_argument(
        "--cropped",
        type=Path,
        nargs="*",
        default=[],
        metavar="FILE",
        help="index files of datasets that were crops already",
    )
    parser.add_argument("--output", type=Path, required=True, help="folder to write")


def run(args: Namespace) -> int:
    """Run the command."""
    from unmask.dataset.face_indexes import load_face_indexes
    from unmask.report.explore.choice import choose
    from unmask.report.explore.pictures import write_pictures
    from unmask.videos.manifest import read_candidates
    from unmask.workflow import stage_settings
    from unmask.workflow.receipt import keys_of_crops

    wanted = stage_settings.load(args.settings)
    videos = [video for video in read_candidates(args.videos) if not video.left_out]
    choice = choose(videos, wanted["cropped"], shown=wanted["videos"], sheet=wanted["sheet"])
    shown = [v for v in videos if v.id in choice.filmed or v.dataset in choice.cropped]
    indexes, crops = load_face_indexes(shown, args.faces, args.cropped)
    receipt = Receipt(args, *keys_of_crops(indexes.values(), args.cropped))
    pictures = write_pictures(
        args.output,
        choice,
        indexes,
        crops,
        frames_dir=args.frames,
        detections_dir=args.detections,
    )
    receipt.write(*pictures)
    logging.info("wrote %d pictures to %s", len(pictures), args.output)
    return 0
