"""A trained model applied to prepared files."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

from unmask.errors import ModelError
from unmask.evaluation.aggregate import aggregate_logits, check_aggregate
from unmask.evaluation.scores import CropScore, frame_scores, track_scores
from unmask.evaluation.uncertainty import MIN_FRAMES, interval
from unmask.faces.index import FaceIndex
from unmask.model.scorer import load_scorer
from unmask.prediction.pictures import take_pictures
from unmask.prediction.prepare import Prepared, check_preparation
from unmask.prediction.results import FaceScore, Prediction, Track

if TYPE_CHECKING:
    from unmask.evaluation.explain.layers import ModelParts

_HOLDS = "the interval holds the threshold"
_TOO_NEAR = "so near the threshold this model errs too often"


class Predictor:
    """A trained model together with the way its crops were made."""

    def __init__(
        self,
        model: Path,
        *,
        threshold: float = 0.5,
        aggregate: str = "mean",
        flip: bool = False,
        undecided: tuple[float, float] | None = None,
        doubt: str = "",
    ) -> None:
        """Load ``model``. A video scored ``threshold`` or more is called fake.

        ``aggregate`` and ``flip``: see :func:`unmask.evaluation.score_dataset.score_dataset`.
        ``undecided``: see :class:`unmask.prediction.run_settings.Scoring`. ``doubt``: why no
        verdict is decided (:class:`unmask.prediction.model_test.ModelTest`); empty: each by itself.

        Raises:
            ModelError: not a model of ours, or its contract does not say how crops are made.
        """
        check_aggregate(aggregate)
        self._file = model
        self._scorer, self.contract = load_scorer(model)
        self._threshold, self._aggregate, self._flip = threshold, aggregate, flip
        self._undecided = undecided or (threshold, threshold)
        self._doubt = doubt
        check_preparation(self.contract, model)
        self._split: ModelParts | None = None
        self._no_split = ""

    def score(self, prepared: Prepared) -> Prediction:
        """Score a prepared file. One that cannot be scored is a reason, not an error."""
        sampled = [(frame.frame, frame.time_s) for frame in prepared.frames.frames]
        result = self.score_crops(str(prepared.file), prepared.crops, prepared.crops_dir, sampled)
        result.width = prepared.frames.width
        return result

    def score_crops(
        self,
        name: str,
        crops: FaceIndex,
        crops_dir: Path,
        sampled: Sequence[tuple[int, float]] | None = None,
    ) -> Prediction:
        """Score the crops of a file, which lie in ``crops_dir``.

        ``sampled`` has number and time of each frame that was looked at; None: those of the crops.
        """
        if sampled is None:
            sampled = sorted({(crop.frame, crop.time_s) for crop in crops.faces})
        result = Prediction(name, sampled=list(sampled))
        if not crops.ok:
            result.reason = crops.reason
            return result
        logits = self.logits(crops_dir / crop.file for crop in crops.faces)
        if not all(map(math.isfinite, logits)):
            result.reason = "the model gives NaN for a face; train it again"
            return result
        scored = [
            CropScore(
                "clip", crop.frame, crop.time_s, crop.track, float(expit(logit)), float(logit)
            )
            for crop, logit in zip(crops.faces, logits, strict=True)
        ]
        result.frames = frame_scores(scored)
        result.faces = [
            FaceScore(c.frame, c.time_s, c.track, c.box, c.confidence, round(crop.p_fake, 7))
            for c, crop in zip(crops.faces, scored, strict=True)
        ]
        result.tracks = self._tracks(scored)
        p_frames = [frame.p_fake for frame in result.frames]
        logit = aggregate_logits([frame.logit for frame in result.frames], self._aggregate)
        result.p_fake = round(float(expit(logit)), 7)
        result.verdict = self._verdict(result.p_fake)
        if (span := interval(p_frames, self._aggregate)) is not None:
            result.p_low, result.p_high = span
            result.decided = True
        result.why_undecided = self._why_undecided(result)
        if result.why_undecided:
            result.decided = False
        result.n_faces = len(crops.faces)
        result.coverage = round(len(result.frames) / len(sampled), 4)
        return result

    def logits(self, crops: Iterable[Path | np.ndarray]) -> np.ndarray:
        """Score crops: image files, or RGB (height, width, 3) uint8. float64 of shape (n,)."""
        return self._scorer.logits(crops, flip=self._flip)

    def illustrate(self, prepared: Prepared, result: Prediction) -> None:
        """Add thumbnails and heat maps to a result, while its files are still there.

        Heat maps need gradients, and so Keras.
        """
        if self._split is None and not self._no_split:
            try:
                self._split = _split(self._file)
            except ModelError as error:
                self._no_split = str(error)
        result.pictures = take_pictures(self._split, prepared, result, self._threshold)
        result.pictures.no_heat = self._no_split

    def _why_undecided(self, result: Prediction) -> str:
        """The first reason not to take a score for a verdict; empty if there is none."""
        if self._doubt:
            return self._doubt
        assert result.p_fake is not None  # noqa: S101
        number, span, (low, high) = len(result.frames), result.interval, self._undecided
        if number < MIN_FRAMES and len(result.sampled) > 1:
            return f"{number} frame{'s' * (number > 1)} with a face: too few"
        if span and self._verdict(span[0]) != self._verdict(span[1]):
            return _HOLDS
        return _TOO_NEAR if low < result.p_fake < high else ""

    def _verdict(self, p_fake: float) -> str:
        return "fake" if p_fake >= self._threshold else "real"

    def _tracks(self, scored: list[CropScore]) -> list[Track]:
        tracks = []
        for row in track_scores(scored, self._aggregate):
            own = [crop.p_fake for crop in scored if crop.track == row.track]
            low, high = interval(own, self._aggregate) or (None, None)
            tracks.append(
                Track(
                    row.track, row.start_s, row.end_s, row.n_faces, row.p_fake, low, high,
                    self._verdict(row.p_fake),
                )
            )  # fmt: skip
        return tracks


def _split(file: Path) -> ModelParts:
    from unmask.model import runtime

    runtime.start()
    from unmask.evaluation.explain.layers import split_model
    from unmask.model.model_file import load_model

    model, _ = load_model(file)
    return split_model(model)
