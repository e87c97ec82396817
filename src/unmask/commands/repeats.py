"""``unmask repeats``: what trainings with other seeds, folds and parts left out gave."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from unmask.commands import _receipt
from unmask.workflow.receipt import Receipt

HELP = "write the table and the page of trainings that were repeated"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    _receipt.add_arguments(parser)
    parser.add_argument(
        "--metrics", type=Path, nargs="+", required=True, metavar="FILE",
        help="metrics.json of each, in a folder of its name",
    )  # fmt: skip
    parser.add_argument("--output", type=Path, required=True, help="the table to write (CSV)")
    parser.add_argument("--page", type=Path, required=True, help="the page to write (HTML)")


def run(args: Namespace) -> int:
    """Run the command."""
    import json

    from unmask.disk.files import write_text
    from unmask.evaluation.repeats import parts_of_repeats, repeats_text
    from unmask.report.repeats_page import repeats_page
    from unmask.workflow.stage_settings import load

    receipt = Receipt(args)
    settings = load(args.settings)
    metrics = {path.parent.name: json.loads(path.read_text("utf-8")) for path in args.metrics}
    parts = parts_of_repeats(metrics, settings["leave_out"])
    write_text(args.output, repeats_text(parts))
    write_text(args.page, repeats_page(parts, settings))
    receipt.write(args.output, args.page)
    return 0
