"""Fingerprints of source files: whether a video is another one, whatever its date says.

Moving, unpacking and restoring files keeps old dates, so dates alone would let a replaced video
pass for the one before. A fingerprint is a digest of the size and of three samples of the bytes.
It is kept with size, dates and inode, and taken again only when one of these changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from unmask.disk.files import fingerprint, write_if_changed
from unmask.disk.tables import read_table, table_text

_COLUMNS = ("path", "stamp", "fingerprint")


def fingerprints(
    paths: Iterable[str],
    where: Path,
    memory: Path,
    *,
    keep: bool,
    of: Callable[[Path], str] = fingerprint,
) -> dict[str, str]:
    """The fingerprint of each file, by its path as seen from ``where``.

    ``memory`` is the table of what is known; it is brought up to date if ``keep``. ``of`` takes a
    fingerprint, or another digest of a file.
    """
    known = {row["path"]: row for row in read_table(memory)} if memory.is_file() else {}
    rows = []
    for path in paths:
        stat = (where / path).stat()
        stamp = f"{stat.st_size}-{stat.st_mtime_ns}-{stat.st_ctime_ns}-{stat.st_ino}"
        row = known.get(path)
        if row is None or row["stamp"] != stamp:
            row = {"path": path, "stamp": stamp, "fingerprint": of(where / path)}
        rows.append(row)
    if keep:
        write_if_changed(memory, table_text(_COLUMNS, rows))
    return {row["path"]: row["fingerprint"] for row in rows}
