"""Whether results are still what was written, at the price of a look at their times.

What was found out about a result is remembered with sizes and dates of its files, and holds until
one of these changes; then its files are read. So a checkout, a copy or a touch costs one reading.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from unmask.disk.contents import FOLDER, difference, files_in, is_intact
from unmask.disk.files import write_bytes
from unmask.workflow.expected import Result, is_file_name
from unmask.workflow.keys import key_in
from unmask.workflow.receipt import files_of

MEMORY = Path(".snakemake/unmask/results.tsv")
"""What was found out, true on this machine only."""

LOOKS_INTO = 1000
"""Of so many folders the files are looked at one by one. Of more, the folder's own date has to do,
which does not tell of a file that is changed in place: `unmask verify` does."""

_COLUMNS = 4
_TIMESTAMP = ".snakemake_timestamp"

Times = dict[str, int]
"""When files were changed, in nanoseconds, at least 1; 0 for one that is not there."""


@dataclass
class Found:
    """A result as it is: its key, how it differs from what was written, and times of its files.

    The times are of the files that the workflow looks at, which for a folder may be one in it.
    """

    key: str = ""
    damage: str = ""
    times: Times = field(default_factory=dict)

    @property
    def is_absent(self) -> bool:
        """Whether the file that holds the key is not there."""
        return not next(iter(self.times.values()))


@dataclass
class Inspection:
    """Looks at results in the folder ``where``. ``in_full`` reads all of them."""

    where: Path
    in_full: bool = False
    into_folders: bool = True
    _known: dict[str, list[str]] = field(default_factory=dict)
    _seen: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def load(cls, where: Path, folders: int = 0, *, in_full: bool = False) -> Inspection:
        """One that remembers, of about so many folders of results."""
        found = cls(where, in_full, folders <= LOOKS_INTO)
        try:
            text = (where / MEMORY).read_text("utf-8", "surrogateescape")
        except (OSError, ValueError):
            return found
        rows = (line.split("\t") for line in text.split("\n"))
        found._known = {row[0]: row[1:] for row in rows if len(row) == _COLUMNS}
        return found

    def save(self) -> None:
        """Remember what was found out."""
        if self._seen != self._known:
            lines = ("\t".join((name, *row)) for name, row in self._seen.items())
            text = "\n".join(lines) + "\n"
            write_bytes(self.where / MEMORY, text.encode("utf-8", "surrogateescape"))

    def look(self, result: Result) -> Found:
        """How a result is."""
        times, stamp = self._look_at_times(result)
        holder = result.outputs[0]
        found = Found(times=times)
        if found.is_absent:
            return found
        known = self._seen.get(holder) or self._known.get(holder)
        if known is None or known[0] != stamp or self.in_full:
            known = [stamp, *self._read(result)]
        self._seen[holder] = known
        _, found.key, found.damage = known
        return found

    def note(self, result: Result, damage: str | None = None) -> None:
        """Take note that its times were set, and that it is not to be believed, if so."""
        _, key, before = self._seen[result.outputs[0]]
        stamp = self._look_at_times(result)[1]
        self._seen[result.outputs[0]] = [stamp, key, before if damage is None else damage]

    def _look_at_times(self, result: Result) -> tuple[Times, str]:
        """The times of its files, and a text that changes if any of them is changed."""
        times: Times = {}
        stamps: list[int] = []
        for output in result.outputs:
            path = os.path.join(self.where, output)
            status = status_of(path)
            if status:
                stamps += (status.st_mtime_ns, status.st_ctime_ns)
            if is_file_name(output):
                stamps.append(status.st_size if status else -1)
            elif status:
                timestamp = f"{path}/{_TIMESTAMP}"
                if of_timestamp := status_of(timestamp):
                    path, status = timestamp, of_timestamp
                if self.into_folders:
                    stamps += self._of_files(os.path.join(self.where, output))
            times[path] = time_of(status)
        for benchmark in result.benchmarks:
            path = os.path.join(self.where, benchmark)
            times[path] = time_of(status_of(path))
        return times, " ".join(map(str, stamps))

    def _of_files(self, folder: str) -> Iterator[int]:
        found = [status for _, status in files_in(folder)]
        yield len(found)
        yield sum(status.st_size for status in found)
        yield sum(status.st_mtime_ns + status.st_ctime_ns for status in found)

    def _read(self, result: Result) -> tuple[str, str]:
        """The key of a result, and how it differs from what was written."""
        holder = result.outputs[0]
        try:
            data = (self.where / holder).read_bytes()
        except OSError as error:
            return "", f"{holder}: cannot be read ({error.strerror})"
        key = key_in(data)
        if not key or not is_intact(data):
            return key, f"{holder}: other bytes than were written"
        try:
            for name, written in self._written(result, data).items():
                path = self.where / name
                if not result.has_receipt and not path.exists():
                    continue  # the folder was deleted: it is made when it is needed
                if found := difference(path, written, in_full=self.in_full or self.into_folders):
                    return key, f"{name}: {found}"
        except (ValueError, KeyError, TypeError, AttributeError):
            return key, f"{holder}: other bytes than were written"
        return key, ""

    def _written(self, result: Result, data: bytes) -> dict[str, str]:
        """What was written beside the file that holds the key, by path."""
        if result.has_receipt:
            return files_of(data)
        if f'"{FOLDER}"'.encode() not in data[:256]:
            return {}
        return {result.outputs[-1]: json.loads(data)[FOLDER]}


def status_of(path: str) -> os.stat_result | None:
    """The status of a file or folder, if it is there."""
    try:
        return os.stat(path)
    except OSError:
        return None


def time_of(status: os.stat_result | None) -> int:
    """When a file was changed, in nanoseconds, at least 1; 0 if it is not there."""
    return max(1, status.st_mtime_ns) if status else 0  # archives may have left 0
