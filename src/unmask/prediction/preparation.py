"""Prepares many files, ahead of what is asked for.

Preparing needs no model, so it starts while that is still being loaded, and the next file is
prepared while one is scored.
"""

from __future__ import annotations

import queue
import shutil
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from unmask.disk.own_folder import own_folder
from unmask.frames.limits import USUAL, MediaLimits
from unmask.prediction.prepare import Prepared
from unmask.prediction.preparer import Preparer


class Preparation:
    """Prepares files in the background, in their order, ``jobs`` ahead of what is asked for.

    Each of ``jobs`` is a process of its own. Use it in a ``with`` block and iterate over it: what a
    file needs on disk is deleted when the next one is asked for.
    """

    def __init__(
        self,
        files: Sequence[Path],
        contract: Mapping[str, Any],
        jobs: int = 1,
        remedy: str = "",
        limits: MediaLimits = USUAL,
        change: str = "",
    ) -> None:
        """Start with the first files at once."""
        jobs = min(jobs, len(files))
        self._files, self._contract, self._remedy = files, contract, remedy
        self._change = change
        self._stack = ExitStack()
        self._root = self._stack.enter_context(own_folder("unmask-predict-"))
        self._preparers = [Preparer(limits) for _ in range(jobs)]
        self._free: queue.SimpleQueue[Preparer] = queue.SimpleQueue()
        for preparer in self._preparers:
            self._free.put(preparer)
        self._workers = ThreadPoolExecutor(max_workers=max(1, jobs))
        self._ahead = deque(self._start(number) for number in range(jobs))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._workers.shutdown(wait=False, cancel_futures=True)
        for preparer in self._preparers:
            preparer.close()
        self._workers.shutdown()
        self._stack.close()

    def __iter__(self) -> Iterator[Prepared]:
        following = len(self._ahead)
        while self._ahead:
            prepared = self._ahead.popleft().result()
            if following < len(self._files):
                self._ahead.append(self._start(following))
                following += 1
            yield prepared
            shutil.rmtree(prepared.folder, ignore_errors=True)

    def _start(self, number: int) -> Future[Prepared]:
        return self._workers.submit(self._prepare, number)

    def _prepare(self, number: int) -> Prepared:
        preparer = self._free.get()
        try:
            return preparer.prepare(
                self._files[number],
                self._contract,
                self._root / f"{number:06d}",
                remedy=self._remedy,
                change=self._change,
            )
        finally:
            self._free.put(preparer)
