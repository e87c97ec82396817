"""Why a job failed, from the end of its log."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

END_BYTES = 65536
LINES = 25

_OURS = re.compile(r"^unmask(?: \w+)?: ", re.MULTILINE)


def reason(files: Sequence[Path]) -> list[str]:
    """The message of our command, if it ended with one; else the end of its log."""
    for file in files:
        text = _end(file).strip()
        if not text:
            continue
        if "Traceback" not in text and (found := list(_OURS.finditer(text))):
            return text[found[-1].start() :].splitlines()
        lines = text.splitlines()
        return [*lines[-LINES:], f"(the end of {file})"]
    named = f" Its log, {files[0]}, is empty." if files else ""
    return [f"It said nothing, as a job that was killed or ran out of memory.{named}"]


def _end(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            stream.seek(max(0, file.stat().st_size - END_BYTES))
            return stream.read().decode("utf-8", "replace")
    except OSError:
        return ""
