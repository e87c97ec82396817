"""``unmask recipe``: write how to train into ``config.yaml``, as one of the presets has it."""

from __future__ import annotations

import logging
from argparse import ArgumentParser, Namespace
from pathlib import Path

HELP = "write a recipe for the training into config.yaml; or list the recipes"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("name", nargs="?", metavar="NAME", help="of the recipe; without: list them")
    parser.add_argument("--config", type=Path, default=Path("config.yaml"), help="YAML file")


def run(args: Namespace) -> int:
    """Run the command."""
    from unmask.config.load import read_yaml, validate
    from unmask.config.recipes import recipe_of, recipes, write_recipe

    if not args.name:
        used = recipe_of(validate(read_yaml(args.config))) if args.config.is_file() else None
        for name, what in recipes().items():
            print(f"{'*' if name == used else ' '} {name:<20} {what}")
        return 0
    changed = write_recipe(args.config, args.name)
    for line in changed:
        print(line)
    logging.info(
        f"{args.config} has the recipe {args.name}: "
        + (
            f"{len(changed)} values changed. `unmask plan` says what is made again."
            if changed
            else "it had it before."
        )
    )
    return 0
