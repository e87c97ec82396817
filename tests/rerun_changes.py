"""A small project with every rule in it, and for each row of the law the change that it names."""

from __future__ import annotations

import csv
import os
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import yaml

import media
import source_edits

OTHER_VALUES: dict[str, dict[str, Any]] = {
    "data.max_bad_fraction": {"data": {"max_bad_fraction": 0.6}},
    "frames.fps": {"frames": {"fps": 3}},
    "frames.count": {"frames": {"count": 2}},
    "frames.max_size": {"frames": {"max_size": 400}},
    "frames.quality": {"frames": {"quality": 90}},
    "frames.min_decoded": {"frames": {"min_decoded": 0.5}},
    "frames.max_pixels": {"frames": {"max_pixels": 90_000_000}},
    "frames.max_seconds": {"frames": {"max_seconds": 7200}},
    "frames.timeout": {"frames": {"timeout": 1800}},
    "detect.detector": {"detect": {"detector": "opencv"}},
    "detect.min_face": {"detect": {"min_face": 0.2}},
    "detect.device": {"detect": {"device": "cpu"}},
    "detect.fidelity": {"detect": {"fidelity": True}},
    "crop.min_confidence": {"crop": {"min_confidence": 0.5}},
    "crop.place": {"crop": {"place": "box"}},
    "crop.eye_distance": {"crop": {"eye_distance": 0.35}},
    "crop.eye_line": {"crop": {"eye_line": 0.35}},
    "crop.scale": {"crop": {"scale": 1.5}},
    "crop.faces": {"crop": {"faces": "largest"}},
    "crop.align": {"crop": {"align": True}},
    "crop.size": {"crop": {"size": 80}},
    "crop.quality": {"crop": {"quality": 90}},
    "crop.min_track": {"crop": {"min_track": 1}},
    "crop.smooth_s": {"crop": {"smooth_s": 0.0}},
    "split.train": {"split": {"train": 0.5, "val": 0.25, "test": 0.25}},
    "split.val": {"split": {"train": 0.5, "val": 0.3, "test": 0.2}},
    "split.test": {"split": {"train": 0.5, "val": 0.2, "test": 0.3}},
    "split.seed": {"split": {"seed": 1}},
    "split.folds": {"split": {"folds": 3}},
    "split.fold": {"split": {"folds": 3, "fold": 1}},
    "split.pair_by": {"split": {"pair_by": "prefix"}},
    "split.people": {"split": {"people": "shared"}},
    "split.together": {"split": {"together": "together.csv"}},
    "split.duplicates": {"split": {"duplicates": "error"}},
    "augment.rotation": {"augment": {"rotation": 5}},
    "augment.width_shift": {"augment": {"width_shift": 0.1}},
    "augment.height_shift": {"augment": {"height_shift": 0.1}},
    "augment.shear": {"augment": {"shear": 5}},
    "augment.zoom": {"augment": {"zoom": 0.2}},
    "augment.horizontal_flip": {"augment": {"horizontal_flip": False}},
    "augment.fill_mode": {"augment": {"fill_mode": "reflect"}},
    "augment.brightness": {"augment": {"brightness": 0.1}},
    "augment.contrast": {"augment": {"contrast": 0.1}},
    "augment.saturation": {"augment": {"saturation": 0.1}},
    "augment.hue": {"augment": {"hue": 0.1}},
    "augment.erase": {"augment": {"erase": 0.1}},
    "augment.erase_part": {"augment": {"erase_part": 0.1}},
    "augment.edges": {"augment": {"edges": 0.1}},
    "augment.downscale": {"augment": {"downscale": 0.1}},
    "augment.downscale_to": {"augment": {"downscale_to": 0.5}},
    "augment.blur": {"augment": {"blur": 0.1}},
    "augment.blur_px": {"augment": {"blur_px": 1.0}},
    "augment.noise": {"augment": {"noise": 0.1}},
    "augment.noise_level": {"augment": {"noise_level": 0.1}},
    "augment.jpeg": {"augment": {"jpeg": 0.1}},
    "augment.jpeg_quality": {"augment": {"jpeg_quality": 50}},
    "augment.video": {"augment": {"video": 0.1}},
    "augment.video_qp": {"augment": {"video_qp": 30}},
    "augment.self_blended": {
        "augment": {"self_blended": "only"},
        "train": {"sampling": "pairs"},
    },
    "model.backbone": {"model": {"backbone": "MesoInception4"}},
    "model.backbone_args": {
        "model": {"backbone": "MobileNet", "backbone_args": {"alpha": 0.25}, "head": "pool"}
    },
    "model.weights": {"model": {"weights": "earlier.keras"}},
    "model.head": {"model": {"head": "pool"}},
    "model.dense_units": {"model": {"head": "pool", "dense_units": 4}},
    "model.dropout": {"model": {"head": "pool", "dropout": 0.1}},
    "model.input_size": {"model": {"input_size": 48}},
    "model.scaling": {"model": {"scaling": "tf"}},
    "model.trainable": {"model": {"trainable": False}},
    "train.epochs": {"train": {"epochs": 2}},
    "train.batch_size": {"train": {"batch_size": 4}},
    "train.optimizer": {"train": {"optimizer": "sgd"}},
    "train.learning_rate": {"train": {"learning_rate": 0.002}},
    "train.schedule": {"train": {"schedule": "cosine"}},
    "train.warmup_epochs": {"train": {"warmup_epochs": 0.5}},
    "train.frozen_epochs": {"train": {"epochs": 2, "frozen_epochs": 1}},
    "train.frozen_learning_rate": {"train": {"frozen_learning_rate": 0.002}},
    "train.ema": {"train": {"ema": 0.9}},
    "train.sampling": {"train": {"sampling": "balanced"}},
    "train.crops_per_video": {"train": {"crops_per_video": 2}},
    "train.tensorboard": {"train": {"tensorboard": True}},
    "train.weight_decay": {"train": {"weight_decay": 0.02}},
    "train.class_weight": {"train": {"class_weight": "none"}},
    "train.label_smoothing": {"train": {"label_smoothing": 0.1}},
    "train.monitor": {"train": {"monitor": "val_loss"}},
    "train.patience": {"train": {"patience": 3}},
    "train.precision": {"train": {"precision": "mixed_bfloat16"}},
    "train.seed": {"train": {"seed": 1}},
    "score.aggregate": {"score": {"aggregate": "max"}},
    "score.flip": {"score": {"flip": True}},
    "evaluate.threshold": {"evaluate": {"threshold": 0.4}},
    "evaluate.log_loss_clip": {"evaluate": {"log_loss_clip": 1e-6}},
    "evaluate.undecided_error": {"evaluate": {"undecided_error": 0.2}},
    "evaluate.confidence": {"evaluate": {"confidence": 0.9}},
    "evaluate.robustness": {"evaluate": {"robustness": ["blur-2"]}},
    "evaluate.by": {"evaluate": {"by": ["dataset"]}},
    "repeats.seeds": {"repeats": {"seeds": 2}},
    "repeats.folds": {"repeats": {"folds": 3}},
    "repeats.leave_out": {"repeats": {"leave_out": "dataset"}},
    "report.title": {"report": {"title": "another"}},
    "report.gallery": {"report": {"gallery": 3}},
    "explain.heat_maps": {"explain": {"heat_maps": 2}},
    "explore.videos": {"explore": {"videos": ["a", "c"]}},
    "explore.sheet": {"explore": {"sheet": 2}},
    "predict.inputs": {"predict": {"inputs": ["data/mine/*.mp4"]}},
}
"""For each key a setting that differs from the default."""

