"""Training on a folder of face crops, in one call."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from unmask.config import Config
    from unmask.training.settings import TrainingResult

log = logging.getLogger(__name__)


def train(
    folder_of_crops: str | Path, out: str | Path, **sections: Mapping[str, Any]
) -> TrainingResult:
    """Train a model on face crops.

    They are brought to one geometry by the faces in them, and dealt out by group to training,
    validation and test, as the pipeline does. For videos, for other kinds of datasets, and to be
    able to go on after an interruption, run the pipeline.

    Args:
        folder_of_crops: holds ``real/`` and ``fake/``. Images of one name are one group; which
            others belong together, such as the frames of a video, ``split={"pair_by": ...}`` says.
        out: a folder, for ``model.keras``, ``history.csv`` and ``augmentation.jpg``.
        sections: of ``config.yaml``, such as ``train={"epochs": 5}``. What is left out has its
            default.

    Returns:
        ``model``, the file, and the figures of its best epoch, such as ``val_auc``.

    Raises:
        UnmaskError: a setting is wrong, the crops cannot be trained on, or too few are usable.

    Example:
        >>> result = unmask.train(
        ...     "data/crops",
        ...     out="results/model",
        ...     crop={"size": 64},
        ...     model={"input_size": 64},
        ...     train={"epochs": 1},
        ... )
        >>> result.epochs
        1
    """
    from unmask.config import validate
    from unmask.model import runtime
    from unmask.workflow.stages import settings_of

    dataset = {"name": "crops", "kind": "folders", "root": str(folder_of_crops), "cropped": True}
    config = validate({**sections, "datasets": [dataset]})
    with tempfile.TemporaryDirectory(prefix="unmask-") as folder:
        table = _dataset(config, Path(folder))
        runtime.start(or_jax=True)
        from unmask.training.train import train as train_on

        settings = settings_of(config, "train")
        return train_on(table, Path(folder) / "dataset", Path(out).expanduser(), **settings)


def _dataset(config: Config, folder: Path) -> Path:
    """Make ``folder/dataset`` and its table of the one dataset of crops; returns the table."""
    from unmask.dataset.accept import accept
    from unmask.dataset.build import COLUMNS, build_dataset
    from unmask.disk.tables import write_table
    from unmask.faces.adopt import adopt_dataset
    from unmask.videos.inventory import take_inventory
    from unmask.videos.left_out import left_out_lines, split_videos
    from unmask.videos.problems import Problem
    from unmask.videos.same_content import content_digest, take_one_of_each
    from unmask.workflow.stages import settings_of

    names = config.split.model_dump(include={"pair_by", "people", "together"})
    inventory = take_inventory(config.datasets, Path(), beside_results=True, **names)
    digests = inventory.digests(
        (video.path for video in inventory.videos),
        lambda files: {file: content_digest(Path(file)) for file in files},
    )
    take_one_of_each(inventory.videos, digests, lambda _: digests)
    videos, left_out = split_videos(inventory.videos, **settings_of(config, "manifest"))
    images = {video.id: list(map(Path, inventory.files(video.path))) for video in videos}
    indexes = adopt_dataset(
        images, folder / "faces", jobs=os.cpu_count() or 1, **settings_of(config, "cropped")
    )
    bad = [Problem(found.video, found.stage, found.reason) for found in indexes if not found.ok]
    for line in left_out_lines(left_out):
        log.warning(line)
    for problem in [*inventory.problems, *bad]:
        log.warning("%s is not used: %s", problem.video, problem.reason)
    log.info(accept(videos, [*inventory.problems, *bad], **settings_of(config, "accept")))
    crops = {video: folder / "faces" / video for video in images}
    by_name = {index.video: index for index in indexes}
    rows = build_dataset(videos, by_name, crops, folder / "dataset")
    write_table(folder / "dataset.csv", COLUMNS, rows)
    return folder / "dataset.csv"
