"""The record of results of an older version that are kept as they are.

``kept.yaml`` says for a stage which code made its results, and with which later code they are taken
for what that would make. It lies beside the results' project file and is versioned with it, so a
clone keeps the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import yaml

from unmask.config.yaml_file import read_yaml_file
from unmask.disk.files import write_text
from unmask.errors import UnmaskError

FILE = "kept.yaml"

_HEADER = """\
# Results of an older version that are kept as they are. `unmask keep` adds to it; commit it with
# dvc.lock. To have results made again after all, remove their entry.
"""


@dataclass(frozen=True)
class Kept:
    """Results of a stage, made by one code, that hold with another. Both as digests."""

    stage: str
    made_by: str
    kept_with: str
    reason: str


def read_kept(where: Path) -> list[Kept]:
    """What is on record in a folder; nothing if there is no record.

    Raises:
        UnmaskError: the record is not one.
    """
    path = where / FILE
    if not path.is_file():
        return []
    try:
        found = [Kept(**entry) for entry in read_yaml_file(path, UnmaskError) or []]
    except (UnmaskError, TypeError) as error:
        raise _not_a_record(path, str(error).splitlines()[0]) from None
    for entry in found:
        for name, value in asdict(entry).items():
            if not isinstance(value, str):
                raise _not_a_record(path, f"{name} is {value!r}, it must be a text in quotes")
    return found


def write_kept(where: Path, kept: Iterable[Kept]) -> None:
    """Write the record."""
    entries = yaml.safe_dump([asdict(entry) for entry in kept], sort_keys=False, allow_unicode=True)
    write_text(where / FILE, _HEADER + entries)


def code_that_counts(kept: Iterable[Kept], stage: str, code: str) -> str:
    """The digest that stands for a stage's code: that of the results that are kept, if any are."""
    for entry in kept:
        if (entry.stage, entry.kept_with) == (stage, code):
            return entry.made_by
    return code


def _not_a_record(path: Path, why: str) -> UnmaskError:
    names = ", ".join(field.name for field in fields(Kept))
    return UnmaskError(
        f"{path}: {why}. It is a list of entries with {names}, which `unmask keep` writes. Put it "
        f"back as it was (git checkout {FILE}), or remove the entry."
    )
