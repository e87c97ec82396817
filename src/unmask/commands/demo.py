"""``unmask demo``: film the demo dataset."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from unmask.commands import _receipt
from unmask.workflow.receipt import Receipt

HELP = "film the demo dataset: short clips of two portraits, real and face-swapped"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    _receipt.add_arguments(parser)
    parser.add_argument("--threads", type=int, help="groups to film at once (default: all cores)")


def run(args: Namespace) -> int:
    """Run the command."""
    from unmask.videos.demo import film_demo
    from unmask.workflow.stage_settings import load

    receipt = Receipt(args)
    settings = load(args.settings)
    clips = film_demo(settings.pop("root"), threads=args.threads, **settings)
    receipt.write(*clips)
    return 0
