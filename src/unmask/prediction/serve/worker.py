"""Works through uploads: one is prepared while another is scored, in the order they came."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from unmask.errors import UnmaskError
from unmask.prediction.prepare import Prepared
from unmask.prediction.preparer import Preparer
from unmask.prediction.results import Prediction
from unmask.prediction.serve.jobs import Job
from unmask.prediction.serve.limits import Limits

OURS = "Something went wrong here with this file. The terminal of the server says more."


class Scorer(Protocol):
    """What scores: :class:`unmask.prediction.predictor.Predictor`."""

    def score(self, prepared: Prepared) -> Prediction:
        """Score a prepared file."""

    def illustrate(self, prepared: Prepared, result: Prediction) -> None:
        """Add its pictures."""


class Worker:
    """Two threads with a place between them, so that at most three files have frames on disk."""

    def __init__(self, scorer: Scorer, contract: Mapping[str, Any], limits: Limits) -> None:
        """Start working."""
        self._scorer, self._contract = scorer, contract
        self._preparer = Preparer(limits.media)
        self._inbox: queue.Queue[tuple[Job, Path]] = queue.Queue()
        self._ready: queue.Queue[tuple[Job, Prepared]] = queue.Queue(maxsize=1)
        for work in (self._prepare_all, self._score_all):
            threading.Thread(target=work, name=work.__name__, daemon=True).start()

    def take(self, job: Job, file: Path) -> None:
        """Queue a received file."""
        job.step = "wait"
        self._inbox.put((job, file))

    def _prepare_all(self) -> None:
        while True:
            job, file = self._inbox.get()
            if prepared := self._guarded(job, partial(self._prepare, job, file)):
                self._ready.put((job, prepared))
            else:
                job.delete()

    def _score_all(self) -> None:
        while True:
            job, prepared = self._ready.get()
            self._guarded(job, partial(self._score, job, prepared))
            job.delete()

    def _guarded(self, job: Job, work: Callable[[], Prepared | None]) -> Prepared | None:
        """Do a piece of work unless nobody wants it; one bad file must not stop the others."""
        if job.gone:
            return None
        try:
            return work()
        except UnmaskError as error:
            job.reason = str(error)
        except Exception:
            if not job.gone:  # its files were deleted under our hands
                logging.exception("a file could not be scored")
            job.reason = OURS
        return None

    def _prepare(self, job: Job, file: Path) -> Prepared:
        def begin(step: str) -> None:
            job.step = step

        return self._preparer.prepare(file, self._contract, job.folder, begin)

    def _score(self, job: Job, prepared: Prepared) -> None:
        job.step = "score"
        result = self._scorer.score(prepared)
        result.file = job.name
        if not result.scored:
            job.reason = result.reason
            return
        job.step = "draw"
        self._scorer.illustrate(prepared, result)
        job.result = result
