"""How much data there is, split by split, and whether the tables agree."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from unmask.disk.tables import read_rows
from unmask.errors import DatasetError
from unmask.evaluation.scores import VideoScore
from unmask.labels import CLASS_NAMES, SPLITS
from unmask.model.contract import read_contract
from unmask.videos.manifest import Video
from unmask.videos.problems import Problem


def check_agreement(manifest: dict[str, Video], videos: Iterable[VideoScore]) -> None:
    """Raise :class:`DatasetError` if a scored video differs from its row of the manifest."""
    for score in videos:
        row = manifest.get(score.video)
        if row is None:
            raise DatasetError(f"{score.video} is scored but not in the manifest: score again")
        for name in ("label", "group", "split"):
            if getattr(row, name) != getattr(score, name):
                raise DatasetError(
                    f"{score.video}: the {name} is {getattr(score, name)!r} in the scores and "
                    f"{getattr(row, name)!r} in the manifest: score again"
                )


def count_data(
    manifest: dict[str, Video], dataset_csv: Path, quarantine: Iterable[Problem]
) -> dict[str, Any]:
    """Count, for train, val, test and in total, what the manifest promises and what is there.

    ``videos``, ``n_real``, ``n_fake`` and ``groups`` are the manifest's. ``frames`` are those
    with a face crop and ``faces`` the crops, from ``dataset.csv``. ``quarantined`` videos have a
    reason in ``quarantine.csv``; ``absent`` ones are in neither file, and should not exist.
    ``unsplit`` counts what was set aside before the manifest was made; it is in the total of the
    quarantined, but not among the manifest's videos.
    """
    frames: dict[str, set[str]] = {}
    faces: dict[str, int] = {}
    for row in read_rows(dataset_csv, ("video", "frame")):
        frames.setdefault(row["video"], set()).add(row["frame"])
        faces[row["video"]] = faces.get(row["video"], 0) + 1
    quarantine = list(quarantine)
    before = sum(not _in_manifest(problem, manifest) for problem in quarantine)
    bad = {problem.video for problem in quarantine if _in_manifest(problem, manifest)}
    result: dict[str, Any] = {}
    for split in (*SPLITS, "total"):
        rows = [row for row in manifest.values() if split in (row.split, "total")]
        result[split] = {
            "videos": len(rows),
            "n_real": sum(row.label == 0 for row in rows),
            "n_fake": sum(row.label == 1 for row in rows),
            "groups": len({row.group for row in rows}),
            "frames": sum(len(frames.get(row.id, ())) for row in rows),
            "faces": sum(faces.get(row.id, 0) for row in rows),
            "quarantined": sum(row.id in bad for row in rows),
            "absent": sum(row.id not in bad and row.id not in frames for row in rows),
        }
    result["total"]["quarantined"] += before
    return result | {"unsplit": {"quarantined": before}}


def coverage_by_part(
    manifest: Iterable[Video], scored: Iterable[VideoScore]
) -> dict[str, dict[str, Any]]:
    """Of the test videos of each class, and of each ``dataset/method``: how many could be scored.

    Classes and methods of which few can be scored make the measures flattering or unfair.
    """
    known = {row.video for row in scored}
    classes: dict[str, list[bool]] = {name: [] for name in CLASS_NAMES}
    methods: dict[str, list[bool]] = {}
    for row in manifest:
        if row.split == "test":
            classes[CLASS_NAMES[row.label]].append(row.id in known)
            if row.label:
                name = f"{row.dataset}/{row.method or 'unknown'}"
                methods.setdefault(name, []).append(row.id in known)
    return {
        name: {
            "videos": len(found),
            "scored": sum(found),
            "coverage": sum(found) / len(found) if found else None,
        }
        for name, found in (*classes.items(), *sorted(methods.items()))
    }


def notes_on_data(data: dict[str, Any]) -> list[str]:
    """Say which videos are missing without a reason."""
    return [
        f"data.{split}.absent: {data[split]['absent']} of the manifest's videos are neither "
        "quarantined nor in the dataset"
        for split in SPLITS
        if data[split]["absent"]
    ]


def _in_manifest(problem: Problem, manifest: dict[str, Video]) -> bool:
    """Whether a quarantined video has a split; what the manifest's stage refused has none."""
    return problem.stage != "manifest" and problem.video in manifest


def reproducible(quality_csv: Path, model: Path) -> dict[str, Any]:
    """Say on what the faces were found and the model was trained, and what follows from it.

    On a CPU two runs on one machine give the same bytes. On a GPU the order of additions may vary,
    so scores may differ in their last digits; ``same_bytes`` is false then.
    """
    detection = sorted({row["device"] for row in read_rows(quality_csv, ("video", "device"))})
    training = read_contract(model).get("device", "unknown")
    return {
        "same_bytes": {*detection, training} == {"cpu"},
        "detection": ", ".join(detection),
        "training": training,
    }
