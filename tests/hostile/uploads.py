"""What is sent to the page, and who asks for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path

from hostile.case import FINISHED, Case
from hostile.clips import IMAGES, VIDEOS
from hostile.names import NAMES
from unmask.prediction.serve.jobs import Visits
from unmask.prediction.serve.limits import NAME_LENGTH, Limits, shown_name
from unmask.prediction.serve.origin_guard import LOCAL, Guard
from unmask.prediction.serve.receive import receive

LIMITS = Limits(bytes=3_000_000, silence=0.2, upload=1)
FOREIGN = (
    {"host": "attacker.example"}, {"host": ""}, {"host": "127.0.0.1.example:80"}, {"host": "[::2]"},
    {"host": "localhost", "origin": "http://attacker.example"},
    {"host": "localhost", "origin": "null"}, {"host": "localhost", "origin": "https://localhost"},
    {"host": "localhost", "sec-fetch-site": "cross-site"}, {"host": "a" * 10_000}, {"host": "[["},
    {"host": "localhost", "origin": "http://localhost:1"}, {"host": "localhost"},
)  # fmt: skip


def cases() -> Iterator[Case]:
    """All of them."""
    contents = VIDEOS | {name: make for name, (_, make) in IMAGES.items()}
    for name in list(contents)[::3]:
        yield Case("uploads", name, partial(_sent, contents[name]))
    for number, name in enumerate(NAMES[::4]):
        yield Case("uploads", f"called {number}", partial(_called, name.decode("utf-8", "replace")))
    for name, way in (("without an end", _endless), ("that stops", _stopping)):
        yield Case("uploads", name, partial(_arriving, way))
    for number, headers in enumerate(FOREIGN):
        for way in ("POST", "socket", "polling"):
            yield Case("uploads", f"asked for by {number}, {way}", partial(_asked, headers, way))


def _visits(folder: Path) -> Visits:
    return Visits(folder / "visits", files=2, waiting=2)


def _sent(make, folder: Path) -> str:
    content = make()

    async def parts() -> AsyncIterator[bytes]:
        for place in range(0, len(content), 65_536):
            yield content[place : place + 65_536]

    return _arriving(parts, folder)


async def _endless() -> AsyncIterator[bytes]:
    while True:
        yield b"\0\0\0\x18ftypisom" * 5000
        await asyncio.sleep(0)


async def _stopping() -> AsyncIterator[bytes]:
    yield b"\0\0\0\x18ftypisom"
    await asyncio.sleep(3600)


def _arriving(parts, folder: Path) -> str:
    visits = _visits(folder)
    job = visits.add(visits.open(), "a.mp4")
    file = asyncio.run(receive(job, parts(), None, LIMITS))
    if file.parent != job.folder or file.stat().st_size > LIMITS.bytes:
        raise AssertionError(f"it lies in {file}")
    return FINISHED


def _called(name: str, folder: Path) -> str:
    visits = _visits(folder)
    job = visits.add(visits.open(), name)
    if len(job.name) > NAME_LENGTH or not job.name.isprintable() or "/" in shown_name(name):
        raise AssertionError(job.name)
    return FINISHED


def _asked(headers: dict[str, str], way: str, folder: Path) -> str:
    scope = {
        "type": "websocket" if way == "socket" else "http",
        "method": "POST" if way == "POST" else "GET",
        "path": "/_nicegui_ws/socket.io/",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    if not Guard(None, LOCAL).why_not(scope):  # type: ignore[arg-type]
        raise AssertionError("let in")
    return FINISHED
