"""CSV files, written the same way everywhere: UTF-8, unix line ends, whole or not at all."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import Any

from unmask.disk.files import write_text
from unmask.disk.foreign import MB, open_regular, shown_value
from unmask.errors import DatasetError


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write ``rows`` with ``columns`` as the first line."""
    write_text(path, table_text(columns, rows))


def table_text(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """``rows`` as CSV, ``columns`` as the first line."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()


MOST_BYTES = 512 * MB
"""Of a table: some four million videos."""


def read_table(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV as text, by column; raises :class:`DatasetError` if it is none."""
    return list(read_rows(path, ()))


def read_rows(path: Path, columns: Sequence[str]) -> Iterator[dict[str, str]]:
    """Yield the rows of a CSV file, one at a time.

    Raises :class:`DatasetError` if the file is absent, no CSV in UTF-8, or lacks one of
    ``columns``.
    """
    path = Path(path)
    try:
        with open_regular(path) as file:
            if os.fstat(file.fileno()).st_size > MOST_BYTES:
                raise DatasetError(f"{path} is larger than {MOST_BYTES / MB:g} MB, the most here.")
            yield from _rows(path, io.TextIOWrapper(file, "utf-8", newline=""), columns)
    except FileNotFoundError:
        has = f"; it has to have the columns {','.join(columns)}" if columns else ""
        raise DatasetError(f"{path}: no such file{has}") from None
    except OSError as error:
        raise DatasetError(f"{path} cannot be read: {error.strerror}") from None
    except (csv.Error, UnicodeDecodeError) as error:
        raise DatasetError(f"{path} is not a CSV in UTF-8: {error}") from None


def _rows(path: Path, lines: Iterable[str], columns: Sequence[str]) -> Iterator[dict[str, str]]:
    reader = csv.DictReader(lines)
    header = reader.fieldnames or ()
    missing = [name for name in columns if name not in header]
    if missing:
        raise DatasetError(
            f"{path}: the column {missing[0]} is missing. The first line is "
            f"{shown_value(','.join(header)) if header else 'empty'}, it has to hold:\n"
            f"{','.join(columns)}"
        )
    yield from reader


@contextmanager
def errors_at_line(path: Path, number: int) -> Iterator[None]:
    """Turn a ``ValueError`` about a cell into a :class:`DatasetError` with file and line."""
    try:
        yield
    except (ValueError, TypeError) as error:
        raise DatasetError(f"{path}, line {number}: {error}") from None


def path_inside(folder: Path, file: str) -> Path:
    """Return the path of ``file`` in ``folder``; what lies there may be a link.

    Raises :class:`DatasetError` for a name that leads out of the folder.
    """
    name = PurePath(file)
    if name.is_absolute() or ".." in name.parts or not name.parts:
        raise DatasetError(f"{file!r} is not a file inside {folder}; only those are read")
    return Path(folder) / name
