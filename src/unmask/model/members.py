"""Reading a ``.keras`` file, a zip archive, without trusting what it says of itself."""

from __future__ import annotations

import struct
import zipfile
import zlib
from pathlib import Path

from unmask.disk.foreign import MB, open_regular
from unmask.errors import ModelError

CONTRACT = "unmask.json"
MEMBERS = {CONTRACT: 1 * MB, "config.json": 64 * MB, "metadata.json": 1 * MB}
"""What is read of each, at most: the largest network of Keras describes itself in 5 MB."""
WEIGHTS = "model.weights.h5"
GRAPH, SOURCES = "scoring.onnx", "scoring.json"
"""What ONNX Runtime scores with, and where its weights are among those of Keras."""
EXTRAS = {GRAPH: 64 * MB, SOURCES: 4 * MB}
"""What not every model file has, and its size at most."""
_MOST_INFLATED = 8
"""Weights are noise, and hardly get smaller: they inflate by no more than this, and a bomb does."""
_MOST_DIRECTORY = 64 * 1024
_END = b"PK\5\6"
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def has_member(path: Path, name: str) -> bool:
    """Whether a model file has a member. Raises ModelError where it is none."""
    with _opened(path) as archive:
        return name in archive.namelist()


def read_member(path: Path, name: str) -> bytes:
    """A member of a model file, of at most the size that it can need.

    Raises:
        ModelError: no model file, no such member, or one that is damaged, encrypted or too large.
    """
    with _opened(path) as archive:
        if name not in archive.namelist():
            raise ModelError(
                f"{path} holds no {name}, so nothing says how its input is prepared. Use a model "
                "trained with unmask."
            )
        most = (MEMBERS | EXTRAS).get(name) or archive.getinfo(name).file_size
        content = _inflated(archive, path, name, most)
    if len(content) > most:
        raise ModelError(f"{path}: its {name} is larger than {most / MB:g} MB.")
    return content


def check_archive(path: Path) -> int:
    """Raise ModelError unless all members can be read, are known, and are as large as they say.

    Returns:
        The size of the weights in bytes.
    """
    with _opened(path) as archive:
        for entry in archive.infolist():
            if entry.filename not in {*MEMBERS, *EXTRAS, WEIGHTS} and not entry.filename.startswith(
                "assets/"
            ):
                raise ModelError(f"{path} holds {entry.filename[:60]!r}, which no model file does.")
        names = archive.namelist()
        for name in (*MEMBERS, WEIGHTS, *(name for name in EXTRAS if name in names)):
            if names.count(name) != 1:
                raise ModelError(f"{path} holds {name} {names.count(name)} times, not once.")
        most = _MOST_INFLATED * path.stat().st_size + MB
        if sum(entry.file_size for entry in archive.infolist()) > most:
            raise ModelError(
                f"{path} would unpack to over {_MOST_INFLATED} times its size; weights do not."
            )
        _skim(archive, path, WEIGHTS)
        return archive.getinfo(WEIGHTS).file_size


def _opened(path: Path) -> zipfile.ZipFile:
    if not path.exists():
        raise ModelError(f"There is no model file {path}. Train one: snakemake --cores all train")
    if path.suffix != ".keras" or not _is_archive(path):
        raise ModelError(f"{path} is not a .keras model file. Use the model.keras of a training.")
    try:
        return zipfile.ZipFile(path)
    except (OSError, ValueError, zipfile.BadZipFile, struct.error, NotImplementedError) as error:
        raise ModelError(f"{path} cannot be read: {error}.") from None


def _is_archive(path: Path) -> bool:
    """Whether a file ends like a zip archive whose list of members is not absurdly long."""
    try:
        with open_regular(path) as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - _MOST_DIRECTORY - 22))
            end = file.read()
    except OSError:
        return False
    place = end.rfind(_END)
    if place < 0 or len(end) < place + 22:
        return False
    (length,) = struct.unpack_from("<I", end, place + 12)
    return length <= _MOST_DIRECTORY


def _inflated(archive: zipfile.ZipFile, path: Path, name: str, most: int) -> bytes:
    entry = archive.getinfo(name)
    if entry.flag_bits & 1:
        raise ModelError(f"{path}: its {name} is encrypted; no model file is.")
    if entry.compress_type not in _METHODS:
        raise ModelError(f"{path}: its {name} is packed in a way that is not read here.")
    try:
        with archive.open(entry) as member:
            return member.read(most + 1)
    except (OSError, EOFError, ValueError, zlib.error, zipfile.BadZipFile, struct.error) as error:
        raise ModelError(f"{path}: its {name} cannot be read: {error}.") from None


def _skim(archive: zipfile.ZipFile, path: Path, name: str) -> None:
    """Read a member to its end, a part at a time, so that what is wrong with it is found out."""
    _inflated(archive, path, name, 0)
    try:
        with archive.open(name) as member:
            while member.read(MB):
                pass
    except (OSError, EOFError, ValueError, zlib.error, zipfile.BadZipFile, struct.error) as error:
        raise ModelError(f"{path}: its {name} cannot be read: {error}.") from None
