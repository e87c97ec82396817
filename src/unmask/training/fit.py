"""Training: from a table of crops to a model file and the history of its epochs."""

from __future__ import annotations

import csv
import importlib.metadata
import logging
import math
import tempfile
import time
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from unmask.errors import TrainingError
from unmask.model import artifact, runtime
from unmask.model.augment import augmentation_layers
from unmask.model.build import build_model
from unmask.model.catalog import scaling_of
from unmask.model.contract import CLASSES
from unmask.model.inputs import first_unreadable
from unmask.model.predict import predict_crops
from unmask.training.callbacks import HISTORY, Progress, Selection, StopAtNaN
from unmask.training.data import (
    Crops,
    check_splits,
    class_weights,
    in_memory,
    read_split,
    training_batches,
)
from unmask.training.optimizers import make_course, make_optimizer
from unmask.training.selection import Validation, validate
from unmask.training.settings import TrainingResult, TrainSettings

log = logging.getLogger(__name__)

MODEL, HISTORY_FILE = "model.keras", "history.csv"

_LIBRARIES = ("keras", "numpy", "tensorflow", "unmask")


def train(
    dataset_csv: Path,
    dataset_dir: Path,
    out_dir: Path,
    *,
    model: dict[str, Any],
    augment: dict[str, Any],
    train: dict[str, Any],
    contract: dict[str, Any],
) -> TrainingResult:
    """Train on the ``train`` crops of a dataset, choose the best epoch on its ``val`` crops.

    ``model``, ``augment`` and ``train`` are the sections of the configuration: the arguments of
    :func:`build_model`, of :func:`augmentation_layers`, and :class:`TrainSettings`. ``contract``
    is saved with the model beside what is known here: crop settings, a digest of the dataset.

    Writes ``model.keras`` (float32 whatever the precision of training) and ``history.csv`` into
    ``out_dir`` once all is done. Both are the same bytes for the same data and settings on the
    same machine; the seeding holds for the rest of the process.

    Raises TrainingError, ModelError or WeightsError with what to change.
    """
    settings = TrainSettings(**train)
    fitted, chosen = _splits(dataset_csv, dataset_dir, settings)
    runtime.make_deterministic(settings.seed)
    scorer = build_model(**model)
    with runtime.precision(settings.precision):
        trained = build_model(**model)
    trained.set_weights(scorer.get_weights())
    selection = _fit(trained, scorer, fitted, chosen, augment, settings)
    scorer.set_weights(selection.weights)
    _write(Path(out_dir), scorer, selection, _contract(scorer, model, settings, contract))
    best = selection.best or Validation(math.nan, math.nan, math.nan)
    log.info(
        "kept epoch %d: val_auc %.4f, val_loss %.4f", selection.best_epoch, best.auc, best.loss
    )
    return TrainingResult(
        model=Path(out_dir) / MODEL,
        history=Path(out_dir) / HISTORY_FILE,
        epochs=len(selection.rows),
        best_epoch=selection.best_epoch,
        val_auc=best.auc,
        val_loss=best.loss,
        val_accuracy=best.accuracy,
    )


def _splits(csv_file: Path, folder: Path, settings: TrainSettings) -> tuple[Crops, Crops]:
    fitted, chosen = (read_split(csv_file, folder, name) for name in ("train", "val"))
    check_splits(fitted, chosen, settings.monitor)
    for name, crops in (("training", fitted), ("validation", chosen)):
        fakes, videos = int(crops.labels.sum()), len(set(crops.videos))
        log.info("%s: %d crops (%d fake) of %d videos", name, len(crops), fakes, videos)
    if settings.batch_size > len(fitted):
        log.info("train.batch_size is %d: all %d crops in one", settings.batch_size, len(fitted))
    return fitted, chosen


def _fit(
    trained: keras.Model,
    scorer: keras.Model,
    fitted: Crops,
    chosen: Crops,
    augment: dict[str, Any],
    settings: TrainSettings,
) -> Selection:
    """Train one model; the other, its float32 twin, is the one validated and saved."""
    size = trained.input_shape[1]
    batch_size = min(settings.batch_size, len(fitted))
    steps = math.ceil(len(fitted) / batch_size)
    course = make_course(settings, steps)
    trained.compile(
        make_optimizer(settings, course),
        keras.losses.BinaryCrossentropy(label_smoothing=settings.label_smoothing),
        metrics=[keras.metrics.BinaryAccuracy(name="accuracy")],
        jit_compile=False,
    )
    began = time.monotonic()
    try:
        images = in_memory(fitted, size, settings.cache_mb)
        used_mb = 0 if images is None else images.nbytes / 2**20
        seen = in_memory(chosen, size, settings.cache_mb - used_mb)
        log.info("read the crops in %.1f s", time.monotonic() - began)

        def judge(weights: list[np.ndarray]) -> Validation:
            scorer.set_weights(weights)
            crops = chosen.files if seen is None else seen
            scores = predict_crops(scorer, crops, input_size=size, batch_size=batch_size)
            return validate(scores, chosen.labels, chosen.videos)

        selection = Selection(judge, course, settings.monitor, settings.patience)
        batches = training_batches(
            fitted,
            images,
            class_weights(fitted.labels, settings.class_weight),
            size=size,
            batch_size=batch_size,
            seed=settings.seed,
            augmentation=augmentation_layers(**augment),
        )
        trained.fit(
            batches,
            epochs=settings.epochs,
            steps_per_epoch=steps,
            callbacks=[StopAtNaN(settings.learning_rate), Progress(batch_size), selection],
            shuffle=False,
            verbose=0,
        )
    except tf.errors.ResourceExhaustedError as error:
        raise TrainingError(
            "There is not enough memory for a training step. Lower the batch size, for example:\n"
            f"  train:\n    batch_size: {max(1, batch_size // 2)}"
        ) from error
    except tf.errors.OpError as error:
        bad = first_unreadable([*fitted.files, *chosen.files])
        if bad is None:
            raise
        raise TrainingError(
            f"{bad[0]} cannot be read as an image: {bad[1]}. Make the crops again: "
            "snakemake --cores all dataset --forcerun faces"
        ) from error
    return selection


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
        "device": "gpu" if tf.config.list_physical_devices("GPU") else "cpu",
        "versions": {name: importlib.metadata.version(name) for name in _LIBRARIES},
    }


def _write(out_dir: Path, scorer: keras.Model, selection: Selection, contract: dict) -> None:
    """Put both files in place, the model last, when both are whole."""
    out_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out_dir, prefix=".train.") as folder:
        history, model = Path(folder) / HISTORY_FILE, Path(folder) / MODEL
        with history.open("w", newline="", encoding="utf-8") as lines:
            writer = csv.writer(lines, lineterminator="\n")
            writer.writerow(HISTORY)
            writer.writerows(selection.rows)
        artifact.save_model(scorer, model, contract)
        history.replace(out_dir / HISTORY_FILE)
        model.replace(out_dir / MODEL)
