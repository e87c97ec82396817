"""Faces in images and videos, as arrays."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from unmask.disk.records import Box, Point
from unmask.errors import UnmaskError, UnreadableMedia

if TYPE_CHECKING:
    from unmask.detections.index import Face
    from unmask.frames.limits import MediaLimits

Pixels = NDArray[np.uint8]
"""RGB (height, width, 3)."""


@dataclass(frozen=True)
class FaceCrop:
    """A square crop of one face in one frame.

    ``image`` is RGB (size, size, 3) uint8; ``box`` is left, top, width and height in pixels of the
    frame, ``confidence`` is 0..1, ``track`` numbers the person within the video, ``landmarks`` are
    five points of the crop (eyes, nose, corners of the mouth) as shares of its side, or None.
    """

    image: Pixels = field(repr=False)
    frame: int
    time_s: float
    track: int
    box: Box
    confidence: float
    landmarks: list[Point] | None = field(repr=False)


def find_faces(image: str | Path | Pixels, **detect: Any) -> list[Face]:
    """Find the faces in an image.

    Args:
        image: a file, or an RGB array (height, width, 3) uint8.
        detect: settings of the section ``detect`` of ``config.yaml``, such as ``min_face=0.05``.

    Returns:
        The faces, the most confident first. Each has a ``box`` (left, top, width, height) and five
        ``landmarks`` (eyes, nose, corners of the mouth) in pixels, and a ``confidence`` in 0..1.

    Raises:
        UnmaskError: the image cannot be read, the array has another form, or a setting is wrong.

    Example:
        >>> [face] = unmask.find_faces("portrait.png")
        >>> face.confidence > 0.99
        True
        >>> left, top, width, height = face.box
    """
    from unmask.config import validate
    from unmask.detections.detect import make_detector

    settings = validate({"detect": detect}).detect.model_dump()
    return make_detector(**settings).detect(_bgr(image))


def crop_faces(video: str | Path, **sections: Mapping[str, Any]) -> list[FaceCrop]:
    """Cut the faces out of a video's frames, or out of an image.

    Crops for a certain model are made by :meth:`Detector.crop_faces`.

    Args:
        video: a file.
        sections: ``frames``, ``detect`` and ``crop`` of ``config.yaml``, such as
            ``frames={"count": 8}``. What is left out has its default.

    Returns:
        The crops, in order of their frames.

    Raises:
        UnreadableMedia: there is no face in the video, or it cannot be read; the message says why.
        UnmaskError: there is no such file, or a setting is wrong.

    Example:
        >>> faces = unmask.crop_faces("clip.mp4", frames={"count": 4})
        >>> [face.image.shape for face in faces]
        [(224, 224, 3), (224, 224, 3), (224, 224, 3), (224, 224, 3)]
    """
    from unmask.config import validate
    from unmask.frames.limits import LIMITS, MediaLimits
    from unmask.prediction.prepare import PREPARATION

    if strange := sorted(set(sections) - set(PREPARATION)):
        raise UnmaskError(
            f"crop_faces: {strange[0]} is no section that says how crops are made. Allowed: "
            f"{', '.join(PREPARATION)}. For example:\n  crop_faces(video, crop={{'size': 224}})"
        )
    contract = validate(sections).model_dump(include=set(PREPARATION))
    limits = MediaLimits(**{key: contract["frames"].pop(key) for key in LIMITS})
    return crop_as(video, contract, limits)


def crop_as(
    video: str | Path, contract: Mapping[str, Any], limits: MediaLimits | None = None
) -> list[FaceCrop]:
    """Cut faces out as a contract's ``frames``, ``detect`` and ``crop`` say."""
    from unmask.frames.images import read_image
    from unmask.frames.limits import USUAL
    from unmask.prediction.prepare import prepare

    file = one_file(video)
    with tempfile.TemporaryDirectory(prefix="unmask-") as folder:
        prepared = prepare(file, contract, Path(folder), limits=limits or USUAL)
        if not prepared.crops.ok:
            raise UnreadableMedia(f"{file}: {prepared.crops.reason}")
        return [
            FaceCrop(
                np.ascontiguousarray(read_image(prepared.crops_dir / crop.file)[..., ::-1]),
                *(crop.frame, crop.time_s, crop.track, crop.box, crop.confidence, crop.landmarks),
            )
            for crop in prepared.crops.faces
        ]


def one_file(video: str | Path) -> Path:
    """The file that is meant; raises UnmaskError where it is not there or not one."""
    from unmask.videos.find_inputs import find_inputs

    files = find_inputs([str(video)]).files
    if len(files) != 1 or Path(video).expanduser().is_dir():
        raise UnmaskError(
            f"{video} stands for {len(files)} files. Name one of them, for example:\n  {files[0]}"
        )
    return files[0]


def _bgr(image: str | Path | Pixels) -> Pixels:
    from unmask.frames.images import read_image
    from unmask.frames.limits import USUAL

    if isinstance(image, str | Path):
        try:
            return read_image(Path(image).expanduser(), USUAL)
        except UnreadableMedia as error:
            raise UnreadableMedia(f"{image}: {error}") from None
    image = np.asarray(image)
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or not image.size:
        raise UnmaskError(
            f"An image is a file, or an RGB array (height, width, 3) uint8; this one is "
            f"{image.shape} {image.dtype}. For example:\n"
            '  np.asarray(PIL.Image.open("a.png").convert("RGB"))'
        )
    return np.ascontiguousarray(image[..., ::-1])
