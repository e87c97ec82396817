"""Training: from a table of crops to a model file and the history of its epochs."""

from __future__ import annotations

import csv
import hashlib
import json
import logging
import math
import time
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from unmask import __version__
from unmask.disk.files import scratch_directory
from unmask.errors import TrainingError
from unmask.model import card, model_file, runtime
from unmask.model.build import build_model
from unmask.model.catalog import scaling_of
from unmask.model.contract import CLASSES
from unmask.model.pixels import first_unreadable
from unmask.model.scoring_graph import add_graph
from unmask.training import augmentation_picture
from unmask.training.augment.chain import augmentation
from unmask.training.batches import Batches, in_memory
from unmask.training.callbacks import HISTORY, BestEpoch
from unmask.training.checkpoint import Checkpoint
from unmask.training.crops import Crops, check_splits, look_of_split, read_split
from unmask.training.devices import choose_precision, gpus, on_jax, sharing
from unmask.training.examples import class_weights, epoch_order, epoch_pairs
from unmask.training.phases import run_phases
from unmask.training.settings import TrainingResult, TrainSettings
from unmask.training.validation import Validation, Validator

log = logging.getLogger(__name__)

MODEL, HISTORY_FILE, PICTURE = "model.keras", "history.csv", "augmentation.jpg"

_SHAPE_NOTHING = ("cache_mb", "tensorboard")


def train(
    dataset_csv: Path,
    dataset_dir: Path,
    out_dir: Path,
    *,
    model: dict[str, Any],
    augment: dict[str, Any],
    train: dict[str, Any],
    contract: dict[str, Any],
    checkpoint: Path | None = None,
    data: str = "",
    tensorboard_dir: Path | None = None,
    strategy: tf.distribute.Strategy | None = None,
) -> TrainingResult:
    """Train on the ``train`` crops of a dataset, choose the best epoch on its ``val`` crops.

    ``model``, ``augment`` and ``train`` are the sections of the configuration: the arguments of
    :func:`build_model`, of :func:`augmentation` with ``self_blended``, and :class:`TrainSettings`.
    ``contract`` is saved with the model beside what is known here: crop settings. ``data`` stands
    for the content of the dataset. ``strategy`` shares batches among devices; without one, among
    all GPUs.

    Writes ``model.keras`` (float32 whatever the precision of training), ``history.csv`` and
    ``augmentation.jpg`` into ``out_dir`` once all is done. All are the same bytes for the same data
    and settings on the same machine; the seeding holds for the rest of the process. After each
    epoch the state goes to ``checkpoint``, where there is one; a training with the same settings,
    ``data`` and libraries goes on from there, to the same result. It is gone at the end.

    Raises TrainingError, ModelError or WeightsError with what to change.
    """
    settings = TrainSettings(**train)
    effects = dict(augment)
    self_blended = effects.pop("self_blended", "none")
    fitted, chosen = _splits(dataset_csv, dataset_dir, settings, self_blended)
    runtime.make_deterministic(settings.seed)
    policy = choose_precision(settings.precision)
    scorer = build_model(**model)
    shared = sharing(strategy)
    with shared(), runtime.precision(policy):
        trained = build_model(**model)
        trained.set_weights(scorer.get_weights())
    full = _contract(scorer, model, settings, contract) | {"precision": policy, "data": data}
    shaping = {key: value for key, value in train.items() if key not in _SHAPE_NOTHING}
    full[card.FIELD] = card.training_card(dataset_csv, model=model, augment=augment, train=shaping)
    full["settings"] = _digest([model, augment, shaping])
    full["look"] = vars(look_of_split(dataset_csv, "train"))
    keeper = Checkpoint(checkpoint, _digest(full))
    try:
        batches, validator = _data(fitted, chosen, scorer, settings, self_blended, effects)
        selection = BestEpoch(validator, settings, keeper)
        folder = tensorboard_dir if settings.tensorboard else None
        run_phases(trained, batches, selection, settings, shared, folder)
        shown = batches.first(augmentation_picture.COUNT)
    except TrainingError:
        keeper.remove()
        raise
    except tf.errors.ResourceExhaustedError as error:
        raise _no_memory(settings.batch_size) from error
    except tf.errors.OpError as error:
        raise _unreadable([*fitted.files, *chosen.files], error) from error
    scorer.set_weights(selection.weights)
    full["threshold"] = min(max(round(selection.threshold, 7), 1e-7), 1 - 1e-7)
    _write(Path(out_dir), scorer, selection, full, shown)
    keeper.remove()
    best = selection.best or Validation(math.nan, math.nan, math.nan)
    log.info(
        "kept epoch %d: val_auc %.4f, val_loss %.4f", selection.best_epoch, best.auc, best.loss
    )
    return TrainingResult(
        model=Path(out_dir) / MODEL,
        history=Path(out_dir) / HISTORY_FILE,
        picture=Path(out_dir) / PICTURE,
        epochs=selection.epochs_done,
        best_epoch=selection.best_epoch,
        val_auc=best.auc,
        val_loss=best.loss,
        val_accuracy=best.accuracy,
    )


