"""``unmask prune``: remove the results of videos that are in no dataset any more."""

from __future__ import annotations

import logging
from argparse import ArgumentParser, Namespace
from pathlib import Path

HELP = "remove the results of videos that are in no dataset any more"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "--sources",
        type=Path,
        default=Path("results/workflow/settings/sources.csv"),
        help="the inventory",
    )
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER", help="results to prune")


def run(args: Namespace) -> int:
    """Run the command."""
    from unmask.disk.tables import read_table
    from unmask.workflow.prune import prune

    rows = read_table(args.sources)
    for folder in args.folders:
        for name in prune(folder, rows):
            logging.info("removed %s/%s", folder, name)
    return 0
