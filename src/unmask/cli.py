"""The ``unmask`` command. Each subcommand is a module of :mod:`unmask.commands`."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from unmask import __version__
from unmask.errors import UnmaskError
from unmask.workflow import lifeline

COMMANDS = sorted(
    path.stem for path in (Path(__file__).parent / "commands").glob("*.py") if path.stem[0] != "_"
)
USER_ERROR = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a subcommand. Returns the exit status: 0, or 2 for an error the user can mend."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    parsed = _parser(arguments).parse_args(arguments)
    lifeline.tie()
    logging.basicConfig(format="%(message)s", level=logging.INFO, stream=sys.stderr)
    try:
        return parsed.run(parsed)
    except UnmaskError as error:
        print(f"unmask {parsed.command}: {error}", file=sys.stderr)
        return USER_ERROR
    except KeyboardInterrupt:
        return 130


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    """The parser. Only the command that is asked for is imported, so that jobs start fast."""
    parser = argparse.ArgumentParser(
        prog="unmask", description="From a folder of face videos to an evaluated deepfake detector."
    )
    parser.add_argument("--version", action="version", version=f"unmask {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    asked = arguments[0] if arguments and arguments[0] in COMMANDS else None
    for name in [asked] if asked else COMMANDS:
        module = import_module(f"unmask.commands.{name}")
        command = commands.add_parser(name, help=module.HELP, description=module.HELP)
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    return parser


if __name__ == "__main__":
    sys.exit(main())
