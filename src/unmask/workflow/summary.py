"""What a plan says before the first job."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from unmask.config import recipes
from unmask.config.sections import CropSettings
from unmask.dataset.accept import lacking_for_training, what_to_do
from unmask.labels import SPLITS
from unmask.videos.left_out import left_out_lines
from unmask.videos.split import missing_classes

if TYPE_CHECKING:
    from unmask.workflow.plan import Plan


def summary(plan: Plan) -> str:
    """What was found, in one line a dataset, and what there is to know about it."""
    counts = Counter((video.dataset, video.label) for video in plan.split)
    groups: dict[str, set[str]] = {d.name: set() for d in plan.config.datasets}
    for video in plan.split:
        groups[video.dataset].add(video.group)
    lines = [
        f"{name}: {counts[name, 0]} real and {counts[name, 1]} fake in {len(found)} groups"
        for name, found in groups.items()
    ]
    lines += [*left_out_lines(plan.left_out), *plan.notes]
    if lacking := missing_classes(plan.split):
        blended, monitor = plan.config.augment.self_blended, plan.config.train.monitor
        stops = lacking_for_training(plan.split, self_blended=blended, monitor=monitor)
        advice = f" {what_to_do(plan.split)}" if stops else ""
        lines.append(f"With this split, {'; '.join(lacking)}.{advice}")
    for name, repeat in plan.repeats.items():
        if lacking := missing_classes(repeat.split):
            lines.append(f"In the repeat {name}, {'; '.join(lacking)}.")
    if problems := plan.inventory.problems:
        lines.append(
            f"{len(problems)} listed or found videos cannot be used, the first: "
            f"{problems[0].reason}. results/quarantine.csv will list all."
        )
    if plan.config.crop.place == "landmarks" and plan.config.crop.scale != CropSettings().scale:
        lines.append(
            "crop.scale is not used, since crop.place is landmarks: set crop.eye_distance, or "
            "crop.place: box."
        )
    if hint := recipes.advice(plan.config):
        lines.append(hint)
    return "\n".join(lines + plan.unlike)


def without_folds(plan: Plan) -> list[str]:
    """The datasets of which folds change nothing, since all their videos have a split."""
    if plan.config.split.folds is None and plan.config.repeats.folds is None:
        return []
    free = {video.dataset for video in plan.used if video.split not in SPLITS}
    return [
        f"{dataset.name}: folds do nothing here, for its videos have a split of their own. To "
        "deal them out, where its kind allows it, write:\n    splits: ours"
        for dataset in plan.config.datasets
        if dataset.name not in free
    ]
