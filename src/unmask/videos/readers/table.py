"""A CSV with ``path,label`` and, where known, ``group,split,method,subject``."""

from __future__ import annotations

import codecs
import csv
import io
import os
from collections.abc import Sequence
from pathlib import Path

from unmask.config.datasets import Table
from unmask.errors import DatasetError
from unmask.foreign import MB, is_regular, read_bytes
from unmask.videos.media_types import MEDIA_SUFFIXES, name_parts
from unmask.videos.readers.listing import (
    NOT_MEDIA,
    Clip,
    Listing,
    inside,
    parse_label,
    parse_split,
)

NEEDED = ("path", "label")
OPTIONAL = ("group", "split", "method", "subject")
MOST_BYTES, MOST_ROWS = 256 * MB, 1_000_000
_INDEX = ("", "unnamed: 0")
"""Names of a column that pandas adds in front: row numbers."""


def read(root: Path, settings: Table) -> Listing:
    """List the rows of the table whose files are there; the others are problems."""
    source = f"{settings.root}/{settings.table}"
    rows = _rows(root / inside(settings.table, source="datasets.table"), source)
    listing = Listing(namespace=settings.name)
    seen: dict[str, tuple[int, dict[str, str]]] = {}
    roots = tuple({f"{root.absolute()}/", f"{root.resolve()}/"})
    for number, row in rows:
        line = f"{source}, line {number}"
        path = inside(_relative(row["path"], root, roots), source=line)
        row["path"] = path
        if path in seen:
            first, other = seen[path]
            if other != row:
                raise DatasetError(
                    f"{line}: {path} stands already in line {first}, with other values "
                    f"(label {other['label']!r} there, {row['label']!r} here). Delete one of them."
                )
            continue
        seen[path] = number, row
        clip = _clip(path, row, line)
        if name_parts(path)[1].lower() not in MEDIA_SUFFIXES:
            listing.problems.append((path, NOT_MEDIA))
        elif is_regular(f"{root}/{path}"):
            listing.clips.append(clip)
        else:
            listing.problems.append((path, f"in {settings.table} but not in the folder"))
    return listing


def _relative(path: str, root: Path, roots: Sequence[str]) -> str:
    """``path`` as seen from ``root``, if it is an absolute one that lies in it."""
    given = path
    if path.startswith("~") and not is_regular(root / path):
        given = os.path.expanduser(path)  # noqa: PTH111  (leaves an unknown user as it is)
    return next((given.removeprefix(one) for one in roots if given.startswith(one)), given)


def _clip(path: str, row: dict[str, str], line: str) -> Clip:
    return Clip(
        path=path,
        name=name_parts(path)[0],
        label=parse_label(row["label"], source=line),
        group=row.get("group", ""),
        split=parse_split(row.get("split", ""), source=line),
        method=row.get("method", ""),
        subject=row.get("subject", ""),
    )


def _rows(path: Path, source: str) -> list[tuple[int, dict[str, str]]]:
    """Line numbers and rows, with surrounding spaces taken off."""
    if not path.exists():
        raise DatasetError(
            f"There is no table {source}. Write a CSV with the columns path,label there, or name "
            "yours with `table:`."
        )
    text = _text(path, source)
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    try:
        reader = csv.DictReader(io.StringIO(text), restval="", delimiter=delimiter, strict=True)
        columns = _columns(reader.fieldnames or [], source)
        reader.fieldnames = columns
        rows = []
        for row in reader:
            if None in row:
                raise DatasetError(
                    f"{source}, line {reader.line_num}: more values than columns. Put a path "
                    "with a comma in double quotes."
                )
            values = {k: (v or "").strip() for k, v in row.items() if k not in _INDEX}
            if any(values.values()):
                rows.append((reader.line_num, values))
            if len(rows) > MOST_ROWS:
                raise DatasetError(f"{source} has more than {MOST_ROWS} rows, the most here.")
        return rows
    except csv.Error as error:
        raise DatasetError(f"{source} is not a CSV: {error}") from None


def _text(path: Path, source: str) -> str:
    """The table as text: UTF-8, or UTF-16 as spreadsheets save it, with a mark of byte order."""
    content = read_bytes(path, MOST_BYTES, DatasetError)
    utf_16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = content.decode("utf-16" if utf_16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise DatasetError(
            f"{source} is not a CSV in UTF-8: {error}. In a spreadsheet, save it as "
            "'CSV UTF-8 (comma delimited)'."
        ) from None
    if "\0" in text:
        raise DatasetError(
            f"{source} is not a text file. In a spreadsheet, save it as 'CSV UTF-8'."
        )
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _columns(names: Sequence[str], source: str) -> list[str]:
    """The names of the columns as they are known. One without a name is a spreadsheet's index."""
    columns = [(name or "").strip().lower() for name in names]
    if twice := next((name for name in columns if name and columns.count(name) > 1), None):
        raise DatasetError(f"{source}: there are two columns {twice!r}. Delete one.")
    if missing := [name for name in NEEDED if name not in columns]:
        raise DatasetError(
            f"{source}: the column {missing[0]!r} is missing. The first line must read "
            f"path,label and may go on with {','.join(OPTIONAL)}."
        )
    known = (*NEEDED, *OPTIONAL, *_INDEX)
    if unknown := [name for name in columns if name not in known]:
        raise DatasetError(
            f"{source}: the column {unknown[0]!r} is not known. Allowed: "
            f"{','.join(NEEDED + OPTIONAL)}."
        )
    return columns
