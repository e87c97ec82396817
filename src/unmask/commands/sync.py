"""``unmask sync``: bring the results that belong to this commit, and check that they do."""

from __future__ import annotations

import logging
from argparse import ArgumentParser, Namespace
from pathlib import Path

HELP = "get data and results of this commit from DVC, and check that they belong together"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--config", type=Path, default=Path("config.yaml"), help="YAML file")
    parser.add_argument("--remote", help="where to pull from (default: DVC's default remote)")


def run(args: Namespace) -> int:
    """Run the command, in the folder of the repository."""
    from unmask.config.load import read_yaml
    from unmask.workflow import run_lock
    from unmask.workflow.dvc_sync import check_results, check_settings, fetch
    from unmask.workflow.make_plan import make_plan

    run_lock.require("Sync again when it is done.")
    settings = read_yaml(args.config)
    fetch(Path(), args.remote)
    check_settings(settings, Path())
    plan = make_plan(settings)
    logging.info(plan.summary())
    logging.info(check_results(plan))
    return 0
