"""``unmask score``: the model's scores of the validation and test videos."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from unmask.commands import _receipt
from unmask.workflow.receipt import Receipt

HELP = "score the face crops of the dataset, frame by frame and video by video"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    _receipt.add_arguments(parser)
    parser.add_argument("--dataset", type=Path, required=True, help="folder of the crops")
    parser.add_argument("--index", type=Path, required=True, help="dataset.csv")
    parser.add_argument("--model", type=Path, required=True, help="trained model (.keras)")
    parser.add_argument("--frames", type=Path, required=True, help="scores of frames to write")
    parser.add_argument("--tracks", type=Path, required=True, help="scores of tracks to write")
    parser.add_argument("--videos", type=Path, required=True, help="scores of videos to write")


def run(args: Namespace) -> int:
    """Run the command."""
    from unmask.model import runtime
    from unmask.workflow import stage_settings

    runtime.start()
    from unmask.evaluation.score_dataset import score_dataset
    from unmask.evaluation.scores import write_frames, write_tracks, write_videos

    receipt = Receipt(args)
    scores = score_dataset(
        args.index, args.dataset, args.model, **stage_settings.load(args.settings)
    )
    write_frames(args.frames, scores.frames)
    write_tracks(args.tracks, scores.tracks)
    write_videos(args.videos, scores.videos)
    receipt.write(args.frames, args.tracks, args.videos)
    return 0
