"""``unmask config``: check configuration files, or print the schema for editors."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from pathlib import Path

HELP = "check configuration files, laid over each other in this order; or print their schema"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("files", type=Path, nargs="*", metavar="FILE", help="YAML files")
    parser.add_argument("--schema", action="store_true", help="print the JSON schema")


def run(args: Namespace) -> int:
    """Run the command."""
    from unmask.config.load import json_schema, read_layers, validate

    if args.schema:
        print(json.dumps(json_schema(), indent=2))
        return 0
    validate(read_layers(args.files))
    print("The configuration is valid.")
    return 0
