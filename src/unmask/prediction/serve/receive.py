"""Takes an upload in, and stops where it grows too large."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from unmask.prediction.serve.check_upload import Refused, suffix_of
from unmask.prediction.serve.jobs import Job
from unmask.prediction.serve.limits import Limits
from unmask.videos.media_types import HEAD


async def receive(
    job: Job, chunks: AsyncIterator[bytes], announced: int | None, limits: Limits
) -> Path:
    """Write an upload into the job's folder under a name of our own, and return the file.

    ``announced``: the size in bytes that the browser gave, if any; it is not relied on.

    Raises:
        Refused: larger than allowed, too slow, empty, or no video or image.
    """
    too_large = Refused(f"The file is larger than {limits.size}, which is the most here.")
    if announced is not None and announced > limits.bytes:
        raise too_large
    job.folder.mkdir(mode=0o700, parents=True)
    unnamed = job.folder / "upload"
    size, head = 0, b""
    with unnamed.open("wb") as file:
        async for chunk in _patiently(chunks, limits):
            size += len(chunk)
            if size > limits.bytes:
                raise too_large
            if len(head) < HEAD:
                head += chunk[:HEAD]
            await asyncio.to_thread(file.write, chunk)
            job.received = size / announced if announced else 0.0
    return unnamed.rename(unnamed.with_suffix(suffix_of(head)))


async def _patiently(chunks: AsyncIterator[bytes], limits: Limits) -> AsyncIterator[bytes]:
    """The parts of an upload as they come, as long as they do; it must not keep its place."""
    try:
        async with asyncio.timeout(limits.upload):
            while True:
                try:
                    yield await asyncio.wait_for(anext(chunks), limits.silence)
                except StopAsyncIteration:
                    return
    except TimeoutError:
        raise Refused("It came too slowly, or stopped. Try again.") from None
