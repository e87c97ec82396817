"""``unmask export``: the trained model for other runtimes."""

from __future__ import annotations

import logging
from argparse import ArgumentParser, Namespace
from pathlib import Path

from unmask.commands import _receipt
from unmask.commands._predict_arguments import MODEL_HELP
from unmask.workflow.receipt import Receipt

HELP = "write the trained model as ONNX (.onnx) or TFLite (.tflite), with its contract"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("output", type=Path, metavar="FILE", help="file to write, by its ending")
    parser.add_argument("--model", type=Path, metavar="FILE", help=MODEL_HELP)
    _receipt.add_arguments(parser, required=False)
    parser.epilog = (
        "The file takes rgb, a batch of face crops (n, size, size, 3), float32 in 0..255, and "
        "gives p_fake (n, 1). It holds unmask.json, the contract: in the metadata of an ONNX file; "
        "a TFLite file is a ZIP archive at its end. By itself, only FILE and --model are needed; "
        "the workflow gives the others."
    )


def run(args: Namespace) -> int:
    """Run the command."""
    from unmask.model import runtime

    runtime.start()
    from unmask.model.export import export_model
    from unmask.prediction.detector import model_to_use

    receipt = Receipt(args) if args.settings else None
    export_model(model_to_use(args.model), args.output)
    if receipt:
        receipt.write(args.output)
    logging.info("wrote %s", args.output)
    return 0
