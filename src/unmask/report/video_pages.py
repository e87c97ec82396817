"""A page for each test video: its score over time, its crops, and what stood out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from unmask.dataset.crops_table import CropFile
from unmask.disk.tables import errors_at_line, path_inside, read_rows
from unmask.evaluation.explain.index import HeatMap
from unmask.evaluation.explain.standouts import evenly
from unmask.evaluation.scores import FrameScore, TrackScore, read_frames, read_tracks
from unmask.evaluation.uncertainty import interval
from unmask.report.inputs import Inputs
from unmask.report.judged_videos import JudgedVideo
from unmask.report.pages.data_uri import small_picture
from unmask.report.pages.timeline import timeline

THUMBNAILS, SIDE, QUALITY = 8, 112, 75
MOST_ROWS = 200


@dataclass
class VideoPageData:
    """What the pages are made from: everything by video."""

    inputs: Inputs
    threshold: float
    aggregate: str
    crops: Mapping[str, Sequence[CropFile]]
    heat_maps: Mapping[str, Sequence[HeatMap]]
    frames: dict[str, list[FrameScore]] = field(default_factory=dict)
    tracks: dict[str, list[TrackScore]] = field(default_factory=dict)
    sampled: dict[str, tuple[int, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for row in read_frames(self.inputs.frames_csv):
            self.frames.setdefault(row.video, []).append(row)
        for track in read_tracks(self.inputs.tracks_csv):
            self.tracks.setdefault(track.video, []).append(track)
        columns = ("video", "frames_sampled", "frames_with_face")
        for number, cells in enumerate(read_rows(self.inputs.quality_csv, columns), start=2):
            with errors_at_line(self.inputs.quality_csv, number):
                self.sampled[cells["video"]] = int(cells[columns[1]]), int(cells[columns[2]])


def video_pages(
    rows: Sequence[JudgedVideo], material: VideoPageData
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Name and context of the page of each video, in the order of the report's table."""
    for place, row in enumerate(rows):
        yield (
            row.page,
            {
                **_page(row, material),
                "before": rows[place - 1] if place else None,
                "after": rows[place + 1] if place + 1 < len(rows) else None,
            },
        )


def _page(row: JudgedVideo, material: VideoPageData) -> dict[str, Any]:
    frames = material.frames.get(row.video, [])
    p_frames = [frame.p_fake for frame in frames]
    span = interval(p_frames, material.aggregate)
    times = [(frame.frame, frame.time_s) for frame in frames]
    drawn = None
    if len(frames) > 1:
        drawn = timeline(times, frames, material.threshold, span, video=row.video)
    return {
        "row": row,
        "span": span,
        "threshold": material.threshold,
        "sampled": material.sampled.get(row.video, (0, 0)),
        "timeline": drawn,
        "thumbnails": _thumbnails(row.video, frames, material),
        "heats_of": _heats(row.video, material),
        "tracks": material.tracks.get(row.video, []),
        "frames": frames[:MOST_ROWS],
        "frames_total": len(frames),
    }


def _thumbnails(
    video: str, frames: Sequence[FrameScore], material: VideoPageData
) -> list[dict[str, Any]]:
    files = {crop.frame: crop.file for crop in reversed(material.crops.get(video, ()))}
    chosen = [frames[place] for place in evenly(len(frames), THUMBNAILS)]
    return [
        {
            "frame": frame.frame,
            "time_s": frame.time_s,
            "p_fake": frame.p_fake,
            "image": small_picture(
                path_inside(material.inputs.dataset_dir, files[frame.frame]), SIDE, QUALITY
            ),
        }
        for frame in chosen
        if frame.frame in files
    ]


def _heats(video: str, material: VideoPageData) -> dict[str, list[dict[str, Any]]]:
    """Heat maps by the side that they speak for."""
    folder = material.inputs.explanations_dir
    found: dict[str, list[dict[str, Any]]] = {"fake": [], "real": []}
    for heat in material.heat_maps.get(video, ()):
        found[heat.toward].append(
            {
                "frame": heat.frame,
                "time_s": heat.time_s,
                "p_fake": heat.p_fake,
                "crop": small_picture(path_inside(folder, heat.crop), 192),
                "heat": small_picture(path_inside(folder, heat.heat), 192),
                "share": None,
            }
        )
    return found
