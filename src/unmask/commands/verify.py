"""``unmask verify``: read every result in full, and say which is no longer what was written."""

from __future__ import annotations

import logging
from argparse import ArgumentParser, Namespace
from pathlib import Path

from unmask.commands import _config

HELP = "read every result in full, and say which is no longer what was written"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    _config.add_arguments(parser)


def run(args: Namespace) -> int:
    """Run the command, in the folder in which the workflow runs."""
    from unmask.workflow import run_lock
    from unmask.workflow.make_plan import make_plan
    from unmask.workflow.verify import verify

    run_lock.require("Verify when it is done.")
    plan = make_plan(_config.read(args), write=False)
    read, unsealed, damaged = verify(plan, Path())
    for line in damaged:
        logging.warning(line)
    if unsealed:
        logging.info(
            "%d of %d results are of a version that did not write down what they hold: of these, "
            "only damage that shows in itself is found.",
            unsealed,
            read,
        )
    if damaged:
        logging.warning(
            "%d of %d results differ; the next run makes them again.", len(damaged), read
        )
        return 1
    logging.info("All %d results are what was written.", read)
    return 0
