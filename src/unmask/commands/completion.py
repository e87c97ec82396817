"""``unmask completion``: complete commands and options in the shell."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace, _SubParsersAction
from importlib.util import find_spec
from pathlib import Path

from unmask.errors import UnmaskError

HELP = "print a script with which the shell completes commands and options"

EPILOG = """\
examples:
  eval "$(unmask completion bash)"                          in this shell
  unmask completion bash >> ~/.bash_completion              in all shells to come
"""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.epilog = EPILOG
    parser.add_argument("shell", choices=("bash", "zsh", "tcsh"), help="for which shell")


def run(args: Namespace) -> int:
    """Run the command."""
    if find_spec("shtab") is None:
        raise UnmaskError("Completion needs a small package:\n  pip install shtab")
    import shtab

    from unmask.cli import make_parser

    parser = make_parser()
    [chooser] = [action for action in parser._actions if isinstance(action, _SubParsersAction)]
    chooser.help = ""  # what help leaves out, shtab does too
    for command in chooser.choices.values():
        for action in command._actions:
            if action.type is Path or action.dest == "inputs":
                action.complete = shtab.FILE
    print(shtab.complete(parser, args.shell))
    return 0
