"""From a file to face crops, prepared as a model's crops were. Imports no TensorFlow.

Preparing needs no model, so it starts while that is still being loaded, and the next file is
prepared while one is scored.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from unmask.detections.detect import detect_faces
from unmask.errors import ModelError, UnmaskError
from unmask.faces.crop import crop_faces
from unmask.faces.index import FaceIndex
from unmask.frames.index import FrameIndex
from unmask.frames.sample import extract_frames

PREPARATION = ("frames", "detect", "crop")
"""What a model's contract has to say of how its crops were made."""

_CLIP = "clip"


@dataclass(frozen=True)
class Prepared:
    """A file's sampled frames and face crops, and the folders of both."""

    file: Path
    folder: Path
    frames: FrameIndex
    crops: FaceIndex

    @property
    def frames_dir(self) -> Path:
        """Where the sampled frames are."""
        return self.folder / "frames"

    @property
    def crops_dir(self) -> Path:
        """Where the crops are."""
        return self.folder / "faces"


def check_preparation(contract: Mapping[str, Any], model: Path) -> None:
    """Raise ModelError unless the contract says how crops are made."""
    if missing := [name for name in PREPARATION if name not in contract]:
        raise ModelError(
            f"{model}: its contract does not say how {', '.join(missing)} were set, so new "
            "videos cannot be prepared as its crops were. Train it with this version."
        )


def prepare(
    file: Path,
    contract: Mapping[str, Any],
    folder: Path,
    begin: Callable[[str], None] = lambda _: None,
    remedy: str = "",
) -> Prepared:
    """Sample, detect and crop as the contract says, below ``folder``.

    ``begin`` is called with each of ``PREPARATION`` as it begins. For ``remedy`` see
    :func:`unmask.frames.sample.extract_frames`.

    A file that is of no use gives quarantined crops with the reason. Faces are looked for on
    whatever device there is: a model trained beside a GPU scores without one too.
    """
    frames_dir, crops_dir = folder / "frames", folder / "faces"
    try:
        begin("frames")
        frames = extract_frames(file, frames_dir, video=_CLIP, remedy=remedy, **contract["frames"])
        begin("detect")
        found = detect_faces(frames, frames_dir, **{**contract["detect"], "device": "auto"})
        begin("crop")
        # A model that knows of no other place than the box is older than the others.
        crops = crop_faces(found, frames_dir, crops_dir, **{"place": "box", **contract["crop"]})
    except OSError as error:
        raise UnmaskError(
            f"{file}: {error.strerror or error} while its frames were written to {folder}. Name a "
            "folder with room for them:\n  TMPDIR=/some/folder unmask predict ..."
        ) from error
    return Prepared(file, folder, frames, crops)


class Preparation:
    """Prepares files in the background, in their order, ``jobs`` ahead of what is asked for.

    Use it in a ``with`` block and iterate over it: what a file needs on disk is deleted when the
    next one is asked for.
    """

    def __init__(
        self, files: Sequence[Path], contract: Mapping[str, Any], jobs: int = 1, remedy: str = ""
    ) -> None:
        """Start with the first files at once."""
        self._files, self._contract, self._remedy = files, contract, remedy
        self._root = tempfile.TemporaryDirectory(prefix="unmask-", ignore_cleanup_errors=True)
        self._workers = ThreadPoolExecutor(max_workers=jobs)
        self._ahead = deque(self._start(number) for number in range(min(jobs, len(files))))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._workers.shutdown(cancel_futures=True)
        self._root.cleanup()

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
        folder = Path(self._root.name) / f"{number:06d}"
        return self._workers.submit(
            prepare, self._files[number], self._contract, folder, remedy=self._remedy
        )
