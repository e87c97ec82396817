"""``unmask plan``: what every run does first, alone."""

from __future__ import annotations

import logging
from argparse import ArgumentParser, Namespace
from pathlib import Path

HELP = "check the configuration, list the videos, and write the settings of each stage"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("config", type=Path, nargs="?", default=Path("config.yaml"))


def run(args: Namespace) -> int:
    """Run the command, in the folder in which the workflow runs."""
    from unmask import run_lock
    from unmask.config import read_yaml
    from unmask.errors import UnmaskError
    from unmask.workflow import make_plan

    if not run_lock.take():
        raise UnmaskError("Another run is using this folder. Run again when it is done.")
    logging.info(make_plan(read_yaml(args.config)).summary())
    return 0
