"""Scores of the test videos after each of the losses that are asked for."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from scipy.special import expit

from unmask.errors import DatasetError
from unmask.evaluation.aggregate import aggregate_logits
from unmask.evaluation.robustness import AS_THEY_ARE
from unmask.evaluation.scores import VideoScore
from unmask.prediction.batch import score_files
from unmask.prediction.run_settings import Scoring
from unmask.videos.manifest import Video

log = logging.getLogger(__name__)


def scores_after(
    changes: Sequence[str],
    manifest: Sequence[Video],
    scored: Sequence[VideoScore],
    model: Path,
    contract: Mapping[str, Any],
    scoring: Scoring,
    *,
    cropped: Sequence[str] = (),
    jobs: int = 1,
) -> dict[str, list[VideoScore]]:
    """The scores of the test videos as they are, and after each change, done before cropping.

    Args:
        changes: names of changes, see :class:`unmask.frames.degrade.Degradation`.
        manifest: all videos.
        scored: their scores in the run.
        model: the model's file.
        contract: the model's.
        scoring: threshold and the way to a score.
        cropped: datasets that are crops already, of which there is nothing before cropping.
        jobs: so many files are prepared at once.

    Raises:
        DatasetError: there is none to be made, or no video to make it to.
    """
    videos = {row.id: row for row in manifest if row.dataset not in cropped}
    base = [row for row in scored if row.split == "test" and row.video in videos]
    if not changes or not base:
        lacking = "evaluate.robustness is empty" if not changes else "no test video is uncropped"
        raise DatasetError(
            f"There is nothing to measure: {lacking}. For example:\n  evaluate:\n"
            "    robustness: [h264-40, shrink-0.5, blur-2, noise-0.05]"
        )
    found = {AS_THEY_ARE: base}
    files = [Path(videos[row.video].path) for row in base]
    for name in changes:
        told = score_files(files, model, contract, scoring, jobs=jobs, change=name)
        logits = (
            aggregate_logits([frame.logit for frame in result.frames], scoring.aggregate)
            if result.p_fake is not None
            else None
            for _, result in told
        )
        found[name] = list(_rows(base, logits))
        log.info("%s: %d of %d videos scored", name, len(found[name]), len(base))
    return found


def _rows(base: Sequence[VideoScore], logits: Iterator[float | None]) -> Iterator[VideoScore]:
    for row, logit in zip(base, logits, strict=True):
        if logit is not None:
            yield replace(row, p_fake=round(float(expit(logit)), 7), logit=round(logit, 7))
