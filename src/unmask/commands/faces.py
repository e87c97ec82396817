"""``unmask faces``: crop the faces of one video."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

HELP = "crop the detected faces of one video"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--detections", type=Path, required=True, help="the video's faces (JSON)")
    parser.add_argument("--frames", type=Path, required=True, help="folder of its frames")
    parser.add_argument("--settings", type=Path, required=True, help="settings of the stage (JSON)")
    parser.add_argument("--faces", type=Path, required=True, help="folder for the crops")
    parser.add_argument("--index", type=Path, required=True, help="their index (JSON)")


def run(args: Namespace) -> int:
    """Run the command."""
    from unmask.detections.index import DetectionIndex
    from unmask.faces.crop import crop_faces
    from unmask.frames.images import limit_threads
    from unmask.workflow.keys import key_of_job
    from unmask.workflow.stage_settings import load

    limit_threads(1)
    detections = DetectionIndex.load(args.detections)
    made_of = key_of_job(args.settings, [detections.made_of])
    index = crop_faces(detections, args.frames, args.faces, **load(args.settings))
    index.made_of = made_of
    index.save(args.index, args.faces)
    return 0
