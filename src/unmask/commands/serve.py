"""``unmask serve``: a page on this machine to drop videos on."""

from __future__ import annotations

import logging
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from importlib.util import find_spec
from pathlib import Path

from unmask.commands._predict_arguments import MODEL_HELP, above_zero, share
from unmask.errors import UnmaskError

HELP = "open a page on this machine to drop videos on"

LOCAL = ("127.0.0.1", "localhost", "::1")
INTERRUPTED = 130


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--model", type=Path, metavar="FILE", help=MODEL_HELP)
    parser.add_argument(
        "--threshold",
        type=share,
        metavar="P",
        help="from this score on a video is called fake (default: as for unmask predict)",
    )
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        help="address to listen on (default: 127.0.0.1, which only this machine reaches)",
    )
    parser.add_argument("--port", type=_port, default=8765, help="default: 8765; 0: any free one")
    parser.add_argument(
        "--max-mb", type=above_zero, default=200, metavar="N", help="largest file (default: 200)"
    )
    parser.add_argument(
        "--max-seconds",
        type=above_zero,
        default=120,
        metavar="N",
        help="longest video (default: 120)",
    )


def run(args: Namespace) -> int:
    """Serve until interrupted."""
    if find_spec("nicegui") is None:
        raise UnmaskError("The page needs the extra serve:\n  pip install --editable '.[serve]'")
    from unmask.model.contract import read_contract
    from unmask.prediction.detector import model_to_use
    from unmask.prediction.prepare import check_preparation
    from unmask.prediction.run_settings import scoring_of_run
    from unmask.prediction.serve.limits import Limits
    from unmask.prediction.serve.server import bind, serve

    args.model = model_to_use(args.model)
    contract = read_contract(args.model)
    check_preparation(contract, args.model)
    scoring = scoring_of_run(args.model, contract, threshold=args.threshold)
    limits = Limits(bytes=round(args.max_mb * 1e6), seconds=args.max_seconds)
    place = bind(args.host, args.port)
    local = args.host in LOCAL
    if not local:
        logging.warning(
            "Everybody who reaches %s can use this page: there is no password, and nothing is "
            "encrypted. Leave --host away to keep it to this machine.",
            args.host,
        )
    logging.info("loading the model …")
    from unmask.prediction.predictor import Predictor

    scorer = Predictor(args.model, **scoring.how)
    shown = f"[{args.host}]" if ":" in args.host else args.host
    address = f"http://{shown}:{place.getsockname()[1]}/"
    serve(
        place,
        scorer,
        contract,
        limits,
        model=args.model,
        threshold=scoring.threshold,
        test=scoring.tested,
        local=local,
        ready=lambda: logging.info("%s is ready. Ctrl-C ends it.", address),
    )
    return 0


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise ArgumentTypeError(f"{text!r} is not a port. Allowed: 0 to 65535, such as 8765")
    return int(text)
