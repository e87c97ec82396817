"""A disk that is full, for whatever is written: one line says it, and nothing half is left."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from unmask.disk.files import fresh_directory, write_text
from unmask.disk.machine import what_it_lacks
from unmask.errors import UnmaskError
from unmask.frames.images import write_jpeg
from unmask.report.plots import figures
from unmask.training.checkpoint import Checkpoint, State
from unmask.videos.demo import film_demo

NOISE = np.random.default_rng(0).integers(0, 255, (600, 800, 3), dtype=np.uint8)


@pytest.fixture
def small_disk(tmp_path) -> Iterator[Path]:
    """A disk of 200 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(folder)]
    try:
        done = subprocess.run(mount, capture_output=True, text=True)
    except FileNotFoundError:
        pytest.skip("there is no mount command here")
    if done.returncode:
        pytest.skip(f"no disk can be mounted here: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def folder_of_crops(disk: Path) -> None:
    with fresh_directory(disk / "faces") as folder:
        for number in range(9):
            write_jpeg(folder / f"{number}.jpg", NOISE[:200, :200], 95)


def pictures_of_the_data(disk: Path) -> None:
    with fresh_directory(disk / "explore") as folder:
        Image.fromarray(NOISE).save(folder / "sheet.jpg", quality=100)


def checkpoint(disk: Path) -> None:
    state = State(1, [np.random.default_rng(0).random(100_000)], [], [], {})
    Checkpoint(disk / "train.npz", "of this training").save(state)


WRITERS = {
    "frame": lambda disk: write_jpeg(disk / "1.jpg", NOISE, 95),
    "crops": folder_of_crops,
    "table": lambda disk: write_text(disk / "scores.csv", "0.5\n" * 100_000),
    "checkpoint": checkpoint,
    "plot": lambda disk: figures.save(
        disk / "roc.png", lambda figure: figure.add_subplot().imshow(NOISE)
    ),
    "pictures": pictures_of_the_data,
    "demo": lambda disk: film_demo(disk, groups=3, seconds=1, threads=1),
}


@pytest.mark.parametrize("what", WRITERS)
def test_what_finds_no_room_says_so_and_leaves_nothing(small_disk, what):
    with pytest.raises((OSError, UnmaskError)) as raised:
        WRITERS[what](small_disk)
    said = what_it_lacks(raised.value) or str(raised.value)
    assert str(small_disk) in said
    assert re.search("room", said)
    assert "\n" not in said
    assert not list(small_disk.rglob(".*"))
    assert {path.suffix for path in small_disk.rglob("*")} <= {".mp4"}, "clips that were whole"


@pytest.mark.long
def test_a_model_that_finds_no_room_says_so_and_leaves_nothing(small_disk):
    import keras

    from unmask.model.contract import CLASSES
    from unmask.model.model_file import save_model

    layers = [keras.Input((64, 64, 3)), keras.layers.Flatten(), keras.layers.Dense(30)]
    model = keras.Sequential([*layers, keras.layers.Dense(1)])
    contract = {"classes": CLASSES, "input_size": 64, "channels": "RGB", "scaling": "tf"}
    with pytest.raises(OSError) as raised:
        save_model(model, small_disk / "model.keras", contract | {"backbone": "none"})
    assert str(small_disk / "model.keras") in what_it_lacks(raised.value)
    assert not list(small_disk.iterdir())


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (PermissionError(13, "Permission denied", "results/a.json"), "results/a.json: Permission"),
        (OSError(30, "Read-only file system", "results/a.json"), "read and write there"),
        (MemoryError(), "--cores 1"),
        (OSError(12, "Cannot allocate memory"), "--cores 1"),
        (OSError(5, "Input/output error", "a.mp4"), "See to the disk"),
    ],
)
def test_what_the_machine_lacks_is_told_with_what_to_do(error, said):
    assert said in what_it_lacks(error)


@pytest.mark.parametrize("error", [FileNotFoundError(2, "No such file"), ValueError("x")])
def test_what_is_a_mistake_of_ours_is_no_lack_what_it_lacks(error):
    assert what_it_lacks(error) == ""
