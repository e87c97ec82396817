"""From a file to face crops, prepared as a model's crops were. Imports no TensorFlow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from unmask.detections.detect import detect_faces
from unmask.disk.files import fresh_directory
from unmask.errors import ModelError, UnmaskError
from unmask.faces.crop import crop_faces
from unmask.faces.index import FaceIndex
from unmask.frames.degrade import Degradation
from unmask.frames.index import FrameIndex
from unmask.frames.limits import USUAL, MediaLimits
from unmask.frames.sample import STAGE as FRAMES
from unmask.frames.sample import extract_frames

PREPARATION = ("frames", "detect", "crop")
"""What a model's contract has to say of how its crops were made."""

_CLIP = "clip"


@dataclass(frozen=True)
class Prepared:
    """A file's sampled frames and face crops, and the folders of both.

    ``interrupted``: what came out says nothing of the file.
    """

    file: Path
    folder: Path
    frames: FrameIndex
    crops: FaceIndex
    interrupted: bool = False

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
    limits: MediaLimits = USUAL,
    change: str = "",
) -> Prepared:
    """Sample, detect and crop as the contract says, below ``folder``.

    ``begin`` is called with each of ``PREPARATION`` as it begins. For ``remedy`` see
    :func:`unmask.frames.sample.extract_frames`. ``change`` names what is done to the file first
    (:class:`unmask.frames.degrade.Degradation`); empty: nothing.

    Whoever prepares what others made does so in a process of its own
    (:mod:`unmask.prediction.preparer`). A file that is of no use gives quarantined crops with the
    reason. Faces are looked for on whatever device there is: a model trained beside a GPU scores
    without one too.
    """
    frames_dir, crops_dir = folder / "frames", folder / "faces"
    try:
        begin("frames")
        loss = Degradation.parse(change) if change else None
        source = loss.of_video(file, folder) if loss else file
        frames = extract_frames(
            source, frames_dir, video=_CLIP, remedy=remedy, limits=limits, **contract["frames"]
        )
        if loss:
            loss.of_frames(frames, frames_dir)
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


def lost(file: Path, folder: Path, why: str) -> Prepared:
    """What a file was prepared to that cannot be: nothing, with the reason."""
    frames = FrameIndex(_CLIP, source=file.as_posix()).quarantine(FRAMES, why)
    crops = FaceIndex(_CLIP).quarantine(FRAMES, why)
    for name in ("frames", "faces"):
        with fresh_directory(folder / name):
            pass
    return Prepared(file, folder, frames, crops)
