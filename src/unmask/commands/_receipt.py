"""What the commands share that make one result of all videos: the receipt that goes with it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from argparse import _ArgumentGroup as Group
from pathlib import Path

from unmask.provenance import key_of_job, read_source, write_receipt


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


class Receipt:
    """Takes the key of a result before the work, and writes the receipt after it.

    ``keys`` are further keys or fingerprints of what the result is made from.
    """

    def __init__(self, args: Namespace, *keys: str) -> None:
        self.path = args.receipt
        self.key = key_of_job(args.settings, [*map(read_source, args.made_from), *keys])

    def write(self, *outputs: Path) -> None:
        """Write the receipt of these files, if one is asked for: the last thing that a job does."""
        if self.path:
            write_receipt(self.path, self.key, outputs)
