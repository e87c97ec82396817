"""One uploaded file on its way to a verdict, and the page that it belongs to."""

from __future__ import annotations

import secrets
import shutil
import threading
from dataclasses import dataclass, field
from pathlib import Path

from unmask.errors import UnmaskError
from unmask.prediction.results import Prediction
from unmask.prediction.serve.limits import shown_name

STEPS = {
    "receive": "receiving the file",
    "wait": "waiting for its turn",
    "frames": "taking frames",
    "detect": "looking for faces",
    "crop": "cutting out faces",
    "score": "scoring",
    "draw": "drawing heat maps",
}
"""What can be seen happening to a file, in this order."""


@dataclass(eq=False)
class Job:
    """A file: ``name`` is the visitor's and only ever shown; ``folder`` is ours.

    ``step`` is one of ``STEPS`` while it is worked on. In the end there is a ``result`` or a
    ``reason`` why not. Threads write to a job and a page reads it: each change is one assignment.
    """

    name: str
    folder: Path
    step: str = "receive"
    received: float = 0.0
    result: Prediction | None = None
    reason: str = ""
    gone: bool = False

    @property
    def done(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.result is not None or bool(self.reason) or self.gone

    @property
    def progress(self) -> float:
        """How far it is, 0..1: each step counts the same, and receiving is seen to move."""
        steps = list(STEPS)
        return (steps.index(self.step) + (self.received if self.step == "receive" else 0)) / len(
            steps
        )

    def refuse(self, reason: str) -> None:
        """It will not be scored."""
        self.reason = reason
        self.delete()

    def drop(self) -> None:
        """Nobody wants it any more. What is being done to it is not interrupted, only discarded."""
        self.gone = True
        self.delete()

    def delete(self) -> None:
        """Delete the upload and what was made of it."""
        shutil.rmtree(self.folder, ignore_errors=True)


@dataclass(eq=False)
class Visit:
    """An open page: its files, and the word by which uploads say that they belong to it."""

    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    jobs: list[Job] = field(default_factory=list)


class Visits:
    """All open pages. Uploads are kept below ``root``, under names of our own."""

    def __init__(self, root: Path, *, files: int, waiting: int, pages: int = 200) -> None:
        """``files`` a page, ``waiting`` in all, and ``pages`` that may be open."""
        self._root, self._files, self._waiting, self._pages = root, files, waiting, pages
        self._visits: dict[str, Visit] = {}
        self._lock = threading.Lock()

    def open(self) -> Visit:
        """A new page.

        Raises:
            UnmaskError: as many are open as may be.
        """
        visit = Visit()
        with self._lock:
            if len(self._visits) >= self._pages:
                raise UnmaskError("Too many pages are open. Close some, and wait a minute.")
            self._visits[visit.token] = visit
        return visit

    def find(self, token: str) -> Visit | None:
        """The page of a token."""
        return self._visits.get(token)

    def close(self, visit: Visit) -> None:
        """The visitor has left: forget the page and all that was sent to it."""
        with self._lock:
            self._visits.pop(visit.token, None)
        for job in visit.jobs:
            job.drop()

    def add(self, visit: Visit, name: str) -> Job:
        """A new file on a page.

        Raises:
            UnmaskError: the page, or the server, has as many as it takes.
        """
        with self._lock:
            if len(visit.jobs) >= self._files:
                raise UnmaskError(
                    f"{self._files} files are on this page. Remove some, or reload it."
                )
            pending = [j for one in self._visits.values() for j in one.jobs if not j.done]
            if len(pending) >= self._waiting:
                raise UnmaskError("Too many files are waiting. Try again when some are scored.")
            job = Job(shown_name(name), self._root / secrets.token_hex(16))
            visit.jobs.append(job)
        return job

    def remove(self, visit: Visit, job: Job) -> None:
        """Take a file off a page."""
        job.drop()
        with self._lock:
            visit.jobs.remove(job)