def _splits(
    csv_file: Path, folder: Path, settings: TrainSettings, self_blended: str | float
) -> tuple[Crops, Crops]:
    fitted, chosen = (read_split(csv_file, folder, name) for name in ("train", "val"))
    check_splits(fitted, chosen, settings.monitor, self_blended)
    for name, crops in (("training", fitted), ("validation", chosen)):
        fakes, videos = int(crops.labels.sum()), len(set(crops.videos))
        log.info("%s: %d crops (%d fake) of %d videos", name, len(crops), fakes, videos)
    return fitted, chosen


def _data(
    fitted: Crops,
    chosen: Crops,
    scorer: keras.Model,
    settings: TrainSettings,
    self_blended: str | float,
    effects: dict[str, Any],
) -> tuple[Batches, Validator]:
    """What the model is shown, and what judges it: decoded as far as memory is granted."""
    began, size = time.monotonic(), scorer.input_shape[1]
    paired = settings.sampling == "pairs"

    def order(epoch: int) -> Any:
        how = (fitted, settings.seed, int(epoch), settings.crops_per_video)
        return epoch_pairs(*how, self_blended) if paired else epoch_order(*how, settings.sampling)

    images = in_memory(fitted, size, settings.cache_mb)
    used_mb = 0 if images is None else images.nbytes / 2**20
    shown = order(0)
    if not len(shown):
        raise TrainingError(
            "No fake of the training split has a real crop in its group, so there are no pairs. "
            "Make the fakes of the real crops:\n  augment:\n    self_blended: only"
        )
    mode = "none" if paired else settings.class_weight
    weights = class_weights(fitted.labels[shown], mode)
    batch_size = min(settings.batch_size, shown.size)
    validator = Validator(
        scorer,
        chosen,
        batch_size=batch_size,
        budget_mb=settings.cache_mb - used_mb,
        self_blended=self_blended,
        seed=settings.seed,
    )
    log.info("read the crops in %.1f s", time.monotonic() - began)
    if settings.batch_size > shown.size:
        log.info("train.batch_size is %d: all %d crops in one", settings.batch_size, shown.size)
    effect_chain = augmentation(**effects)
    batches = Batches(fitted, images, weights, order, size, batch_size, settings.seed, effect_chain)
    return batches, validator


def _contract(
    scorer: keras.Model, model: dict[str, Any], settings: TrainSettings, given: dict[str, Any]
) -> dict[str, Any]:
    """All that a prediction has to do as the training did, and where the model comes from."""
    backbone = model.get("backbone", "Meso4")
    return {
        **given,
        "classes": CLASSES,
        "input_size": scorer.input_shape[1],
        "channels": "RGB",
        "scaling": scaling_of(backbone, model.get("scaling", "auto")),
        "backbone": backbone,
        "backbone_args": model.get("backbone_args") or {},
        "seed": settings.seed,
        "device": "gpu" if gpus() else "cpu",
        "versions": _versions(),
    }


def _versions() -> dict[str, str]:
    """Those of the libraries that shape a training. TensorFlow comes in more than one package."""
    libraries = {"keras": keras, "numpy": np, "tensorflow": tf}
    if on_jax():
        import jax

        libraries["jax"] = jax
    found = {name: library.__version__ for name, library in libraries.items()}
    return dict(sorted({**found, "unmask": __version__}.items()))


def _digest(content: Any) -> str:
    text = json.dumps(content, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _no_memory(batch_size: int) -> TrainingError:
    return TrainingError(
        "There is not enough memory for a training step. Lower the batch size, for example:\n"
        f"  train:\n    batch_size: {max(1, batch_size // 2)}"
    )


def _unreadable(files: list[Path], error: tf.errors.OpError) -> Exception:
    bad = first_unreadable(files)
    if bad is None:
        return error
    return TrainingError(
        f"{bad[0]} cannot be read as an image: {bad[1]}. Make the crops again: "
        "snakemake --cores all dataset --forcerun faces"
    )


def _write(
    out_dir: Path, scorer: keras.Model, selection: BestEpoch, contract: dict, shown: tuple
) -> None:
    """Put the files in place, the model last, when all are whole."""
    out_dir.mkdir(parents=True, exist_ok=True)
    with scratch_directory(out_dir / MODEL) as folder:
        with (folder / HISTORY_FILE).open("w", newline="", encoding="utf-8") as lines:
            writer = csv.writer(lines, lineterminator="\n")
            writer.writerow(HISTORY)
            writer.writerows(selection.rows)
        augmentation_picture.write_picture(folder / PICTURE, *shown)
        model_file.save_model(scorer, folder / MODEL, contract)
        add_graph(folder / MODEL, scorer)
        for name in (HISTORY_FILE, PICTURE, MODEL):
            (folder / name).replace(out_dir / name)
