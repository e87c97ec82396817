"""``unmask keep``: take results of an older version for what this one would make, on record."""

from __future__ import annotations

import logging
from argparse import ArgumentParser, Namespace
from pathlib import Path

from unmask.commands import _config

HELP = "keep results that another version made as they are, on record in kept.yaml"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("stages", nargs="+", metavar="STAGE", help="as `unmask plan` names them")
    parser.add_argument("--reason", required=True, help="why they still hold; it is recorded")
    _config.add_arguments(parser, by_name=True)


def run(args: Namespace) -> int:
    """Run the command, in the folder in which the workflow runs."""
    from unmask.workflow import run_lock
    from unmask.workflow.keeping import keep
    from unmask.workflow.make_plan import make_plan

    run_lock.require("Keep them when it is done.")
    plan = make_plan(_config.read(args), write=False)
    for line in keep(plan, Path(), args.stages, args.reason):
        logging.info(line)
    logging.info("Recorded in kept.yaml: commit it. `unmask plan` says what is left to do.")
    return 0
