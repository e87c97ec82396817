"""Cutting faces out of frames: square crops of one size, and how well a video served."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from unmask.detections.detector import min_face_pixels
from unmask.detections.index import DetectionIndex, FrameFaces
from unmask.disk.files import fresh_directory
from unmask.disk.records import Point, Square
from unmask.errors import UnreadableMedia
from unmask.faces.geometry import Geometry, crop_square, in_crop
from unmask.faces.index import Crop, FaceIndex, Quality
from unmask.faces.look import Look, look, sharpness
from unmask.faces.select import _above, _choose, _in_tracks, _Sighting, _steady
from unmask.frames.images import read_image, write_jpeg

STAGE = "faces"


def crop_faces(
    detections: DetectionIndex,
    frames_dir: Path,
    out_dir: Path,
    *,
    size: int = 224,
    faces: str = "main",
    min_confidence: float = 0.9,
    quality: int = 95,
    min_track: int = 2,
    smooth_s: float = 0.15,
    **geometry: Any,
) -> FaceIndex:
    """Save the crops of a video's faces as ``out_dir/NNNNNN_K.jpg``.

    NNNNNN is the frame number, K the position of the face among those detected in that frame.

    Args:
        detections: every face found in the sampled frames.
        frames_dir: where the frames are. Only those with a selected face are read.
        out_dir: is made anew; a quarantined video leaves it empty.
        size: side of the crops in pixels.
        faces: which faces of a frame: that of the ``main`` person, who is seen largest for longest
            in the video, the ``largest``, the ``most_confident``, or ``all``.
        min_confidence: faces below it are not used, 0..1.
        quality: of the JPEGs, 1..100.
        min_track: faces linked through fewer sampled frames are dropped as false alarms, where
            others are linked through more.
        smooth_s: boxes and landmarks are steadied along a track by a Gaussian of so many seconds;
            0: not.
        geometry: the fields of :class:`unmask.faces.geometry.Geometry`.

    Returns:
        The index, quarantined with a reason where no face passes ``min_confidence``, or where
        the detections are quarantined already.

    Raises:
        UnreadableMedia: a frame that the detections name is not in ``frames_dir``.
    """
    index = FaceIndex(video=detections.video, size=size)
    place = Geometry(**geometry)
    with fresh_directory(out_dir) as folder:
        if not detections.ok:
            return index.quarantine(detections.stage, detections.reason)
        seen = _above(detections.frames, min_confidence)
        seen = _in_tracks(seen, min_track, pointless=place.place == "box")
        chosen = _steady(_choose(seen, faces), seen, smooth_s)
        index.quality = _quality(detections.frames, seen, chosen)
        index.quality.device = detections.detector.get("device", index.quality.device)
        if not chosen:
            return index.quarantine(STAGE, _why_none(detections, min_confidence))
        image: Any  # an array, once a frame is read
        image, shown = None, None
        for sighting in chosen:
            face, frame = sighting.face, sighting.frame
            if frame is not shown:
                image, shown = _read_frame(frames_dir / frame.file), frame
            square = rounded(place.square(face.box, face.landmarks))
            name = f"{frame.frame:06d}_{sighting.position}.jpg"
            crop = crop_square(image, square, size)
            write_jpeg(folder / name, crop, quality)
            index.faces.append(
                Crop(
                    *(name, frame.frame, frame.time_s, face.box, face.confidence, square),
                    track=sighting.track,
                    landmarks=shares(face.landmarks, square),
                    sharpness=sharpness(crop),
                )
            )
        index.quality = replace(index.quality, **vars(look_of(index.faces)))
    return index


def _quality(
    frames: Sequence[FrameFaces], seen: Sequence[Sequence[_Sighting]], chosen: Sequence[_Sighting]
) -> Quality:
    quality = Quality(frames_sampled=len(frames), frames_with_face=sum(map(bool, seen)))
    if chosen:
        quality.median_face_px = round(median(max(face.face.box[2:]) for face in chosen), 3)
        quality.median_confidence = round(median(face.face.confidence for face in chosen), 6)
    return quality


def rounded(square: Square) -> Square:
    """A square as the index holds it, so that what is drawn by the index is what was cut."""
    x, y, side = (round(value, 2) for value in square[:3])
    return Square(x, y, side, round(square.tilt, 5))


def look_of(crops: Sequence[Crop]) -> Look:
    """What the crops of a video look like."""
    return look((crop.landmarks for crop in crops), (crop.sharpness for crop in crops))


def shares(points: Sequence[Point] | None, square: Square) -> list[Point] | None:
    """Where landmarks are in the crop of a square, as the index holds them."""
    if points is None:
        return None
    return [(round(x, 4), round(y, 4)) for x, y in in_crop(points, square)]


def _why_none(found: DetectionIndex, min_confidence: float) -> str:
    frames = found.frames
    best = max((face.confidence for frame in frames for face in frame.faces), default=None)
    if best is None:
        none = (
            "no face in the picture"
            if len(frames) == 1
            else f"no face in any of {len(frames)} frames"
        )
        return none + _smallest(found)
    # Rounded down, so that 0.8996 does not read as 0.9.
    best = math.floor(best * 1000) / 1000
    return f"best confidence {best:g} is below crop.min_confidence {min_confidence:g}"


def _smallest(found: DetectionIndex) -> str:
    """From which size on faces were looked for, where the detector says so."""
    if "min_face" not in found.detector:
        return ""
    min_face = found.detector["min_face"]
    pixels = min_face_pixels(min_face, found.width, found.height)
    return f"; looked for: faces from {pixels:.0f} pixels up (detect.min_face: {min_face:g})"


def _read_frame(path: Path) -> np.ndarray:
    try:
        return read_image(path)
    except UnreadableMedia as error:
        raise UnreadableMedia(f"{path}: {error}; make the frames again") from None
