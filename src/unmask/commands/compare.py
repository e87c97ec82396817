"""``unmask compare``: detectors on the same videos."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from pathlib import Path

from unmask.commands._predict_arguments import share

HELP = "tell whether one detector is better than another on the same videos"

EPILOG = """\
examples:
  unmask compare results ../other/results             # two runs on the same test videos
  unmask compare evaluation_a evaluation_b            # folders of `unmask evaluate`
  unmask compare a/videos.csv b/videos.csv c/videos.csv --threshold 0.5

Each is a folder with videos.csv (or predictions/videos.csv), whose metrics.json has the threshold,
or a videos.csv. Only test videos that all of them scored count.
"""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.formatter_class, parser.epilog = RawDescriptionHelpFormatter, EPILOG
    parser.add_argument("scores", type=Path, nargs="+", metavar="SCORES", help="two or more")
    parser.add_argument("--threshold", type=share, help="of all (default: their own, else 0.5)")
    parser.add_argument(
        "--confidence", type=float, default=0.95, help="level of the intervals (default: 0.95)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the comparison")


def run(args: Namespace) -> int:
    """Run the command."""
    from unmask.disk.files import write_text
    from unmask.errors import UnmaskError
    from unmask.evaluation.compare import compare
    from unmask.evaluation.comparison_text import comparison_json, comparison_text
    from unmask.evaluation.scored_runs import read_runs

    if not 0 < args.confidence < 1:
        raise UnmaskError(f"--confidence {args.confidence}: allowed is above 0 and below 1")
    runs = read_runs(args.scores, args.threshold)
    scores = {name: run.videos for name, run in runs.items()}
    found = compare(scores, {name: run.threshold for name, run in runs.items()}, args.confidence)
    print(comparison_text(runs, found, args.confidence))
    if args.json:
        write_text(args.json, comparison_json(runs, found, args.confidence))
    return 0
