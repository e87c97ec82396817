"""A finished model on labeled videos that it was not trained with."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from unmask.config.datasets import AnyDataset
from unmask.disk.files import write_text
from unmask.disk.tables import write_table
from unmask.errors import DatasetError
from unmask.evaluation.aggregate import aggregate_logits
from unmask.evaluation.metrics_file import evaluate, write_metrics
from unmask.evaluation.scores import FrameScore, VideoScore, write_frames, write_videos
from unmask.faces.adopt import KEEP, adopt_dataset
from unmask.faces.geometry import Geometry
from unmask.prediction.batch import score_files
from unmask.prediction.results import Prediction
from unmask.prediction.run_settings import Scoring
from unmask.videos.inventory import Inventory, take_inventory
from unmask.videos.manifest import Candidate, Video, manifest_text
from unmask.videos.problems import Problem, quarantine_text

STAGE = "evaluate"


@dataclass
class _Tables:
    """What is known of the videos scored so far."""

    frames: list[FrameScore] = field(default_factory=list)
    videos: list[VideoScore] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    crops: list[dict[str, Any]] = field(default_factory=list)


def evaluate_model(
    model: Path,
    contract: Mapping[str, Any],
    datasets: Sequence[AnyDataset],
    out: Path,
    scoring: Scoring,
    *,
    every: bool = False,
    jobs: int = 1,
    confidence: float = 0.95,
    begin: Callable[[Video, int], None] = lambda video, total: None,
    end: Callable[[Video, Prediction], None] = lambda video, result: None,
) -> dict[str, Any]:
    """Score labeled videos and measure the scores, at the threshold of ``scoring``.

    The tables and ``metrics.json`` in ``out`` have the form of a run's; all videos are its test
    videos. Where a dataset has test videos of its own, only those are used, unless ``every``.

    Args:
        model: the model's file.
        contract: the model's, which says how crops are made.
        datasets: of any kind; roots are seen from the current folder.
        out: the folder to write.
        scoring: threshold and the way to a score.
        every: use training videos of the datasets too.
        jobs: so many files are prepared at once.
        confidence: level of the intervals.
        begin: called before each video, with how many there are.
        end: called after each video.

    Raises:
        DatasetError: there are no labeled videos, or they contradict themselves.
    """
    inventory = take_inventory(datasets, Path(), beside_results=True)
    videos = _labeled_videos(inventory, every=every)
    images = {video.id: list(map(Path, inventory.files(video.path))) for video in videos}
    tables = _Tables(problems=inventory.problems)
    for video, result in _scored(videos, images, datasets, model, contract, scoring, jobs, begin):
        _add(tables, video, result, scoring.aggregate)
        end(video, result)
    out.mkdir(parents=True, exist_ok=True)
    write_text(out / "manifest.csv", manifest_text(videos))
    write_text(out / "quarantine.csv", quarantine_text(tables.problems))
    write_table(out / "dataset.csv", ("video", "frame"), tables.crops)
    write_frames(out / "frames.csv", sorted(tables.frames, key=lambda row: (row.video, row.frame)))
    write_videos(out / "videos.csv", sorted(tables.videos, key=lambda row: row.video))
    names = ("manifest", "frames", "videos", "dataset", "quarantine")
    metrics = evaluate(
        *(out / f"{name}.csv" for name in names),
        threshold=scoring.threshold,
        confidence=confidence,
        scoring={"aggregate": scoring.aggregate, "flip": scoring.flip},
    )
    write_metrics(out / "metrics.json", metrics)
    return metrics


def _labeled_videos(inventory: Inventory, *, every: bool) -> list[Video]:
    """The videos to score, all as test videos."""
    own_test = {row.dataset for row in inventory.videos if row.split == "test"}

    def used(row: Candidate) -> bool:
        if row.left_out or row.only == "train":
            return False
        return every or row.dataset not in own_test or row.split == "test"

    names = [entry.name for entry in fields(Video)]
    rows = [row for row in inventory.videos if used(row)]
    if not rows:
        raise DatasetError(
            "None of the labeled videos may be tested: they are for training only. To score them "
            "all the same:\n  --every"
        )
    videos = [Video(**{name: getattr(row, name) for name in names}) for row in rows]
    return [replace(video, split="test") for video in videos]


def _scored(
    videos: Sequence[Video],
    images: Mapping[str, Sequence[Path]],
    datasets: Sequence[AnyDataset],
    model: Path,
    contract: Mapping[str, Any],
    scoring: Scoring,
    jobs: int,
    begin: Callable[[Video, int], None],
) -> Iterator[tuple[Video, Prediction]]:
    """Each video with its result: scenes first, then ready crops. ``images``: the files of each."""
    kinds = {dataset.name: dataset for dataset in datasets}
    scenes = [video for video in videos if not kinds[video.dataset].cropped]
    following = iter(scenes)
    files = [Path(video.path) for video in scenes]
    told = score_files(
        files, model, contract, scoring, jobs=jobs,
        begin=lambda _: begin(next(following), len(videos)),
    )  # fmt: skip
    with closing(told):
        for video, (_, result) in zip(scenes, told, strict=True):
            yield video, result
    for name, dataset in kinds.items():
        own = [video for video in videos if video.dataset == name] if dataset.cropped else []
        if own:
            keep = dataset.geometry == KEEP
            files_of = {video.id: images[video.id] for video in own}
            for video, result in _scored_crops(files_of, own, model, contract, scoring, keep, jobs):
                begin(video, len(videos))
                yield video, result


def _scored_crops(
    images: Mapping[str, Sequence[Path]],
    videos: Sequence[Video],
    model: Path,
    contract: Mapping[str, Any],
    scoring: Scoring,
    keep: bool,
    jobs: int,
) -> Iterator[tuple[Video, Prediction]]:
    """Score images that are face crops, brought to the geometry that the model was trained on."""
    from unmask.prediction.predictor import Predictor

    predictor = Predictor(
        model, threshold=scoring.threshold, aggregate=scoring.aggregate, flip=scoring.flip
    )
    crop = {"place": "box", **contract["crop"]}
    place = {entry.name: crop[entry.name] for entry in fields(Geometry) if entry.name in crop}
    with tempfile.TemporaryDirectory(prefix="unmask-") as folder:
        indexes = adopt_dataset(
            images, Path(folder) / "faces",
            size=crop["size"], quality=crop["quality"], keep=keep, jobs=jobs, **place,
        )  # fmt: skip
        for video, index in zip(videos, indexes, strict=True):
            folder_of_crops = Path(folder) / "faces" / video.id
            yield video, predictor.score_crops(video.path, index, folder_of_crops)


def _add(tables: _Tables, video: Video, result: Prediction, aggregate: str) -> None:
    if result.p_fake is None:
        tables.problems.append(Problem(video.id, STAGE, result.reason))
        return
    tables.frames += [replace(row, video=video.id) for row in result.frames]
    tables.crops += [{"video": video.id, "frame": face.frame} for face in result.faces]
    logit = aggregate_logits([row.logit for row in result.frames], aggregate)
    facts = video.label, video.group, video.split, result.n_faces
    tables.videos.append(VideoScore(video.id, *facts, result.p_fake, round(logit, 7)))