DEMO_VALUES = {"groups": 4, "seconds": 1.0, "seed": 1, "root": "data/filmed", "name": "another"}
"""The same for the keys of the demo dataset."""

SETTINGS: dict[str, Any] = {
    "datasets": [
        {"name": "demo", "kind": "demo", "root": "data/demo", "groups": 3, "seconds": 0.5},
        {"name": "mine", "kind": "table", "root": "data/mine"},
        {"name": "crops", "kind": "folders", "root": "data/crops", "cropped": True},
    ],
    "data": {"max_bad_fraction": 0.5},
    "crop": {"size": 64},
    "model": {"input_size": 64},
    "train": {"epochs": 1, "batch_size": 8},
    "predict": {"inputs": ["data/mine/a.mp4", "data/crops/fake"]},
}
"""A project with every rule in it, on which a whole run takes seconds."""

CLIPS = {"a": ("real", "g1"), "b": ("real", "g2"), "c": ("fake", "g1"), "d": ("fake", "g2")}


# --- the project ------------------------------------------------------------------------------


def fill(folder: Path) -> None:
    """Put the project's videos and crops in place."""
    mine, crops = folder / "data/mine", folder / "data/crops"
    mine.mkdir(parents=True)
    for number, (name, (label, _)) in enumerate(CLIPS.items()):
        who = "hopper" if label == "real" else "collins"
        media.portrait_clip(mine / f"{name}.mp4", who=who, frames=6 + number)
    write_labels(folder, [(f"{n}.mp4", label, group, "") for n, (label, group) in CLIPS.items()])
    for label in ("real", "fake"):
        (crops / label).mkdir(parents=True)
        for number in range(5):
            # Blurred: they differ from the clips, and the run has to say so.
            image = media.ready_crop(70, seed=10 * (label == "real") + number)
            image = cv2.GaussianBlur(image, (0, 0), 1.5)
            media.write_image(crops / label / f"x{number}.png", image)


