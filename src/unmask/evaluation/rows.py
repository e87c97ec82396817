"""Parts of the test videos, each against real videos of its own dataset, and what they average.

Fakes of one dataset against real videos of another would measure how the datasets differ, in
camera and compression, and not how well fakes are found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from unmask.evaluation import influence
from unmask.evaluation.blocks import Block, Measurer
from unmask.evaluation.intervals import Counted, rate_interval, ratio_interval
from unmask.evaluation.sample import sample_of
from unmask.evaluation.scores import VideoScore
from unmask.evaluation.threshold import best_threshold, why_undefined
from unmask.videos.manifest import Video

Manifest = Mapping[str, Video]

AVERAGED = ("auc", "average_precision", "balanced_accuracy", "tpr", "fpr")


def parts_of(
    videos: Sequence[VideoScore], manifest: Manifest, measured: Measurer, threshold: float
) -> Mapping[str, Mapping[str, Block | None]]:
    """Return the blocks ``datasets``, ``methods`` and ``averages`` of scored videos.

    - ``datasets``: each dataset by itself, where the test videos have several. ``elsewhere`` is
      how many real test videos of the other datasets are called fake at the threshold that is best
      on the validation videos of this one; None where it has none of both classes.
    - ``methods``: the fakes of ``dataset/method`` against the real test videos of that dataset.
    - ``averages``: of the datasets and of the methods, each row counting the same, and ``pooled``,
      all test videos together. None where there is only one row.
    """
    tested = [row for row in videos if row.split == "test"]
    datasets = _datasets(tested, manifest)
    methods = _methods(tested, manifest)
    rows = {
        "datasets": {
            name: measured.row(f"datasets.{name}", sample_of(part), threshold)
            | {
                "coverage": measured.coverage(
                    f"datasets.{name}",
                    part,
                    (row for row in manifest.values() if row.dataset == name),
                ),
                "elsewhere": _elsewhere(name, videos, manifest, measured.confidence),
            }
            for name, part in datasets.items()
        },
        "methods": {
            name: measured.row(f"methods.{name}", sample_of(part), threshold)
            for name, part in methods.items()
        },
    }
    averages = {
        kind: _average(rows[kind], parts, measured.confidence)
        for kind, parts in (("datasets", datasets), ("methods", methods))
    }
    averages["pooled"] = None
    if len(datasets) > 1:
        averages["pooled"] = measured.row("averages.pooled", sample_of(tested), threshold)
    return rows | {"averages": averages}


def subgroups_of(
    videos: Iterable[VideoScore],
    values: Mapping[str, Mapping[str, str]],
    measured: Measurer,
    threshold: float,
) -> dict[str, dict[str, Block]]:
    """A row for each value of each column: real and fake test videos that have it.

    ``values`` are those of the videos by id, for each column; one without a value is in no row.
    """
    tested = [row for row in videos if row.split == "test"]
    found: dict[str, dict[str, Block]] = {}
    for column, known in values.items():
        parts: dict[str, list[VideoScore]] = {}
        for row in tested:
            if row.video in known:
                parts.setdefault(known[row.video], []).append(row)
        found[column] = {
            value: measured.row(f"by.{column}.{value}", sample_of(parts[value]), threshold)
            for value in sorted(parts)
        }
    return found


def _datasets(tested: Iterable[VideoScore], manifest: Manifest) -> dict[str, list[VideoScore]]:
    names = sorted({row.dataset for row in manifest.values() if row.split == "test"})
    parts: dict[str, list[VideoScore]] = {name: [] for name in names if len(names) > 1}
    for row in tested if parts else ():
        parts[manifest[row.video].dataset].append(row)
    return parts


def _methods(tested: Iterable[VideoScore], manifest: Manifest) -> dict[str, list[VideoScore]]:
    reals: dict[str, list[VideoScore]] = {}
    fakes: dict[tuple[str, str], list[VideoScore]] = {}
    for row in tested:
        known = manifest[row.video]
        if row.label:
            fakes.setdefault((known.dataset, known.method or "unknown"), []).append(row)
        else:
            reals.setdefault(known.dataset, []).append(row)
    return {"/".join(place): reals.get(place[0], []) + own for place, own in sorted(fakes.items())}


def _elsewhere(
    name: str, videos: Sequence[VideoScore], manifest: Manifest, confidence: float
) -> Block | None:
    """False alarms on the real test videos of other datasets at this one's own threshold."""
    own = sample_of(r for r in videos if r.split == "val" and manifest[r.video].dataset == name)
    foreign = sample_of(
        row
        for row in videos
        if row.split == "test" and not row.label and manifest[row.video].dataset != name
    )
    if why_undefined(own.labels) or not len(foreign.labels):
        return None
    threshold, _ = best_threshold(own.labels, own.scores)
    alarms = foreign.scores >= threshold
    return {
        "n_real": len(alarms),
        "threshold": threshold,
        "fpr": float(alarms.mean()),
        "fpr_ci": list(rate_interval(alarms, foreign.groups, confidence)),
    }


def _average(
    rows: Mapping[str, Block], parts: Mapping[str, list[VideoScore]], confidence: float
) -> Block | None:
    """The mean of each measure over the rows that have it, each row counting the same."""
    if len(rows) < 2:
        return None
    result: dict[str, Any] = {"rows": len(rows)}
    for key in AVERAGED:
        known = [row[key] for row in rows.values() if row[key] is not None]
        result[key] = float(np.mean(known)) if known else None
        if key == "auc":
            usable = [parts[name] for name, row in rows.items() if row["auc"] is not None]
            span = _interval_of_average(result["auc"], usable, confidence) if usable else None
            result["auc_ci"] = None if span is None else list(span)
    return result


def _interval_of_average(
    value: float, parts: Sequence[list[VideoScore]], confidence: float
) -> tuple[float, float]:
    """The interval of a mean AUC. Rows may share their real videos, which count in each."""
    everything = sample_of(row for part in parts for row in part)
    samples = [sample_of(part) for part in parts]
    moved = np.concatenate([influence.of_auc(s.labels, s.logits) / len(samples) for s in samples])
    counts = [sample.counted for sample in samples]
    fewest = Counted(
        min(c.real for c in counts), min(c.fake for c in counts), everything.counted.total
    )
    return ratio_interval(value, moved, everything.groups, fewest, confidence)
