"""``unmask plan``: what every run does first, alone."""

from __future__ import annotations

import logging
from argparse import ArgumentParser, Namespace

from unmask.commands import _config

HELP = "check the configuration, write the settings of each stage, say what is lacking and why"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    _config.add_arguments(parser)


def run(args: Namespace) -> int:
    """Run the command, in the folder in which the workflow runs."""
    from unmask.workflow import repairs, run_lock
    from unmask.workflow.make_plan import make_plan
    from unmask.workflow.plan import ALL_CURRENT

    run_lock.require("Run again when it is done.")
    plan = make_plan(_config.read(args))
    logging.info(plan.summary())
    lines = [f"  {line}" for line in plan.lacking()]
    logging.info(
        "\n".join(["Results that are missing or out of date:", *lines]) if lines else ALL_CURRENT
    )
    if damage := repairs.line(plan):
        logging.info(damage)
    if advice := plan.advice():
        logging.info(advice)
    return 0
