"""CSV files, written the same way everywhere: UTF-8, unix line ends, whole or not at all."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any


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


def read_table(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV as text, by column."""
    with Path(path).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write_text(path: Path, text: str) -> None:
    """Write ``text`` under a temporary name, then put it in place."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    partial.write_text(text, "utf-8", newline="\n")
    partial.replace(path)


def write_if_changed(path: Path, text: str) -> None:
    """Write ``text`` unless the file holds it already, so that its time tells of a change."""
    path = Path(path)
    if not path.is_file() or path.read_text("utf-8") != text:
        write_text(path, text)
