"""What the commands share that work on a run's plan: which configuration it is made of."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any


def add_arguments(parser: ArgumentParser, *, by_name: bool = False) -> None:
    """Declare the file and what is laid over it; the file with ``--config`` if ``by_name``."""
    default = Path("config.yaml")
    if by_name:
        parser.add_argument("--config", type=Path, default=default, help="YAML file")
    else:
        parser.add_argument("config", type=Path, nargs="?", default=default, help="YAML file")
    parser.add_argument(
        "--configfile",
        type=Path,
        nargs="+",
        default=[],
        metavar="FILE",
        help="laid over that, as by snakemake",
    )


def read(args: Namespace) -> dict[str, Any]:
    """The configuration, layers and all."""
    from unmask.config.load import read_layers

    return read_layers([args.config, *args.configfile])
