"""The pictures of a file: thumbnails along its timeline, and heat maps of what stands out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from unmask.detections.detector import REDUCTIONS, read_frame
from unmask.evaluation.explain.overlay import (
    THUMBNAIL,
    draw_heat,
    face_region,
    share_inside,
    thumbnail,
)
from unmask.evaluation.explain.standouts import evenly, standouts
from unmask.evaluation.scores import FrameScore
from unmask.faces.index import Crop
from unmask.prediction.prepare import Prepared
from unmask.prediction.results import Heat, Pictures, Prediction, Thumbnail
from unmask.report.pages.data_uri import data_uri

if TYPE_CHECKING:
    from unmask.evaluation.explain.layers import ModelParts

THUMBNAILS = 10
STANDOUTS = 3


def take_pictures(
    parts: ModelParts | None, prepared: Prepared, result: Prediction, threshold: float
) -> Pictures:
    """Up to ``THUMBNAILS`` frames, and the ``STANDOUTS`` frames most and least suspicious.

    The most suspicious show what speaks for fake, the least suspicious what speaks for real. Where
    ``split`` is None there are no heat maps.
    """
    pictures = Pictures(thumbnails=_thumbnails(prepared, result, threshold))
    if result.scored and parts is not None:
        most, least = standouts(result.frames, STANDOUTS)
        heats = _heats(parts, prepared, result, most, least)
        pictures.most, pictures.least = heats[: len(most)], heats[len(most) :]
    return pictures


def _thumbnails(prepared: Prepared, result: Prediction, threshold: float) -> list[Thumbnail]:
    index = prepared.frames
    known = {row.frame: row.p_fake for row in result.frames}
    larger = max(index.width, index.height, 1)
    reduction = max(n for n in REDUCTIONS if n == 1 or larger / n >= THUMBNAIL)
    taken = []
    for place in evenly(len(index.frames), THUMBNAILS):
        frame = index.frames[place]
        image = read_frame(prepared.frames_dir / frame.file, index.width, index.height, reduction)
        boxes = [(f.box, f.p_fake >= threshold) for f in result.faces if f.frame == frame.frame]
        small = thumbnail(image, boxes, reduction)
        taken.append(Thumbnail(frame.frame, frame.time_s, known.get(frame.frame), data_uri(small)))
    return taken


def _heats(
    parts: ModelParts,
    prepared: Prepared,
    result: Prediction,
    most: Sequence[FrameScore],
    least: Sequence[FrameScore],
) -> list[Heat]:
    chosen = [_highest(prepared, result, row.frame) for row in (*most, *least)]
    files = [prepared.crops_dir / crop.file for crop, _ in chosen]
    drawn = draw_heat(parts, files[: len(most)], "fake")
    drawn += draw_heat(parts, files[len(most) :], "real")
    heats = []
    for (crop, p_fake), one in zip(chosen, drawn, strict=True):
        mask = face_region(len(one.heat), crop.box, crop.square)
        share, area = round(share_inside(one.heat, mask), 4), round(float(mask.mean()), 4)
        pictures = data_uri(one.crop), data_uri(one.over)
        heats.append(Heat(crop.frame, crop.time_s, p_fake, *pictures, share, area))
    return heats


def _highest(prepared: Prepared, result: Prediction, frame: int) -> tuple[Crop, float]:
    """The crop behind a frame's score: the one with the highest, and that score."""
    pairs = zip(prepared.crops.faces, result.faces, strict=True)
    return max(
        ((crop, face.p_fake) for crop, face in pairs if crop.frame == frame),
        key=lambda pair: pair[1],
    )
