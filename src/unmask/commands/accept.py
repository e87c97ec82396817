"""``unmask accept``: stop here if too little is left to train on."""

from __future__ import annotations

import logging
from argparse import ArgumentParser, Namespace
from pathlib import Path

from unmask.commands import _receipt
from unmask.workflow.receipt import Receipt

HELP = "check that enough videos are left for training"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    _receipt.add_arguments(parser)
    parser.add_argument("--manifest", type=Path, required=True, help="manifest.csv")
    parser.add_argument("--quarantine", type=Path, required=True, help="quarantine.csv")
    parser.add_argument("--output", type=Path, required=True, help="what was decided, in a line")


def run(args: Namespace) -> int:
    """Run the command."""
    from unmask.dataset.quarantine import accept
    from unmask.files import write_text
    from unmask.videos.manifest import read_manifest
    from unmask.videos.problems import read_quarantine
    from unmask.workflow.stage_settings import load

    receipt = Receipt(args)
    verdict = accept(
        read_manifest(args.manifest), read_quarantine(args.quarantine), **load(args.settings)
    )
    logging.info(verdict)
    write_text(args.output, verdict + "\n")
    receipt.write(args.output)
    return 0
