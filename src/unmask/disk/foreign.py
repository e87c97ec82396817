"""Reading what somebody else wrote: regular files only, and no more of them than makes sense.

A pipe would be waited for, a device read without end, and a small text can stand for gigabytes.
What is refused is said in one sentence, as the error that the caller names.
"""

from __future__ import annotations

import json
import os
import re
import reprlib
import stat
from io import BufferedReader
from pathlib import Path
from typing import Any

from unmask.errors import UnmaskError

MB = 1_000_000
MOST_JSON = 32 * MB
"""Bytes of a JSON file: three times the ``metadata.json`` that all of DFDC would have in one."""
MOST_VALUES = 5_000_000
"""Values in a JSON file."""
NOT_A_FILE = "a pipe, a device or a socket, not a file"

_NAME_LENGTH = 200
_WAITS_FOR_NOBODY = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


def open_regular(path: Path | str) -> BufferedReader:
    """Open a file for reading without ever waiting for somebody to write it.

    Raises:
        OSError: it cannot be opened, or is a pipe, a device, a socket or a folder.
    """
    file = open(path, "rb", opener=_opener)  # noqa: SIM115
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise OSError(0, NOT_A_FILE, str(path))
    return file


def _opener(path: str, flags: int) -> int:
    return os.open(path, flags | _WAITS_FOR_NOBODY)


def is_regular(path: Path | str) -> bool:
    """Whether there is such a file. A name that no file can have is that of none."""
    try:
        return stat.S_ISREG(os.stat(path).st_mode)  # noqa: PTH116
    except (OSError, ValueError):
        return False


def read_bytes(path: Path, most: int, error: type[UnmaskError]) -> bytes:
    """The content of a file of at most so many bytes; raises ``error`` if it cannot be had."""
    try:
        with open_regular(path) as file:
            content = file.read(most + 1)
    except (OSError, ValueError) as fault:
        why = getattr(fault, "strerror", None) or fault
        raise error(f"{shown(path)} cannot be read: {why}") from None
    if len(content) > most:
        raise error(f"{shown(path)} is larger than {most / MB:g} MB, which is the most here.")
    return content


def read_text(path: Path, most: int, error: type[UnmaskError]) -> str:
    """A file in UTF-8, with or without a mark of byte order, as text."""
    try:
        return read_bytes(path, most, error).decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise error(f"{shown(path)} is not a text in UTF-8: {fault}") from None


def read_json(
    path: Path, error: type[UnmaskError], *, most: int = MOST_JSON, **options: Any
) -> Any:
    """The content of a JSON file in UTF-8, with or without a mark of byte order."""
    return parse_json(read_bytes(path, most, error), shown(path), error, **options)


def parse_json(content: bytes, source: str, error: type[UnmaskError], **options: Any) -> Any:
    """What a JSON text says; ``options`` are those of :func:`json.loads`."""
    if sum(map(content.count, (b",", b"[", b"{"))) > MOST_VALUES:
        raise error(f"{source} holds more than {MOST_VALUES} values, which is the most here.")
    try:
        found = json.loads(content.decode("utf-8-sig"), **options)
        if _SURROGATE.search(content):
            json.dumps(found, ensure_ascii=False).encode()
    except RecursionError:
        raise error(f"{source} cannot be read as JSON: it is nested too deep.") from None
    except ValueError as fault:
        raise error(f"{source} cannot be read as JSON: {_plainly(fault)}") from None
    return found


def _plainly(fault: ValueError) -> str:
    if isinstance(fault, UnicodeEncodeError):
        return "half of a character (a lone surrogate) is in it"
    return str(fault).partition(";")[0]  # of a long number, Python goes on to advise on its limit


def shown(path: Path | str) -> str:
    """A name as it can be printed and written: as it is, or what is no UTF-8 as ``\\xff``."""
    if isinstance(path, str) and path.isascii() and len(path) <= _NAME_LENGTH:
        return path
    name = os.fspath(path).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return name if len(name) <= _NAME_LENGTH else f"{name[:_NAME_LENGTH]}…"


def shown_value(value: Any) -> str:
    """A value from outside as it stands in a message: not too long, not too deep."""
    short = reprlib.Repr()
    short.maxstring = short.maxother = 60
    short.maxlevel = 2
    try:
        return short.repr(value).encode("utf-8", "backslashreplace").decode()
    except ValueError:  # a number of more digits than Python prints
        return "a number of very many digits"
