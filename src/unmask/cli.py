"""The ``unmask`` command. Each subcommand is a module of :mod:`unmask.commands`."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import NoReturn

from unmask import __version__
from unmask.disk.machine import what_it_lacks
from unmask.errors import UnmaskError
from unmask.workflow import lifeline

COMMANDS = sorted(
    path.stem for path in (Path(__file__).parent / "commands").glob("*.py") if path.stem[0] != "_"
)
USER_ERROR = 2

GROUPS = {
    "use a detector": ("predict", "evaluate", "compare", "serve", "export"),
    "look after a project": (
        *("config", "recipe", "plan", "keep", "verify"),
        *("sync", "prune", "completion"),
    ),
}
"""Commands for people. The others do the work of a stage, and the workflow calls them."""

WORKFLOW = "a stage each (the workflow calls these)"

START = """\
to start:
  unmask predict clip.mp4         score a video
  snakemake --cores all           make a detector of the videos that config.yaml names
  unmask COMMAND --help           all options of a command
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a subcommand. Returns the exit status: 0, or 2 for an error the user can mend."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # for names that are no UTF-8
    parser = make_parser(arguments)
    if not arguments:
        parser.print_help()
        return 0
    parsed, unknown = parser.parse_known_args(arguments)
    if unknown:
        parsed.parser.error(f"unrecognized arguments: {' '.join(unknown)}")
    lifeline.die_with_parent()
    level = logging.DEBUG if parsed.verbose else logging.WARNING if parsed.quiet else logging.INFO
    logging.basicConfig(format="%(message)s", level=logging.INFO, stream=sys.stderr)
    logging.getLogger().setLevel(level)
    try:
        return parsed.run(parsed)
    except UnmaskError as error:
        if parsed.verbose:
            logging.debug("", exc_info=True)
        print(f"unmask {parsed.command}: {error}", file=sys.stderr)
        return USER_ERROR
    except KeyboardInterrupt:
        return 130
    except (OSError, MemoryError) as error:
        if not (text := what_it_lacks(error)):
            raise
        print(f"unmask {parsed.command}: {text}", file=sys.stderr)
        return USER_ERROR


def make_parser(arguments: Sequence[str] = ()) -> argparse.ArgumentParser:
    """The parser. Only the command that is asked for is imported, so that jobs start fast."""
    named = next((text for text in arguments if not text.startswith("-")), None)
    asked = [named] if named in COMMANDS else COMMANDS
    modules = {name: import_module(f"unmask.commands.{name}") for name in asked}
    parser = _Parser(
        prog="unmask",
        description="From a folder of face videos to an evaluated deepfake detector.",
        epilog=_overview({name: module.HELP for name, module in modules.items()}),
        usage="unmask [-v | -q] COMMAND …",
        formatter_class=_Formatter,
    )
    parser.add_argument("--version", action="version", version=f"unmask {__version__}")
    _add_loudness(parser, False)
    commands = parser.add_subparsers(
        dest="command",
        required=True,
        metavar="COMMAND",
        help=argparse.SUPPRESS,
        prog="unmask",
    )
    for name, module in modules.items():
        command = commands.add_parser(
            name, help=module.HELP, description=module.HELP, formatter_class=_Formatter
        )
        module.add_arguments(command)
        _add_loudness(command, argparse.SUPPRESS)
        command.set_defaults(run=module.run, parser=command)
    return parser


def _add_loudness(parser: argparse.ArgumentParser, default: bool | str) -> None:
    """Both before and after the command."""
    loudness = parser.add_mutually_exclusive_group()
    for letter, name, what in (
        ("-v", "--verbose", "say more, with what a report of a bug should hold"),
        ("-q", "--quiet", "say only results, warnings and errors"),
    ):
        loudness.add_argument(letter, name, action="store_true", default=default, help=what)


def _overview(texts: dict[str, str]) -> str:
    """All commands with a line each, those for people first."""
    for_people = {name for names in GROUPS.values() for name in names}
    groups = GROUPS | {WORKFLOW: tuple(name for name in texts if name not in for_people)}
    lines = []
    for title, names in groups.items():
        lines += [f"{title}:", *(f"  {n:<12} {texts[n]}" for n in names if n in texts), ""]
    return "\n".join([*lines, START])


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """Names the default of every option that has one."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        text, default = action.help or "", action.default
        unsaid = default in (None, "", [], False, argparse.SUPPRESS) or "default" in text
        return text if unsaid else f"{text} (default: %(default)s)"


class _Parser(argparse.ArgumentParser):
    """Answers a mistake with what was meant, in place of all that could have been."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and end."""
        print(f"{self.prog}: {self._helpful(message)}", file=sys.stderr)
        self.exit(USER_ERROR)

    def _helpful(self, message: str) -> str:
        kind, _, rest = message.partition(": ")
        if kind == "argument COMMAND":
            return _no_such_command(rest.split("'")[1])
        if kind == "unrecognized arguments":
            wrong = rest.split()[0].partition("=")[0]
            options = [name for name in self._option_string_actions if name.startswith("--")]
            if wrong.startswith("-"):
                return f"there is no option {wrong}.{_meant(wrong, options)} See {self.prog} --help"
            return f"{wrong} is one argument too many. See {self.prog} --help"
        return f"{message}. See {self.prog} --help"


def _no_such_command(name: str) -> str:
    if Path(name).suffix or Path(name).exists():
        return f"{name} is no command. To score it:\n  unmask predict {name}"
    return f"there is no command {name}.{_meant(name, COMMANDS)} unmask --help lists them"


def _meant(wrong: str, known: Sequence[str]) -> str:
    near = get_close_matches(wrong, known, n=1, cutoff=0.6)
    return f" Did you mean {near[0]}?" if near else ""


if __name__ == "__main__":
    sys.exit(main())
