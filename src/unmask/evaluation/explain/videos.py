"""Heat maps of test videos: what the model saw in the frames that stand out."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from itertools import chain, zip_longest
from pathlib import Path
from typing import Literal

from unmask.disk.files import fresh_directory
from unmask.disk.tables import path_inside, read_rows, write_table
from unmask.evaluation.explain.index import COLUMNS, INDEX, HeatMap
from unmask.evaluation.explain.standouts import standouts
from unmask.evaluation.scores import FrameScore, VideoScore
from unmask.frames.images import write_jpeg

STANDOUTS = 3
QUALITY = 85

log = logging.getLogger(__name__)


def choose_videos(videos: Sequence[VideoScore], count: int) -> list[VideoScore]:
    """Up to ``count`` test videos: by turns the highest and lowest scores of each class.

    So the worst mistakes and the clearest hits come first, whatever the threshold is.
    """
    test = sorted(
        (row for row in videos if row.split == "test"), key=lambda row: (row.p_fake, row.video)
    )
    by_class = [[row for row in test if row.label == label] for label in (1, 0)]
    turns = chain(*zip_longest(*(line for rows in by_class for line in (rows, rows[::-1]))))
    return list(dict.fromkeys(row for row in turns if row))[:count]


def explain_videos(
    out_dir: Path,
    videos: Sequence[VideoScore],
    frames: Sequence[FrameScore],
    dataset_csv: Path,
    dataset_dir: Path,
    model_path: Path,
    *,
    heat_maps: int,
) -> list[HeatMap]:
    """Make ``out_dir`` anew: heat maps of up to ``heat_maps`` videos, and a table of them.

    Of each video the ``STANDOUTS`` frames with the highest scores show what speaks for fake, those
    with the lowest what speaks for real. Where a frame has several faces, it is the one whose score
    counts. With a model that no map can be drawn for, there are none, and the log says why.
    """
    chosen = choose_videos(videos, heat_maps)
    with fresh_directory(out_dir) as folder:
        maps = []
        if chosen:
            crops = _crops({row.video for row in chosen}, dataset_csv, dataset_dir)
            maps = list(_draw(folder, chosen, frames, crops, model_path))
        write_table(folder / INDEX, COLUMNS, map(asdict, maps))
    return maps


def _draw(
    folder: Path,
    chosen: Sequence[VideoScore],
    frames: Sequence[FrameScore],
    crops: dict[tuple[str, int], list[Path]],
    model_path: Path,
) -> Iterator[HeatMap]:
    from unmask.errors import ModelError
    from unmask.evaluation.explain.layers import split_model
    from unmask.evaluation.explain.overlay import draw_heat
    from unmask.model.model_file import load_model
    from unmask.model.predict_crops import predict_crops

    model, contract = load_model(model_path)
    try:
        split = split_model(model)
    except ModelError as error:
        log.warning("%s", error)
        return

    def counting(row: FrameScore) -> Path:
        files = crops[row.video, row.frame]
        if len(files) == 1:
            return files[0]
        scores = predict_crops(model, files, input_size=contract["input_size"])
        return files[int(scores.argmax())]

    of_video: dict[str, list[FrameScore]] = {}
    for row in frames:
        of_video.setdefault(row.video, []).append(row)
    for video in chosen:
        (folder / video.video).mkdir()
        sides: Iterable[tuple[Literal["fake", "real"], Sequence[FrameScore]]] = zip(
            ("fake", "real"), standouts(of_video[video.video], STANDOUTS), strict=True
        )
        for toward, rows in sides:
            drawn = draw_heat(split, [counting(row) for row in rows], toward)
            for row, one in zip(rows, drawn, strict=True):
                names = [f"{video.video}/{row.frame:06d}_{what}.jpg" for what in ("crop", "heat")]
                for name, image in zip(names, (one.crop, one.over), strict=True):
                    write_jpeg(folder / name, image, QUALITY)
                yield HeatMap(row.video, row.frame, row.time_s, row.p_fake, toward, *names)


def _crops(
    videos: set[str], dataset_csv: Path, dataset_dir: Path
) -> dict[tuple[str, int], list[Path]]:
    """The crops of each frame of these videos."""
    crops: dict[tuple[str, int], list[Path]] = {}
    for row in read_rows(dataset_csv, ("file", "video", "frame")):
        if row["video"] in videos:
            place = row["video"], int(row["frame"])
            crops.setdefault(place, []).append(path_inside(dataset_dir, row["file"]))
    return crops
