"""Files that are none, or no text: what may lie where a file is expected."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _loop(path: Path) -> None:
    path.symlink_to(path.name)


def _sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(8 * 10**9)


def _socket(path: Path) -> None:
    import socket

    place = socket.socket(socket.AF_UNIX)
    here = Path.cwd()
    os.chdir(path.parent)  # an address of a socket is short
    place.bind(path.name)
    os.chdir(here)


ODD: dict[str, Callable[[Path], object]] = {
    "a pipe": _fifo,
    "a socket": _socket,
    "a device without end": lambda path: path.symlink_to("/dev/zero"),
    "the terminal": lambda path: path.symlink_to("/dev/tty"),
    "memory": lambda path: path.symlink_to("/proc/self/mem"),
    "a link to itself": _loop,
    "a link to nothing": lambda path: path.symlink_to("nowhere"),
    "a folder": lambda path: path.mkdir(),
    "8 GB of nothing": _sparse,
    "empty": lambda path: path.write_bytes(b""),
    "one zero": lambda path: path.write_bytes(b"\0"),
    "noise": lambda path: path.write_bytes(bytes(range(256)) * 64),
    "UTF-16": lambda path: path.write_bytes("a: 1\n".encode("utf-16")),
    "Latin-1": lambda path: path.write_bytes("größe: 1\n".encode("latin-1")),
    "marks of byte order": lambda path: path.write_bytes(b"\xef\xbb\xbf" * 1000),
    "line ends": lambda path: path.write_bytes(b"\n" * 1_000_000),
    "one long line": lambda path: path.write_bytes(b"a" * 5_000_000),
    "a zip archive": lambda path: path.write_bytes(b"PK\3\4" + bytes(100)),
}
