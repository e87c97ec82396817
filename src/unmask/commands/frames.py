"""``unmask frames``: sample the frames of one video."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

HELP = "sample the frames of one video or still image"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("file", type=Path, metavar="VIDEO_FILE", help="a video or still image")
    parser.add_argument("--video", required=True, metavar="ID", help="its id")
    parser.add_argument("--source", default="", help="fingerprint of the file")
    parser.add_argument("--settings", type=Path, required=True, help="settings of the stage (JSON)")
    parser.add_argument("--frames", type=Path, required=True, help="folder for the frames")
    parser.add_argument("--index", type=Path, required=True, help="their index (JSON)")
    parser.add_argument("--threads", type=int, default=1, help="threads to decode with")


def run(args: Namespace) -> int:
    """Run the command."""
    from unmask.disk.files import fresh_directory
    from unmask.frames.images import limit_threads
    from unmask.frames.index import FrameIndex
    from unmask.frames.limits import LIMITS, MediaLimits
    from unmask.frames.sample import STAGE, extract_frames
    from unmask.workflow.apart import run_apart
    from unmask.workflow.keys import key_of_job
    from unmask.workflow.stage_settings import load

    made_of = key_of_job(args.settings, [args.source])
    settings = load(args.settings)
    limits = MediaLimits(**{key: settings.pop(key) for key in LIMITS if key in settings})

    def work() -> None:
        limit_threads(args.threads)
        index = extract_frames(
            args.file,
            args.frames,
            video=args.video,
            threads=args.threads,
            limits=limits,
            **settings,
        )
        index.made_of = made_of
        index.save(args.index, args.frames)

    if why := run_apart(work, limits):
        with fresh_directory(args.frames):
            pass
        index = FrameIndex(args.video, source=args.file.as_posix(), made_of=made_of)
        index.quarantine(STAGE, why).save(args.index, args.frames)
    return 0
