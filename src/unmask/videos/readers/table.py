"""A CSV with ``path,label`` and, where known, ``group,split,method,subject,video``.

Of face crops (``cropped: true``) a video is the rows of one ``video``, or a row whose path is a
folder.
"""

from __future__ import annotations

import codecs
import csv
import io
import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path, PurePosixPath

from unmask.config.datasets import Table
from unmask.disk.foreign import MB, is_regular, read_bytes
from unmask.errors import DatasetError
from unmask.videos.media_types import MEDIA_SUFFIXES, name_parts
from unmask.videos.readers.listing import (
    NOT_MEDIA,
    Clip,
    Listing,
    by_folder,
    find_media,
    inside,
    parse_label,
    parse_split,
)

NEEDED = ("path", "label")
OPTIONAL = ("group", "split", "method", "subject", "video")
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
        if settings.cropped and (root / path).is_dir():
            clip.images = by_folder(find_media(root, path).media).get(path, ())
            clip.name = PurePosixPath(path).name
            listing.clips += [clip] if clip.images else []
            listing.problems += [] if clip.images else [(path, "a folder without images")]
        elif name_parts(path)[1].lower() not in MEDIA_SUFFIXES:
            listing.problems.append((path, NOT_MEDIA))
        elif is_regular(f"{root}/{path}"):
            listing.clips.append(clip)
        else:
            listing.problems.append((path, f"in {settings.table} but not in the folder"))
    if rows and (others := _others(rows[0][1])):
        listing.notes.append(
            f"columns without a meaning here: {', '.join(others)}. To measure the videos of each "
            f"value by themselves, write:\n  evaluate:\n    by: [{others[0]}]"
        )
    videos = {path: row["video"] for path, (_, row) in seen.items() if row.get("video")}
    if videos:
        _join(listing, videos, source, cropped=settings.cropped)
    return listing


def _join(listing: Listing, videos: Mapping[str, str], source: str, *, cropped: bool) -> None:
    """Make one clip of the images of each video, given its name by the path of each image.

    Raises:
        DatasetError: they are no crops, or rows of a video contradict each other.
    """
    if not cropped:
        raise DatasetError(
            f"{source}: the column 'video' joins images that are face crops already. Write:\n"
            "    cropped: true"
        )
    parts: dict[str, list[Clip]] = defaultdict(list)
    for clip in listing.clips:
        if clip.path in videos:
            parts[videos[clip.path]].append(clip)
    listing.clips = [clip for clip in listing.clips if clip.path not in videos]
    folders = Counter(
        folder
        for clips in parts.values()
        for folder in {PurePosixPath(c.path).parent for c in clips}
    )
    for name, clips in parts.items():
        first = clips[0]
        for clip in clips:
            if _facts(clip) != _facts(first):
                raise DatasetError(
                    f"{source}: the rows of the video {name!r} differ in more than their paths: "
                    f"{first.path} and {clip.path}. Give both the same values."
                )
        images = [path for clip in clips for path in clip.images or (clip.path,)]
        [folder, *others] = by_folder(images)
        alone = not others and folders[PurePosixPath(folder)] == 1
        ordered = tuple(path for found in by_folder(images).values() for path in found)
        listing.clips.append(
            replace(
                first,
                path=folder if alone else first.path,
                name=name,
                group=first.group or ("" if alone else name),
                images=ordered,
            )
        )


def _facts(clip: Clip) -> Clip:
    """What all rows of a video must agree in."""
    return replace(clip, path="", name="", images=())


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
        columns={name: value for name, value in row.items() if name != "path"},
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
    for name in _others(columns):
        if meant := get_close_matches(name, NEEDED + OPTIONAL, 1, 0.75):
            raise DatasetError(
                f"{source}: the column {name!r} is not known. If it is not meant to be "
                f"{meant[0]!r}, give it a name less like that. Known: "
                f"{','.join(NEEDED + OPTIONAL)}."
            )
    return columns


def _others(columns: Iterable[str]) -> list[str]:
    """The columns that have no meaning here."""
    return [name for name in columns if name not in (*NEEDED, *OPTIONAL, *_INDEX)]
