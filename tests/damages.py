"""Ways in which a file gets damaged."""

import os
from collections.abc import Callable
from pathlib import Path


def emptied(path: Path) -> None:
    path.open("w").close()


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def one_bit_changed(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 4
    path.write_bytes(content)


DAMAGES: tuple[Callable[[Path], None], ...] = (Path.unlink, emptied, cut, one_bit_changed)
