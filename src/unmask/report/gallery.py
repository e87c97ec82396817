"""Example crops of videos that were judged correctly, and of those that were not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from unmask.dataset.crops_table import CropFile
from unmask.disk.tables import path_inside
from unmask.evaluation.explain.index import HeatMap
from unmask.report.judged_videos import JudgedVideo
from unmask.report.pages.data_uri import small_picture

SIDE = 192
"""Largest side of an example in pixels."""


@dataclass(frozen=True)
class Example:
    """One picture of the gallery; data URIs, None where there is none or it cannot be read.

    ``toward`` is the side for which the bright places of ``heat`` speak.
    """

    judged: JudgedVideo
    frame: int
    image: str | None
    heat: str | None = None
    toward: str = ""


def examples(
    rows: Sequence[JudgedVideo],
    threshold: float,
    crops: Mapping[str, Sequence[CropFile]],
    dataset_dir: Path,
    heat_maps: Mapping[str, Sequence[HeatMap]],
    explanations_dir: Path,
    count: int,
) -> dict[str, list[Example]]:
    """Return up to ``count`` ``misses`` and ``hits``, one crop a video.

    Misses: those furthest on the wrong side of the threshold first. Hits: the clearest real and
    the clearest fake in turn. The crop is the one that speaks most for what the video was called,
    with its heat map; without heat maps that in the middle.
    """
    ranked = sorted(rows, key=lambda row: (-abs(row.p_fake - threshold), row.video))
    wrong = [row for row in ranked if not row.right]
    right = [[row for row in ranked if row.right and row.label == side] for side in (1, 0)]
    chosen = {"misses": wrong[:count], "hits": _in_turn(*right)[:count]}

    def example(row: JudgedVideo) -> Example:
        for heat in heat_maps.get(row.video, ()):
            if heat.toward == row.called_name:
                crop, drawn = (
                    small_picture(path_inside(explanations_dir, name), SIDE)
                    for name in (heat.crop, heat.heat)
                )
                return Example(row, heat.frame, crop, drawn, toward=heat.toward)
        middle = crops[row.video][len(crops[row.video]) // 2]
        return Example(
            row, middle.frame, small_picture(path_inside(dataset_dir, middle.file), SIDE)
        )

    return {
        kind: [example(row) for row in rows if row.video in crops] for kind, rows in chosen.items()
    }


def _in_turn(one: Sequence[JudgedVideo], other: Sequence[JudgedVideo]) -> list[JudgedVideo]:
    """The items of both lists by turns; what is left of the longer one follows."""
    both = [row for pair in zip(one, other, strict=False) for row in pair]
    return [*both, *one[len(other) :], *other[len(one) :]]
