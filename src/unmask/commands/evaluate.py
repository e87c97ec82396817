"""``unmask evaluate``: a finished model on labeled videos."""

from __future__ import annotations

import logging
import os
import sys
from argparse import (
    ArgumentParser,
    BooleanOptionalAction,
    Namespace,
    RawDescriptionHelpFormatter,
)
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from unmask.prediction.results import Prediction
    from unmask.videos.manifest import Video

HELP = "measure a finished model on labeled videos, with intervals"

EPILOG = """\
examples:
  unmask evaluate results/model/model.keras data/mine
  unmask evaluate model.keras data/Celeb-DF-v2 --kind celebdf
  unmask evaluate model.keras --config other.yaml     # the `datasets:` in it

The tables and metrics.json have the form of a run's (docs/metrics.md). Two such folders are what
`unmask compare` compares.
"""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.formatter_class, parser.epilog = RawDescriptionHelpFormatter, EPILOG
    parser.add_argument("model", type=Path, metavar="MODEL", help="a model.keras of a training")
    parser.add_argument("data", nargs="?", metavar="FOLDER", help="folder of labeled videos")
    parser.add_argument(
        "--kind",
        default="folders",
        help="how it is laid out, a kind of `datasets:` (default: folders)",
    )
    parser.add_argument("--cropped", action="store_true", help="its images are face crops already")
    parser.add_argument(
        "--config",
        type=Path,
        nargs="+",
        metavar="FILE",
        help="take `datasets:` of these YAML files instead of a folder",
    )
    parser.add_argument(
        "--every",
        action="store_true",
        help="the training videos of datasets that have test videos, too",
    )
    parser.add_argument(
        "--output",
        type=Path,
        default=Path("evaluation"),
        help="folder to write (default: evaluation)",
    )
    parser.add_argument("--threshold", type=float, help="as of `unmask predict`")
    parser.add_argument("--aggregate", help="as of `unmask predict`")
    parser.add_argument("--flip", action=BooleanOptionalAction, help="as of `unmask predict`")
    parser.add_argument(
        "--confidence", type=float, default=0.95, help="level of the intervals (default: 0.95)"
    )
    parser.add_argument(
        "--jobs", type=int, default=max(1, (os.cpu_count() or 2) - 1), metavar="N",
        help="prepare so many files at once (default: %(default)s)",
    )  # fmt: skip


def run(args: Namespace) -> int:
    """Run the command."""
    from unmask.config.load import validate
    from unmask.errors import UnmaskError
    from unmask.evaluation.aggregate import check_aggregate
    from unmask.evaluation.summary import summary
    from unmask.labels import CLASS_NAMES
    from unmask.model.contract import read_contract
    from unmask.prediction.labeled import evaluate_model
    from unmask.prediction.prepare import check_preparation
    from unmask.prediction.run_settings import scoring_of_run
    from unmask.progress import Progress

    if bool(args.data) == bool(args.config):
        raise UnmaskError(
            "Name a folder of labeled videos, or a configuration with `datasets:`. For example:\n"
            "  unmask evaluate results/model/model.keras data/mine"
        )
    for name in ("threshold", "confidence"):
        value = getattr(args, name)
        if (value is not None and not 0 <= value <= 1) or (name, value) in _NO_LEVEL:
            raise UnmaskError(f"--{name} {value}: allowed is a number from 0 to 1, such as 0.5")
    contract = read_contract(args.model)
    check_preparation(contract, args.model)
    given = {name: getattr(args, name) for name in ("threshold", "aggregate", "flip")}
    scoring = scoring_of_run(args.model, contract, **given)
    check_aggregate(scoring.aggregate)
    config = validate(_datasets(args))
    progress: Progress | None = None

    def begin(video: Video, total: int) -> None:
        nonlocal progress
        progress = progress or Progress(total, results=sys.stderr)
        progress.begin(video.path)

    def end(video: Video, result: Prediction) -> None:
        told = f"p_fake {result.p_fake:.3f}" if result.scored else result.reason
        if progress:
            progress.end(f"{video.path}: {CLASS_NAMES[video.label]}, {told}")

    metrics = evaluate_model(
        args.model, contract, config.datasets, args.output, scoring, every=args.every,
        jobs=max(1, args.jobs), confidence=args.confidence, begin=begin, end=end,
    )  # fmt: skip
    if progress:
        progress.clear()
    print(summary(metrics))
    logging.info("written to %s", args.output)
    return 0


_NO_LEVEL = (("confidence", 0.0), ("confidence", 1.0))


def _datasets(args: Namespace) -> dict[str, object]:
    """The part of a configuration that says which videos there are."""
    from unmask.config.load import read_layers
    from unmask.errors import UnmaskError

    if args.config:
        settings = read_layers(args.config)
        if not settings.get("datasets"):
            raise UnmaskError(
                f"{args.config[0]} has no `datasets:`. Write, for example:\n"
                "  datasets:\n    - {name: mine, kind: folders, root: data/mine}"
            )
        return {"datasets": settings["datasets"]}
    entry = {"name": "data", "kind": args.kind, "root": args.data}
    return {"datasets": [entry | ({"cropped": True} if args.cropped else {})]}
