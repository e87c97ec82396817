"""What the commands share that make one result of all videos: the receipt that goes with it."""

from __future__ import annotations

from argparse import ArgumentParser
from argparse import _ArgumentGroup as Group
from pathlib import Path


def add_arguments(parser: ArgumentParser | Group, *, required: bool = True) -> None:
    """Declare the settings, where the result comes from, and the receipt.

    A command that people call too needs no settings: it writes no receipt then.
    """
    parser.add_argument(
        "--settings", type=Path, required=required, help="settings of the stage (JSON)"
    )
    parser.add_argument(
        "--made-from",
        type=Path,
        nargs="*",
        default=[],
        metavar="FILE",
        help="receipts of the results it is made from, or tables that have none",
    )
    parser.add_argument("--receipt", type=Path, metavar="FILE", help="receipt to write (JSON)")
