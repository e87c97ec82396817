"""A CSV with ``path,label`` and, where known, ``group,split,method,subject``."""

from __future__ import annotations

import csv
from pathlib import Path, PurePosixPath

from unmask.config.datasets import AnyDataset
from unmask.errors import DatasetError
from unmask.videos.media_types import IMAGE_SUFFIXES, VIDEO_SUFFIXES
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


def read(root: Path, settings: AnyDataset) -> Listing:
    """List the rows of the table whose files are there; the others are problems."""
    source = f"{settings.root}/{settings.table}"
    rows = _rows(root / inside(settings.table, source="datasets.table"), source)
    listing = Listing(namespace=settings.name)
    seen: dict[str, tuple[int, dict[str, str]]] = {}
    for number, row in rows:
        line = f"{source}, line {number}"
        path = inside(row["path"], source=line)
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
        if PurePosixPath(path).suffix.lower() not in VIDEO_SUFFIXES | IMAGE_SUFFIXES:
            listing.problems.append((path, NOT_MEDIA))
        elif (root / path).is_file():
            listing.clips.append(clip)
        else:
            listing.problems.append((path, f"in {settings.table} but not in the folder"))
    return listing


def _clip(path: str, row: dict[str, str], line: str) -> Clip:
    return Clip(
        path=path,
        name=PurePosixPath(path).stem,
        label=parse_label(row["label"], source=line),
        group=row.get("group") or path,
        split=parse_split(row.get("split", ""), source=line),
        method=row.get("method", ""),
        subject=row.get("subject", ""),
    )


def _rows(path: Path, source: str) -> list[tuple[int, dict[str, str]]]:
    """Line numbers and rows, with surrounding spaces taken off."""
    if not path.is_file():
        raise DatasetError(
            f"There is no table {source}. Write a CSV with the columns path,label there, or name "
            "yours with `table:`."
        )
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file, restval="")
            columns = [(name or "").strip().lower() for name in reader.fieldnames or []]
            if len(columns) == 1 and any(mark in columns[0] for mark in ";\t"):
                raise DatasetError(f"{source}: separate the columns by commas: path,label")
            if twice := next((name for name in columns if columns.count(name) > 1), None):
                raise DatasetError(f"{source}: there are two columns {twice!r}. Delete one.")
            unknown = [name for name in columns if name not in NEEDED + OPTIONAL]
            if missing := [name for name in NEEDED if name not in columns]:
                raise DatasetError(
                    f"{source}: the column {missing[0]!r} is missing. The first line must read "
                    f"path,label and may go on with {','.join(OPTIONAL)}."
                )
            if unknown:
                raise DatasetError(
                    f"{source}: the column {unknown[0]!r} is not known. Allowed: "
                    f"{','.join(NEEDED + OPTIONAL)}."
                )
            reader.fieldnames = columns
            rows = []
            for row in reader:
                if None in row:
                    raise DatasetError(
                        f"{source}, line {reader.line_num}: more values than columns. Put a path "
                        "with a comma in double quotes."
                    )
                if not any(row.values()):
                    continue
                rows.append((reader.line_num, {k: (v or "").strip() for k, v in row.items()}))
            return rows
    except (UnicodeDecodeError, csv.Error) as error:
        raise DatasetError(f"{source} is not a CSV in UTF-8: {error}") from None
