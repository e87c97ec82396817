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
    parser.add_argument("--quality", type=Path, required=True, help="quality.csv")
    parser.add_argument("--duplicates", type=Path, required=True, help="duplicates.csv")
    parser.add_argument(
        "--output", type=Path, required=True, help="what was decided, and in what datasets differ"
    )


def run(args: Namespace) -> int:
    """Run the command."""
    from unmask.dataset.accept import accept
    from unmask.dataset.duplicates import read_pairs
    from unmask.dataset.quarantine import looks_of_datasets
    from unmask.disk.files import write_text
    from unmask.faces.look import differences
    from unmask.videos.manifest import read_manifest
    from unmask.videos.problems import read_quarantine
    from unmask.workflow.stage_settings import load

    receipt = Receipt(args)
    videos = read_manifest(args.manifest)
    verdict = accept(
        videos,
        read_quarantine(args.quarantine),
        read_pairs(args.duplicates),
        **load(args.settings),
    )
    unlike = differences(looks_of_datasets(videos, args.quality))
    lines = [verdict, *(f"The datasets differ in the {line}." for line in unlike)]
    logging.info("\n".join(lines))
    write_text(args.output, "\n".join(lines) + "\n")
    receipt.write(args.output)
    return 0
