"""``unmask demo``: film the demo dataset."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

HELP = "film the demo dataset: short clips of two portraits, real and face-swapped"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--settings", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True, help="folder for the clips")
    parser.add_argument("--threads", type=int, help="groups to film at once (default: all cores)")


def run(args: Namespace) -> int:
    """Run the command."""
    from unmask.demo import film_demo
    from unmask.settings import load

    film_demo(args.output, threads=args.threads, **load(args.settings))
    return 0
