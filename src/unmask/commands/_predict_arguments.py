"""What ``unmask predict`` can be told, and kinds of arguments that other commands take too."""

from __future__ import annotations

import math
import os
from argparse import ArgumentParser, ArgumentTypeError, BooleanOptionalAction
from collections.abc import Callable
from pathlib import Path

from unmask.commands import _receipt
from unmask.frames.limits import MediaLimits

MODEL_HELP = (
    "trained model (default: results/model/model.keras where there is one, else the detector that "
    "ships with unmask)"
)

EPILOG = """\
exit status:
  0    every file was scored (what lies beside them in a folder and is no video or image has a
       line, too)
  1    some files could not be scored; the others were
  2    nothing was done: the command has to be corrected
  3    no file could be scored
  4    with --fail-on-fake: a file was called fake (whatever became of the others)
  130  interrupted; what was scored until then is written

examples:
  unmask predict clip.mp4 --html clip.html
  unmask predict "clips/*.mp4" more/ --csv scores.csv --annotate marked/
  unmask predict test_videos --kaggle submission.csv --kaggle-fill 0.5
"""


def declare(parser: ArgumentParser) -> None:
    """Declare the arguments of ``unmask predict``."""
    parser.epilog = EPILOG
    parser.add_argument(
        "inputs",
        nargs="*",
        metavar="INPUT",
        help="videos, images, folders, or quoted patterns such as 'clips/*.mp4'",
    )
    parser.add_argument("--model", type=Path, metavar="FILE", help=MODEL_HELP)
    parser.add_argument(
        "--threshold",
        type=share,
        help="from this score on a video is called fake (default: the one in the metrics.json of "
        "the model's run, else the one in the model file)",
    )
    parser.add_argument(
        "--aggregate", help="frame scores to a video's score (default: as in the model's run)"
    )
    parser.add_argument(
        "--flip",
        action=BooleanOptionalAction,
        help="score each face with its mirror image (default: as in the model's run)",
    )
    parser.add_argument(
        "--min-decoded",
        type=share,
        metavar="SHARE",
        help="score damaged videos of which so much is there (default: as in training)",
    )
    for limit, what in (
        ("pixels", "largest video or image that is taken on, width times height"),
        ("seconds", "longest video that is taken on"),
    ):
        most = getattr(MediaLimits(), f"max_{limit}")
        parser.add_argument(
            f"--max-{limit}", type=above_zero, metavar="N", help=f"{what} (default: {most:.10g})"
        )
    parser.add_argument(
        "--timeout",
        type=above_zero,
        metavar="SECONDS",
        help=f"give up a file that takes longer (default: {MediaLimits().timeout:g})",
    )
    parser.add_argument(
        "--min-face",
        type=_size,
        metavar="SIZE",
        help="look for faces from this size on: up to 1 a share of the shorter side, above pixels "
        "(default: as in training)",
    )
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="write everything, face by face; - is the output"
    )
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write a row a file")
    parser.add_argument(
        "--kaggle",
        type=Path,
        metavar="FILE",
        help="write a submission (filename,label); files without a score get no row, unless ...",
    )
    parser.add_argument(
        "--kaggle-fill", type=share, metavar="P", help="... this probability is given for them"
    )
    parser.add_argument(
        "--html", type=Path, metavar="FILE", help="write a page: verdicts, timelines, heat maps"
    )
    parser.add_argument(
        "--annotate",
        type=Path,
        metavar="OUT",
        help="write the video (.mp4, .webm) or image (.jpg, .png) with faces and scores drawn in; "
        "for several inputs a folder",
    )
    parser.add_argument(
        "--fail-on-fake", action="store_true", help="exit with status 4 if a file is called fake"
    )
    parser.add_argument(
        "--jobs",
        type=_count,
        default=max(1, (os.cpu_count() or 2) - 1),
        metavar="N",
        help="prepare so many files at once, beside the scoring (default: one less than there are "
        "processors)",
    )
    workflow = parser.add_argument_group("for the workflow")
    workflow.add_argument("--files", type=Path, metavar="FILE", help="score what this table lists")
    workflow.add_argument(
        "--memory", type=Path, metavar="DIR", help="keep results there, and take up those of before"
    )
    _receipt.add_arguments(workflow, required=False)


def above_zero(text: str) -> float:
    """An argument above 0."""
    return _number(text, lambda n: 0 < n < 1e15, "allowed. Allowed: a number above 0, such as 120")


def share(text: str) -> float:
    """An argument from 0 to 1."""
    return _number(text, lambda n: 0 <= n <= 1, "a probability. Allowed: 0 to 1, such as 0.5")


def _size(text: str) -> float:
    allowed = (
        "a size of faces. Allowed: above 0; up to 1 a share of the picture's shorter side such as "
        "0.05, above 1 pixels such as 40"
    )
    return _number(text, lambda n: 0 < n < math.inf, allowed)


def _count(text: str) -> int:
    allowed = "a number of jobs. Allowed: 1 and more"
    return int(_number(text, lambda n: n >= 1 and n.is_integer(), allowed))


def _number(text: str, holds: Callable[[float], bool], allowed: str) -> float:
    """A number of which something holds; the message says of what is none that it is not that."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not holds(value):
        raise ArgumentTypeError(f"{text!r} is not {allowed}")
    return value
