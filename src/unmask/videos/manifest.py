"""The manifest: one row a video, over all datasets."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TypeVar

from unmask.disk.tables import read_table, table_text


@dataclass
class Video:
    """One row of the manifest. ``label`` is 1 for fake and 0 for real.

    ``id`` is the name by which every table knows it, there in the column ``video``. ``path`` is
    where it lies, seen from where the workflow runs. ``group`` holds all that must stay on one side
    of the split. ``split`` is train, val or test; before the groups are dealt out it is the
    dataset's own split, or empty.
    """

    id: str
    path: str
    label: int
    group: str
    split: str
    method: str
    dataset: str


@dataclass
class Candidate(Video):
    """A video before the groups are dealt out: a row of ``results/workflow/settings/videos.csv``.

    ``split`` is the dataset's own: train, val, test, either of the first two (``train+val``), or
    empty. ``donor`` is the group of the person whose face was put in, or empty. ``only`` is the
    one split that it may be in, whatever its group is dealt to, or empty. ``left_out`` says why it
    is not used, if it is not.
    """

    donor: str = ""
    only: str = ""
    left_out: str = ""


@dataclass
class LeftOut:
    """A row of ``results/left_out.csv``: a usable video that is not used, and why."""

    video: str
    dataset: str
    path: str
    reason: str


_COLUMNS = {"id": "video"}

AnyVideo = TypeVar("AnyVideo", Video, Candidate)


def manifest_text(videos: Iterable[Video]) -> str:
    """The rows as CSV."""
    return _text(Video, videos)


def candidates_text(videos: Iterable[Candidate]) -> str:
    """The rows as CSV."""
    return _text(Candidate, videos)


def left_out_text(rows: Iterable[LeftOut]) -> str:
    """The rows as CSV, sorted by video."""
    ordered = sorted(rows, key=lambda row: row.video)
    return _text(LeftOut, ordered)


def read_manifest(path: Path) -> list[Video]:
    """Read a manifest."""
    return _read(Video, path)


def read_candidates(path: Path) -> list[Candidate]:
    """Read the videos as they are before the groups are dealt out."""
    return _read(Candidate, path)


def read_left_out(path: Path) -> list[LeftOut]:
    """Read the table of what is left out."""
    return [LeftOut(**row) for row in read_table(path)]


def _text(kind: type, rows: Iterable[Video | LeftOut]) -> str:
    names = {field.name: _COLUMNS.get(field.name, field.name) for field in fields(kind)}
    return table_text(
        list(names.values()),
        ({column: getattr(row, name) for name, column in names.items()} for row in rows),
    )


def _read(kind: Callable[..., AnyVideo], path: Path) -> list[AnyVideo]:
    rows = read_table(path)
    return [kind(id=row.pop("video"), **{**row, "label": int(row["label"])}) for row in rows]
