"""``unmask detections``: find the faces in the frames of one video."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

HELP = "find the faces in the sampled frames of one video"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--frames", type=Path, required=True, help="folder of the frames")
    parser.add_argument("--index", type=Path, required=True, help="their index (JSON)")
    parser.add_argument("--settings", type=Path, required=True, help="settings of the stage (JSON)")
    parser.add_argument("--output", type=Path, required=True, help="faces found (JSON)")
    parser.add_argument("--threads", type=int, default=1, help="threads to detect with")


def run(args: Namespace) -> int:
    """Run the command."""
    from unmask.detections.detect import detect_faces
    from unmask.frames.images import limit_threads
    from unmask.frames.index import FrameIndex
    from unmask.workflow.keys import key_of_job
    from unmask.workflow.stage_settings import load

    limit_threads(args.threads)
    index = FrameIndex.load(args.index)
    made_of = key_of_job(args.settings, [index.made_of])
    found = detect_faces(index, args.frames, threads=args.threads, **load(args.settings))
    found.made_of = made_of
    found.save(args.output)
    return 0
