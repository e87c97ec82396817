"""The crops of a split, as the table of the dataset names them."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from unmask.errors import TrainingError
from unmask.faces.look import Look, look
from unmask.training.augment.face_axes import TYPICAL_LANDMARKS

_COLUMNS = ("file", "video", "label", "split")


@dataclass(frozen=True)
class Crops:
    """The crops of a split: files, labels (int, 1 is fake) and the video each is from.

    ``landmarks`` (n, 5, 2) are shares of the side; where a face has none, those of a typical face.
    """

    files: list[Path]
    labels: np.ndarray
    videos: list[str]
    landmarks: np.ndarray

    def __len__(self) -> int:
        return len(self.files)

    @property
    def classes(self) -> set[int]:
        """The labels that occur."""
        return set(self.labels.tolist())


def read_split(dataset_csv: Path, dataset_dir: Path, split: str) -> Crops:
    """The crops of a split, in the order of the table. ``file`` is relative to ``dataset_dir``.

    Raises TrainingError for a table that lacks columns or holds another label than 0 and 1, and
    for files that are not there.
    """
    with Path(dataset_csv).open(newline="", encoding="utf-8") as lines:
        table = csv.DictReader(lines)
        missing = [name for name in _COLUMNS if name not in (table.fieldnames or ())]
        if missing:
            raise TrainingError(f"{dataset_csv} lacks the columns {', '.join(missing)}.")
        rows = [row for row in table if row["split"] == split]
    odd = next((row for row in rows if row["label"] not in ("0", "1")), None)
    if odd is not None:
        raise TrainingError(
            f"{dataset_csv}: the label of {odd['file']} is {odd['label']!r}; it has to be 0 for "
            "real or 1 for fake."
        )
    files = [Path(dataset_dir) / row["file"] for row in rows]
    absent = [file for file in files if not file.is_file()]
    if absent:
        raise TrainingError(
            f"{len(absent)} of {len(files)} {split} crops in {dataset_csv} are missing, the first "
            f"is {absent[0]}. Make them again: snakemake --cores all dataset --forcerun dataset"
        )
    labels = np.array([int(row["label"]) for row in rows], np.int64)
    landmarks = [_landmarks(row.get("landmarks", "")) for row in rows]
    return Crops(
        files,
        labels,
        [row["video"] for row in rows],
        np.array(landmarks, np.float32).reshape(-1, 5, 2),
    )


def look_of_split(dataset_csv: Path, split: str) -> Look:
    """What the crops of a split look like, as far as the table says."""
    with Path(dataset_csv).open(newline="", encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if row["split"] == split]
    marks = [np.array((row.get("landmarks") or "").split(), float).reshape(-1, 2) for row in rows]
    return look(
        (points.tolist() for points in marks),
        (float(row["sharpness"]) if row.get("sharpness") else None for row in rows),
    )


def check_splits(train: Crops, val: Crops, monitor: str, self_blended: str = "none") -> None:
    """Raise TrainingError, with the setting to change, for splits that cannot be trained on.

    Where real faces are blended with themselves, they are all that is needed.
    """
    for name, crops in (("train", train), ("val", val)):
        if not len(crops):
            raise TrainingError(
                f"There are no crops in the {name} split. Give it a larger share, for example:\n"
                "  split:\n    train: 0.6\n    val: 0.2\n    test: 0.2"
            )
    if self_blended != "none":
        for name, crops in (("train", train), ("val", val)):
            if 0 not in crops.classes:
                raise TrainingError(
                    f"All {len(crops)} crops of the {name} split are fake, so no real face can be "
                    "blended with itself. Add real videos, or train without:\n"
                    "  augment:\n    self_blended: none"
                )
        return
    if len(train.classes) < 2:
        raise TrainingError(
            f"All {len(train)} training crops are {_named(train)}; both classes are needed. Add "
            "videos of the other, or deal the groups out differently:\n  split:\n    seed: 1"
            + (
                "\nor train on fakes made of the real faces:\n  augment:\n    self_blended: only"
                if train.classes == {0}
                else ""
            )
        )
    if len(val.classes) < 2 and monitor == "val_auc":
        raise TrainingError(
            f"All {len(val)} validation crops are {_named(val)}, so there is no AUC to choose the "
            "best epoch by. Give validation a larger share (split.val), or choose by the loss:\n"
            "  train:\n    monitor: val_loss"
        )


def _landmarks(text: str) -> list[float]:
    """Ten numbers, x and y of each landmark; a typical face's where there are none."""
    if text:
        return [float(number) for number in text.split()]
    return [value for mark in TYPICAL_LANDMARKS for value in mark]


def _named(crops: Crops) -> str:
    return "fake" if 1 in crops.classes else "real"
