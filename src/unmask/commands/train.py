"""``unmask train``: train the classifier."""

from __future__ import annotations

import logging
from argparse import ArgumentParser, Namespace
from pathlib import Path

from unmask.commands import _receipt
from unmask.workflow.receipt import Receipt

HELP = "train the classifier on a dataset's crops"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    _receipt.add_arguments(parser)
    parser.add_argument("--dataset", type=Path, required=True, help="folder of the crops")
    parser.add_argument("--index", type=Path, required=True, help="their table, dataset.csv")
    parser.add_argument("--source", default="", help="fingerprint of the weights file, if any")
    parser.add_argument(
        "--output-dir", type=Path, required=True, help="where model.keras and history.csv go"
    )
    parser.add_argument(
        "--checkpoint", type=Path, help="where the state is kept, to go on after an interruption"
    )
    parser.add_argument("--tensorboard", type=Path, help="folder of the logs, if asked for")


def run(args: Namespace) -> int:
    """Run the command."""
    from unmask.model import runtime
    from unmask.workflow.stage_settings import load

    runtime.start(or_jax=True)
    from unmask.training.alone import alone
    from unmask.training.train import train

    receipt = Receipt(args, args.source)
    with alone(args.checkpoint) as waited:
        if waited and receipt.holds():
            logging.info("the training of a run before has made the model")
            return 0
        result = train(
            args.index,
            args.dataset,
            args.output_dir,
            checkpoint=args.checkpoint,
            data=receipt.key,
            tensorboard_dir=args.tensorboard,
            **load(args.settings),
        )
        receipt.write(result.model, result.history, result.picture)
    logging.info("wrote %s and %s", result.model, result.history)
    return 0
