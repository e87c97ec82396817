"""Scores videos and images that are in no dataset, prepared exactly as the model's crops were."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from unmask.detect import detect_faces
from unmask.errors import ModelError, UnmaskError
from unmask.evaluation.scores import (
    CropScore,
    FrameScore,
    TrackScore,
    aggregate_frames,
    frame_scores,
    track_scores,
)
from unmask.faces import crop_faces
from unmask.frames import extract_frames
from unmask.media_types import is_image, is_video
from unmask.model.artifact import load_model
from unmask.model.predict import predict_crops

PREPARATION = ("frames", "detect", "crop")
"""What a model's contract has to say of how its crops were made."""


@dataclass
class Prediction:
    """What a model makes of one file.

    ``p_fake`` in 0..1 and ``verdict`` (``real`` or ``fake``) are None where the file could not be
    scored; ``reason`` then says why. ``coverage`` is the share of the sampled frames in which a
    face was found; ``frames`` holds the score of each of those, ``tracks`` that of each person.
    """

    file: str
    p_fake: float | None = None
    verdict: str | None = None
    n_faces: int = 0
    coverage: float = 0.0
    reason: str = ""
    frames: list[FrameScore] = field(default_factory=list)
    tracks: list[TrackScore] = field(default_factory=list)


class Predictor:
    """A trained model together with the way its crops were made."""

    def __init__(self, model: Path, *, threshold: float = 0.5, aggregate: str = "mean") -> None:
        """Load ``model``. A video scored ``threshold`` or more is called fake.

        Raises:
            ModelError: not a model of ours, or its contract does not say how crops are made.
        """
        aggregate_frames([0.0], aggregate)
        self._model, self._contract = load_model(model)
        self._threshold, self._aggregate = threshold, aggregate
        if missing := [name for name in PREPARATION if name not in self._contract]:
            raise ModelError(
                f"{model}: its contract does not say how {', '.join(missing)} were set, so new "
                "videos cannot be prepared as its crops were. Train it with this version."
            )

    def predict(self, path: Path) -> Prediction:
        """Score one video or image. A file that cannot be scored is a reason, not an error."""
        with tempfile.TemporaryDirectory(prefix="unmask-") as folder:
            return self._predict(Path(path), Path(folder))

    def _predict(self, path: Path, work: Path) -> Prediction:
        result = Prediction(str(path))
        settings: dict[str, Any] = self._contract
        frames = extract_frames(path, work / "frames", video="clip", **settings["frames"])
        found = detect_faces(frames, work / "frames", **settings["detect"])
        crops = crop_faces(found, work / "frames", work / "faces", **settings["crop"])
        if not crops.ok:
            result.reason = crops.reason
            return result
        scores = predict_crops(
            self._model,
            [work / "faces" / crop.file for crop in crops.faces],
            input_size=settings["input_size"],
        )
        scored = [
            CropScore("clip", crop.frame, crop.time_s, crop.track, float(p))
            for crop, p in zip(crops.faces, scores, strict=True)
        ]
        result.frames = frame_scores(scored)
        result.tracks = track_scores(scored, self._aggregate)
        p_fake = aggregate_frames([frame.p_fake for frame in result.frames], self._aggregate)
        result.p_fake = round(p_fake, 7)
        result.verdict = "fake" if result.p_fake >= self._threshold else "real"
        result.n_faces = len(crops.faces)
        result.coverage = round(len(result.frames) / len(frames.frames), 4)
        return result


def find_inputs(paths: Iterable[Path]) -> Iterator[Path]:
    """The files to score: each file as it is given, and the videos and images in each folder.

    Raises:
        UnmaskError: a path that is not there, or a folder without a video or image.
    """
    for path in paths:
        if not path.exists():
            raise UnmaskError(f"There is no file or folder {path}.")
        if not path.is_dir():
            yield path
            continue
        inside = sorted(p for p in path.rglob("*") if p.is_file() and (is_video(p) or is_image(p)))
        if not inside:
            raise UnmaskError(f"There is no video or image in the folder {path}.")
        yield from inside
