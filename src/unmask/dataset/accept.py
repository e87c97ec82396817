"""The gate before training: whether enough videos are left, and what to do if not."""

from __future__ import annotations

from collections.abc import Sequence

from unmask.dataset.duplicates import Pair, pairs_sentence
from unmask.dataset.quarantine import LISTED
from unmask.errors import DatasetError
from unmask.labels import CLASS_NAMES, REAL, SPLITS
from unmask.videos.manifest import Video
from unmask.videos.problems import Problem
from unmask.videos.split import missing_classes


def accept(
    videos: Sequence[Video],
    problems: Sequence[Problem],
    pairs: Sequence[Pair] = (),
    *,
    max_bad_fraction: float,
    duplicates: str = "warn",
    self_blended: str | float = "none",
    monitor: str = "val_auc",
) -> str:
    """Decide whether training may start on what is left. Returns lines that say so.

    ``pairs`` of videos that look alike and are on different sides are named, or, where
    ``duplicates`` is ``error``, stop the run.
    Real videos are enough where fakes are made of them while training (``self_blended``). Without
    that, validation needs both classes to choose the best epoch by AUC (``monitor``).

    Raises:
        DatasetError: more videos are quarantined than ``max_bad_fraction`` allows, training or
            validation lacks a class that it needs, or the split leaks.
    """
    bad = {problem.video: problem for problem in problems if problem.stage != LISTED}
    fraction = len(bad) / len(videos)
    if fraction > max_bad_fraction:
        first = "".join(
            f"\n  {problem.video} ({problem.stage}): {problem.reason}"
            for problem in list(bad.values())[:5]
        )
        hint = "Mend or remove them, or go on without them."
        if len(bad) == len(videos):
            hint = (
                "If there are faces in them, lower detect.min_face or crop.min_confidence, or "
                "try another detect.detector."
            )
        needed = -(-len(bad) * 100 // len(videos)) / 100
        raise DatasetError(
            f"{len(bad)} of {len(videos)} videos ({fraction:.0%}) cannot be used, and "
            f"data.max_bad_fraction allows {max_bad_fraction:.0%}.{first}\n"
            f"All are in results/quarantine.csv. {hint} "
            f"Write:\n  data:\n    max_bad_fraction: {needed:g}"
        )
    usable = [video for video in videos if video.id not in bad]
    lacking = lacking_for_training(usable, self_blended=self_blended, monitor=monitor)
    if lacking:
        advice = _all_bad_of_a_class(videos, usable) or what_to_do(usable)
        raise DatasetError(f"Training cannot start: {'; '.join(lacking)}. {advice}")
    leak = pairs_sentence(pairs)
    if leak and duplicates == "error":
        raise DatasetError(leak)
    verdict = f"{len(usable)} of {len(videos)} videos can be used, {len(bad)} are quarantined."
    return f"{verdict}\n{leak}" if leak else verdict


def lacking_for_training(
    videos: Sequence[Video], *, self_blended: str | float = "none", monitor: str = "val_auc"
) -> list[str]:
    """Which classes training and validation lack, as :func:`accept` says; empty if none."""
    if self_blended != "none":
        return missing_classes(videos, splits=("train", "val"), classes=(REAL,))
    if monitor == "val_loss" and any(video.split == "val" for video in videos):
        return missing_classes(videos, splits=("train",))
    return missing_classes(videos, splits=("train", "val"))


def what_to_do(videos: Sequence[Video]) -> str:
    """Advice where training or validation lacks a class."""
    labels = {video.label for video in videos}
    groups = len({video.group for video in videos})
    if not labels:
        return "There is no video left: results/left_out.csv and results/quarantine.csv say why."
    if len(labels) == 1:
        [label] = labels
        other = CLASS_NAMES[1 - label]
        text = f"All {len(videos)} videos are {CLASS_NAMES[label]}. Add {other} ones."
        if label == REAL:
            text += (
                " Or train on fakes made of the real faces. Write:\n"
                "  augment:\n    self_blended: only"
            )
        return text
    if groups < len(SPLITS):
        return (
            f"The {len(videos)} usable videos are in {groups} group{'s' if groups > 1 else ''}; "
            "three or more are needed, for a group is never parted. Add videos; or, if names only "
            "look as if videos belonged together, write:\n  split:\n    pair_by: none"
        )
    return (
        f"The {len(videos)} usable videos are in {groups} groups; each split needs groups with "
        "real and with fake videos. Add videos, or give train and val larger shares. Write:\n"
        "  split:\n    train: 0.5\n    val: 0.25\n    test: 0.25"
    )


def _all_bad_of_a_class(videos: Sequence[Video], usable: Sequence[Video]) -> str:
    lost = {video.label for video in videos} - {video.label for video in usable}
    if not usable or not lost:
        return ""
    return (
        f"All {CLASS_NAMES[lost.pop()]} videos are in quarantine: results/quarantine.csv says why."
    )