def read_labels(folder: Path) -> list[tuple[str, ...]]:
    with (folder / "data/mine/labels.csv").open(newline="") as file:
        return [tuple(row) for row in csv.reader(file)][1:]


def write_labels(folder: Path, rows: list[tuple[str, ...]]) -> None:
    with (folder / "data/mine/labels.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("path", "label", "group", "split"), *rows])


def read_manifest(folder: Path) -> list[str]:
    """Ids of the videos in the manifest."""
    with (folder / "results/manifest.csv").open(newline="") as file:
        return [row["video"] for row in csv.DictReader(file)]


def change_settings(folder: Path, settings: dict[str, Any]) -> None:
    """Lay settings over ``config.yaml``."""
    path = folder / "config.yaml"
    config = yaml.safe_load(path.read_text())
    for section, values in settings.items():
        if isinstance(values, dict):
            config[section] |= values
        else:
            config[section] = values
    path.write_text(yaml.safe_dump(config, sort_keys=False))


def change_setting(folder: Path, key: str) -> int:
    """Change one key. Returns how many videos it concerns if not all."""
    if not key.startswith("datasets."):
        change_settings(folder, OTHER_VALUES[key])
        return 1
    name = key.removeprefix("datasets.")
    demo, *others = SETTINGS["datasets"]
    changed = {**demo, name: DEMO_VALUES[name]}
    change_settings(folder, {"datasets": [changed, *others]})
    return 2 * changed["groups"]


# --- changes to videos, labels and files ------------------------------------------------------


def _clip(folder: Path, name: str, **how: Any) -> Path:
    return media.portrait_clip(folder / f"data/mine/{name}.mp4", **how)


def _relabel(folder: Path, row: int, column: int, value: str) -> None:
    rows = [list(line) for line in read_labels(folder)]
    rows[row][column] = value
    write_labels(folder, [tuple(line) for line in rows])


def add_video(folder: Path) -> None:
    _clip(folder, "e", who="collins", frames=11)
    write_labels(folder, [*read_labels(folder), ("e.mp4", "fake", "g1", "")])


def remove_video(folder: Path) -> None:
    (folder / "data/mine/d.mp4").unlink()
    write_labels(folder, [row for row in read_labels(folder) if row[0] != "d.mp4"])


def rename_video(folder: Path) -> None:
    (folder / "data/mine/a.mp4").rename(folder / "data/mine/z.mp4")
    _relabel(folder, 0, 0, "z.mp4")


def replace_video(folder: Path) -> None:
    _clip(folder, "a", who="collins", frames=11)


def replace_video_by_an_older_one(folder: Path) -> None:
    os.utime(_clip(folder, "a", who="collins", frames=11), (1, 1))


def swap_videos(folder: Path) -> None:
    mine = folder / "data/mine"
    (mine / "a.mp4").rename(mine / "other")
    (mine / "c.mp4").rename(mine / "a.mp4")
    (mine / "other").rename(mine / "c.mp4")


def add_crop(folder: Path) -> None:
    media.write_image(folder / "data/crops/real/x9.png", media.ready_crop(70, seed=99))


def add_test_data(folder: Path) -> None:
    for number, label in enumerate(("real", "fake")):
        path = folder / f"data/elsewhere/{label}/{label}.png"
        path.parent.mkdir(parents=True)
        media.write_image(path, media.ready_crop(70, seed=50 + number))
    elsewhere = {"name": "elsewhere", "kind": "folders", "root": "data/elsewhere"}
    elsewhere |= {"cropped": True, "use": "test"}
    change_settings(folder, {"datasets": [*SETTINGS["datasets"], elsewhere]})


def keep_crops(folder: Path) -> None:
    *others, crops = SETTINGS["datasets"]
    change_settings(folder, {"datasets": [*others, {**crops, "geometry": "keep"}]})


def touch_everything(folder: Path) -> None:
    files = [path for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts]
    for number, path in enumerate(sorted(files, key=lambda path: path.name[::-1])):
        os.utime(path, (2e9 - number, 2e9 - number))


def rewrite_config(folder: Path, change: Callable[[str], str]) -> None:
    path = folder / "config.yaml"
    path.write_text(change(path.read_text()))


def _backwards(text: str) -> str:
    def turn(node: Any) -> Any:
        return {k: turn(node[k]) for k in reversed(node)} if isinstance(node, dict) else node

    return yaml.safe_dump(turn(yaml.safe_load(text)), sort_keys=False)


def _without_defaults(text: str) -> str:
    config = yaml.safe_load(text)
    del config["report"], config["split"]["seed"]
    return yaml.safe_dump(config)


def change_module(folder: Path, name: str) -> None:
    """Change all that a module, a template or a rule file does, without changing what comes out."""
    path = folder / name if name.startswith("rules/") else folder / "src/unmask" / name
    change = {".py": source_edits.changed, ".smk": source_edits.changed_rules}
    path.write_text(change.get(path.suffix, _one_line_more)(path.read_text("utf-8")), "utf-8")


def _one_line_more(text: str) -> str:
    return text + "\n"


def rewrite_code(folder: Path, edit: str) -> None:
    """Write all modules and rules in other words that do the same."""
    paths = [*(folder / "src/unmask").rglob("*.py"), *(folder / "rules").glob("*.smk")]
    source_edits.NEUTRAL[edit](paths)


CHANGES: dict[str, tuple[Callable[[Path], Any], int]] = {
    "a video added": (add_video, 1),
    "a video removed": (remove_video, 1),
    "a video renamed": (rename_video, 1),
    "a video replaced": (replace_video, 1),
    "a video replaced by one with an older date": (replace_video_by_an_older_one, 1),
    "two videos swapped": (swap_videos, 2),
    "a label changed": (lambda folder: _relabel(folder, 1, 1, "fake"), 1),
    "a group changed": (lambda folder: _relabel(folder, 1, 2, "g3"), 1),
    "the split of a video given": (lambda folder: _relabel(folder, 1, 3, "train"), 1),
    "a crop added": (add_crop, 1),
    "a crop removed": (lambda folder: (folder / "data/crops/real/x1.png").unlink(), 1),
    "a crop replaced": (
        lambda folder: media.write_image(
            folder / "data/crops/real/x1.png", media.ready_crop(70, seed=77)
        ),
        1,
    ),
    "a dataset of crops taken as it is": (keep_crops, 1),
    "a dataset of crops added, to be tested on only": (add_test_data, 1),
    "a file that is no video added": (
        lambda folder: media.text_file(folder / "data/crops/real/notes.doc"),
        1,
    ),
    "a listed video that is absent added": (
        lambda folder: write_labels(folder, [*read_labels(folder), ("gone.mp4", "real", "g", "")]),
        1,
    ),
    "a video touched": (lambda folder: (folder / "data/mine/a.mp4").touch(), 1),
    "every file touched": (touch_everything, 1),
    "config.yaml saved with other comments": (
        lambda folder: rewrite_config(folder, lambda text: f"# another comment\n{text}"),
        1,
    ),
    "config.yaml saved with its keys in another order": (
        lambda folder: rewrite_config(folder, _backwards),
        1,
    ),
    "a default spelled out or left out in config.yaml": (
        lambda folder: rewrite_config(folder, _without_defaults),
        1,
    ),
    **{
        f"all code with {edit}": (partial(rewrite_code, edit=edit), 1)
        for edit in source_edits.NEUTRAL
    },
    "the checkout moved": (lambda folder: None, 1),
    "a log deleted": (lambda folder: (folder / "logs/train.log").unlink(missing_ok=True), 1),
}
"""What each row of the second table means in the project, and how many videos it concerns."""


def delete_frames(folder: Path) -> None:
    shutil.rmtree(folder / "results/frames/a")
    (folder / "results/frames/a.json").unlink()


LOSSES: dict[str, tuple[Callable[[Path], Any], str, str]] = {
    "the frames of a video deleted": (delete_frames, "", "extract_frames"),
    "the model deleted": (
        lambda folder: (folder / "results/model/model.keras").unlink(),
        "train score explain metrics plots report",
        "",
    ),
    "metrics.json edited": (
        lambda folder: (folder / "results/metrics.json").write_text('{"video": {"auc": 1}}'),
        "metrics",
        "",
    ),
    "a plot deleted": (
        lambda folder: (folder / "results/plots/roc.png").unlink(),
        "plots report",
        "",
    ),
    "a crop emptied": (
        lambda folder: next((folder / "results/faces/a").glob("*.jpg")).open("w").close(),
        "crop_faces",
        "crop_faces",
    ),
    "detections cut short": (
        lambda folder: os.truncate(folder / "results/detections/a.json", 300),
        "detect_faces",
        "detect_faces",
    ),
}
"""Results that get lost, and the rules that run then with Snakemake and with DVC."""


def make_change(folder: Path, row: str) -> int:
    """Do what a row of the tables says. Returns how many videos it concerns."""
    if row in CHANGES:
        do, concerned = CHANGES[row]
        do(folder)
        return concerned
    if row.startswith("datasets.") or row in OTHER_VALUES:
        return change_setting(folder, row)
    change_module(folder, row)
    return 2 * SETTINGS["datasets"][0]["groups"]
