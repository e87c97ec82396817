"""Measures training against the tutorial's own stack: Keras' ImageDataGenerator, VGG16, float32.

    python benchmarks/training.py [FOLDER] [--steps 8] [--rounds 2] [--markdown FILE]

FOLDER holds `real/` and `fake/` with face crops; without one, those of the last run are taken
(results/dataset/train). Both sides get the same crops at 150 px, batches of 10, and the tutorial's
six augmentations. Each measure runs in a process of its own, one after the other, as many rounds as
asked for; the fastest counts. Rows:

input     crops a second that come out of the input pipeline, nothing trained
training  crops a second through training steps of VGG16 with the tutorial's head and optimizer
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SIZE, BATCH = 150, 10
SIX = {
    "rotation": 40.0,
    "width_shift": 0.2,
    "height_shift": 0.2,
    "shear": 0.2,
    "zoom": 0.2,
    "horizontal_flip": True,
    "fill_mode": "nearest",
}
MODEL = {
    "backbone": "VGG16",
    "head": "flatten",
    "dense_units": 256,
    "input_size": SIZE,
    "scaling": "unit",
}
MEASURES = {
    ("input", "ImageDataGenerator"): ("theirs", False, "float32"),
    ("input", "unmask"): ("ours", False, "float32"),
    ("training", "tutorial's stack, float32"): ("theirs", True, "float32"),
    ("training", "unmask, float32"): ("ours", True, "float32"),
    ("training", "unmask, precision auto"): ("ours", True, "auto"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=Path("results/dataset/train"))
    parser.add_argument("--steps", type=int, default=8, help="training steps that are timed")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--markdown", type=Path, help="write the table there, too")
    args = parser.parse_args()
    if not any(args.folder.glob("*/*.jpg")):
        raise SystemExit(f"{args.folder} holds no real/*.jpg and fake/*.jpg: make run, or name one")
    best: dict[tuple[str, str], dict[str, Any]] = {}
    for _ in range(args.rounds):
        for name, how in MEASURES.items():
            found = in_new_process(args.folder.resolve(), args.steps, *how)
            if name not in best or found["rate"] > best[name]["rate"]:
                best[name] = found
    lines = [("what", "how", "precision", "crops/s", "times"), ("---",) * 5]
    for (what, how), found in best.items():
        first = next(row for (other, _), row in best.items() if other == what)
        times = f"{found['rate'] / first['rate']:.2f}"
        lines.append((what, how, found["precision"], f"{found['rate']:.1f}", times))
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
    print(table)
    if args.markdown:
        args.markdown.write_text(table)


def in_new_process(
    folder: Path, steps: int, whose: str, trains: bool, precision: str
) -> dict[str, Any]:
    job = json.dumps([str(folder), steps, whose, trains, precision])
    done = subprocess.run(
        [sys.executable, __file__, "--child", job],
        stdout=subprocess.PIPE,
        env=os.environ | {"CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "3"},
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def child(folder: str, steps: int, whose: str, trains: bool, precision: str) -> None:
    from unmask.model import runtime

    runtime.start()
    side = ours if whose == "ours" else theirs
    with tempfile.TemporaryDirectory() as work:
        batches, policy = side(Path(folder), Path(work), precision)
        if trains:
            rate = steps_a_second(batches, steps, policy) * BATCH
        else:
            rate = batches_a_second(batches) * BATCH
    print(json.dumps({"rate": rate, "precision": policy}))


def theirs(folder: Path, work: Path, precision: str) -> tuple[Iterator[Any], str]:
    """As in the tutorial: a generator that reads folders."""
    from keras.src.legacy.preprocessing.image import ImageDataGenerator

    generator = ImageDataGenerator(
        rescale=1 / 255,
        rotation_range=SIX["rotation"],
        width_shift_range=SIX["width_shift"],
        height_shift_range=SIX["height_shift"],
        shear_range=SIX["shear"],
        zoom_range=SIX["zoom"],
        horizontal_flip=SIX["horizontal_flip"],
        fill_mode=SIX["fill_mode"],
    )
    flow = generator.flow_from_directory(
        str(folder), (SIZE, SIZE), batch_size=BATCH, class_mode="binary", classes=["real", "fake"]
    )
    print()  # what flow_from_directory prints ends here

    def batches() -> Iterator[Any]:
        for images, labels in flow:
            if len(images) == BATCH:
                # The network here scales pixels itself.
                yield images * 255, labels[:, None]

    return batches(), precision


def ours(folder: Path, work: Path, precision: str) -> tuple[Iterator[Any], str]:
    """As `unmask train` does it."""
    from unmask.training.augment.chain import augmentation
    from unmask.training.batches import Batches, in_memory
    from unmask.training.crops import read_split
    from unmask.training.devices import choose_precision
    from unmask.training.examples import class_weights, epoch_order, make_examples

    rows = [
        f"{path},{path.stem},{int(path.parent.name == 'fake')},train"
        for path in sorted(folder.glob("*/*.jpg"))
    ]
    (work / "dataset.csv").write_text("\n".join(["file,video,label,split", *rows]) + "\n")
    crops = read_split(work / "dataset.csv", folder, "train")
    examples = make_examples(crops)
    batches = Batches(
        crops,
        examples,
        in_memory(crops, SIZE, 2048),
        class_weights(crops.labels, "none"),
        lambda epoch: epoch_order(examples, 0, int(epoch)),
        SIZE,
        BATCH,
        0,
        augmentation(**SIX),
    )
    dataset = batches.dataset(0, 10_000).map(lambda images, labels, weights: (images, labels))
    whole = dataset.filter(lambda images, labels: len(images) == BATCH)
    return iter(whole), choose_precision(precision)


def batches_a_second(batches: Iterator[Any], seconds: float = 6.0) -> float:
    for _ in range(10):
        next(batches)
    count, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        next(batches)
        count += 1
    return count / (time.perf_counter() - began)


def steps_a_second(batches: Iterator[Any], steps: int, policy: str) -> float:
    import keras

    from unmask.model import runtime
    from unmask.model.build import build_model

    with runtime.precision(policy):
        model = build_model(**MODEL)
    model.compile(keras.optimizers.RMSprop(2e-5), "binary_crossentropy", jit_compile=False)

    def step() -> Any:
        return model.train_on_batch(*next(batches))

    for _ in range(2):
        step()
    began = time.perf_counter()
    losses = [float(step()) for _ in range(steps)]
    assert all(map(math.isfinite, losses))
    return steps / (time.perf_counter() - began)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(*json.loads(sys.argv[2]))
    else:
        main()
