"""``unmask config``: check configuration files, or print the schema for editors."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

HELP = "check configuration files, laid over each other in this order; or print their schema"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("files", type=Path, nargs="*", metavar="FILE")
    parser.add_argument("--schema", action="store_true", help="print the JSON schema")


def run(args: Namespace) -> int:
    """Run the command."""
    from unmask.config import json_schema, read_yaml, validate

    if args.schema:
        print(json.dumps(json_schema(), indent=2))
        return 0
    merged: dict[str, Any] = {}
    for path in args.files:
        _overlay(merged, read_yaml(path))
    validate(merged)
    print("The configuration is valid.")
    return 0


def _overlay(base: dict[str, Any], top: dict[str, Any]) -> None:
    """Lay ``top`` over ``base``, section by section, as ``snakemake --configfile`` does."""
    for key, value in top.items():
        if isinstance(value, dict) and isinstance(base.get(key), dict):
            _overlay(base[key], value)
        else:
            base[key] = value
