"""Reading the tables of other stages, with errors that say what is wrong with them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePath

from unmask.errors import DatasetError


def read_rows(path: Path, columns: Sequence[str]) -> Iterator[dict[str, str]]:
    """Yield the rows of a CSV file, one at a time.

    Raises :class:`DatasetError` if the file is absent or lacks one of ``columns``.
    """
    path = Path(path)
    if not path.is_file():
        raise DatasetError(f"{path}: no such file; it has to have the columns {','.join(columns)}")
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        header = reader.fieldnames or ()
        missing = [name for name in columns if name not in header]
        if missing:
            raise DatasetError(
                f"{path}: the column {missing[0]} is missing. The first line is "
                f"{','.join(header) or 'empty'}, it has to hold:\n{','.join(columns)}"
            )
        yield from reader


@contextmanager
def line(path: Path, number: int) -> Iterator[None]:
    """Turn a ``ValueError`` about a cell into a :class:`DatasetError` with file and line."""
    try:
        yield
    except (ValueError, TypeError) as error:
        raise DatasetError(f"{path}, line {number}: {error}") from None


def member(folder: Path, file: str) -> Path:
    """Return the path of ``file`` in ``folder``; what lies there may be a link.

    Raises :class:`DatasetError` for a name that leads out of the folder.
    """
    name = PurePath(file)
    if name.is_absolute() or ".." in name.parts or not name.parts:
        raise DatasetError(f"{file!r} is not a file inside {folder}; only those are read")
    return Path(folder) / name
