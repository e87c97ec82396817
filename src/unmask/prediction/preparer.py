"""Prepares files in a process of its own: what a decoder does there, nobody else has to bear.

``python -m unmask.prediction.preparer`` is the process: it reads a request a line and answers with
a line for each step that begins and one at the end. What is made lies in the folder of the file.
"""

from __future__ import annotations

import json
import logging
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from unmask.errors import UnmaskError
from unmask.faces.index import FaceIndex
from unmask.frames.bounds import CRASHES, OUT_OF_MEMORY, bound_memory, crashed, took_too_long
from unmask.frames.index import FrameIndex
from unmask.frames.limits import USUAL, MediaLimits
from unmask.prediction.prepare import Prepared, lost, prepare
from unmask.workflow import lifeline

_FRAMES, _FACES = "frames.json", "faces.json"


@dataclass
class Preparer:
    """A process that prepares one file at a time; where it is lost, the next file gets another.

    Use it in a ``with`` block. It starts at once, since what it imports takes a while.
    """

    limits: MediaLimits = USUAL
    _process: subprocess.Popen[str] | None = field(default=None, init=False)
    _answers: queue.Queue[str] = field(default_factory=queue.Queue, init=False)

    def __post_init__(self) -> None:
        self._start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process, whatever it is doing."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe:
                    pipe.close()
        self._process = None

    def prepare(
        self,
        file: Path,
        contract: Mapping[str, Any],
        folder: Path,
        begin: Callable[[str], None] = lambda _: None,
        remedy: str = "",
        change: str = "",
    ) -> Prepared:
        """As :func:`unmask.prediction.prepare.prepare` does, within the limits.

        A file that takes the process along, or too much of its time or memory, is of no use, and
        the reason says so.

        Raises:
            UnmaskError: what is no fault of the file, such as a full disk.
        """
        folder.mkdir(parents=True, exist_ok=True)
        request: dict[str, Any] = {"file": str(file), "folder": str(folder), "remedy": remedy}
        request |= {"contract": dict(contract), "limits": asdict(self.limits), "change": change}
        try:
            why = self._ask(json.dumps(request), begin)
        except ChildProcessError as error:
            return replace(lost(file, folder, str(error)), interrupted=True)
        if why:
            return lost(file, folder, why)
        frames = FrameIndex.load(folder / _FRAMES)
        return Prepared(file, folder, frames, FaceIndex.load(folder / _FACES))

    def _ask(self, request: str, begin: Callable[[str], None]) -> str:
        """Why a request was not carried out; empty if it was."""
        end = time.monotonic() + self.limits.timeout
        process = self._process or self._start()
        try:
            assert process.stdin is not None  # noqa: S101  (it was asked for)
            print(request, file=process.stdin, flush=True)
        except OSError:
            return self._ended(process)
        while True:
            try:
                answer = json.loads(self._answers.get(timeout=max(0.0, end - time.monotonic())))
            except queue.Empty:
                self.close()
                return took_too_long(self.limits)
            if answer is None:
                return self._ended(process)
            if "error" in answer:
                raise UnmaskError(answer["error"])
            if "step" not in answer:
                return ""
            begin(answer["step"])

    def _ended(self, process: subprocess.Popen[str]) -> str:
        code = process.wait()
        self.close()
        if code == OUT_OF_MEMORY or -code in CRASHES:
            return crashed(code)
        if code >= 0:
            raise UnmaskError(
                f"The process that prepares files ended with status {code}; what it said stands "
                "above. The installation may be damaged:\n  make install"
            )
        raise ChildProcessError(
            f"somebody ended the process that prepared it (signal {-code}), perhaps for memory: "
            "try again, with fewer files at once"
        )

    def _start(self) -> subprocess.Popen[str]:
        package = str(Path(__file__).parents[2])
        path = os.pathsep.join(filter(None, [package, os.environ.get("PYTHONPATH")]))
        self._process = process = subprocess.Popen(
            [sys.executable, "-P", "-m", "unmask.prediction.preparer"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path},
            text=True,
            encoding="ascii",
        )
        answers: queue.Queue[str] = queue.Queue()
        self._answers = answers

        def follow() -> None:
            assert process.stdout is not None  # noqa: S101
            try:
                for line in process.stdout:
                    answers.put(line)
            except ValueError:  # closed under our hands
                pass
            answers.put("null")

        threading.Thread(target=follow, name="preparer", daemon=True).start()
        return process


def main() -> None:
    """Answer requests until there are none."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever asks decides
    # What a library prints must not pass for an answer.
    answers = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)
    lifeline.die_with(os.getppid())
    bound_memory()
    for line in sys.stdin:
        print(json.dumps(_answer(json.loads(line), answers)), file=answers, flush=True)


def _answer(request: dict[str, Any], answers: Any) -> dict[str, Any]:
    def begin(step: str) -> None:
        print(json.dumps({"step": step}), file=answers, flush=True)

    file, folder = Path(request["file"]), Path(request["folder"])
    limits = MediaLimits(**request["limits"])
    try:
        how = request["remedy"], limits, request["change"]
        made = prepare(file, request["contract"], folder, begin, *how)
        made.frames.save(folder / _FRAMES)
        made.crops.save(folder / _FACES)
    except UnmaskError as error:
        return {"error": str(error)}
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except Exception as error:
        logging.getLogger(__name__).debug("%s", file, exc_info=True)
        made = lost(file, folder, f"it cannot be prepared: {type(error).__name__}: {error}")
        made.frames.save(folder / _FRAMES)
        made.crops.save(folder / _FACES)
    return {}


if __name__ == "__main__":
    main()
