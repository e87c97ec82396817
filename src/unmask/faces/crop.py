"""Cutting faces out of frames: square crops of one size, and how well a video served."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import numpy as np

from unmask.detections.detector import min_face_pixels
from unmask.detections.index import DetectionIndex, FrameFaces
from unmask.errors import UnreadableMedia
from unmask.faces.geometry import crop_square, in_crop
from unmask.faces.index import Crop, FaceIndex, Quality
from unmask.faces.select import _above, _choose, _in_tracks, _Sighting, _steady
from unmask.files import fresh_directory
from unmask.frames.images import read_image, write_jpeg
from unmask.records import Box, Point

STAGE = "faces"


def crop_faces(
    detections: DetectionIndex,
    frames_dir: Path,
    out_dir: Path,
    *,
    scale: float = 1.3,
    size: int = 224,
    faces: str = "largest",
    min_confidence: float = 0.9,
    align: bool = False,
    quality: int = 95,
    min_track: int = 2,
    smooth_s: float = 0.15,
) -> FaceIndex:
    """Save the crops of a video's faces as ``out_dir/NNNNNN_K.jpg``.

    NNNNNN is the frame number, K the position of the face among those detected in that frame.

    Args:
        detections: every face found in the sampled frames.
        frames_dir: where the frames are. Only those with a selected face are read.
        out_dir: is made anew; a quarantined video leaves it empty.
        scale: side of the square over the larger side of the box.
        size: side of the crops in pixels.
        faces: which faces of a frame: the ``largest``, the ``most_confident``, ``all``, or
            ``main``, that of the person seen largest for longest in the video.
        min_confidence: faces below it are not used, 0..1.
        align: turn crops so that the eyes are level, where the detector gives landmarks.
        quality: of the JPEGs, 1..100.
        min_track: faces linked through fewer sampled frames are dropped as false alarms, where
            others are linked through more.
        smooth_s: boxes are steadied along a track by a Gaussian of so many seconds; 0: not.

    Returns:
        The index, quarantined with a reason where no face passes ``min_confidence``, or where
        the detections are quarantined already.

    Raises:
        UnreadableMedia: a frame that the detections name is not in ``frames_dir``.
    """
    index = FaceIndex(video=detections.video, size=size, scale=scale)
    with fresh_directory(out_dir) as folder:
        if not detections.ok:
            return index.quarantine(detections.stage, detections.reason)
        seen = _in_tracks(_above(detections.frames, min_confidence), min_track)
        chosen = _steady(_choose(seen, faces), seen, smooth_s)
        index.quality = _quality(detections.frames, seen, chosen)
        index.quality.device = detections.detector.get("device", index.quality.device)
        if not chosen:
            return index.quarantine(STAGE, _why_none(detections, min_confidence))
        image, shown = None, None
        for sighting in chosen:
            face, frame, box = sighting.face, sighting.frame, sighting.box
            if frame is not shown:
                image, shown = _read_frame(frames_dir / frame.file), frame
            marks = face.landmarks if align else None
            crop = crop_square(image, box, scale=scale, size=size, landmarks=marks)
            name = f"{frame.frame:06d}_{sighting.position}.jpg"
            write_jpeg(folder / name, crop, quality)
            index.faces.append(
                Crop(
                    *(name, frame.frame, frame.time_s, box, face.confidence, sighting.track),
                    landmarks=_in_crop(face.landmarks, box, scale, marks),
                )
            )
    return index


def _quality(
    frames: Sequence[FrameFaces], seen: Sequence[Sequence[_Sighting]], chosen: Sequence[_Sighting]
) -> Quality:
    quality = Quality(frames_sampled=len(frames), frames_with_face=sum(map(bool, seen)))
    if chosen:
        quality.median_face_px = round(median(max(face.face.box[2:]) for face in chosen), 3)
        quality.median_confidence = round(median(face.face.confidence for face in chosen), 6)
    return quality


def _in_crop(
    points: list[Point] | None, box: Box, scale: float, marks: list[Point] | None
) -> list[Point] | None:
    if points is None:
        return None
    places = in_crop(points, box, scale=scale, landmarks=marks)
    return [(round(x, 4), round(y, 4)) for x, y in places]


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
