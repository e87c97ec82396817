"""Videos that look alike on different sides of the split are found, by real images."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

import media
from unmask.dataset.accept import accept
from unmask.dataset.duplicates import pairs_text, read_pairs
from unmask.dataset.near_duplicates import find_pairs, video_bits
from unmask.disk.files import write_text
from unmask.errors import DatasetError
from unmask.videos.manifest import Video


def scene(seed):
    """A picture with large shapes, as a frame of its own scene has."""
    return media.texture((320, 240), seed=seed)


def write(folder, name, images, quality=95):
    paths = []
    for number, image in enumerate(images):
        path = folder / name / f"{number:06d}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path), image, [cv2.IMWRITE_JPEG_QUALITY, quality])
        paths.append(path)
    return paths


def video(name, split, label=0):
    return Video(name, f"{name}.mp4", label, name, split, "", "d")


CHANGES = {
    "recoded": lambda image: image,
    "shrunk": lambda image: cv2.resize(image, None, fx=0.4, fy=0.4, interpolation=cv2.INTER_AREA),
    "squeezed": lambda image: cv2.resize(image, (200, 240)),
    "darker": lambda image: (image * 0.6).astype(np.uint8),
    "gray": lambda image: cv2.cvtColor(cv2.cvtColor(image, 6), 8),
    "swapped": lambda image: cv2.ellipse(
        image.copy(), (160, 120), (25, 35), 0, 0, 360, (90, 110, 160), -1
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_copy_on_another_side_is_found(tmp_path, change):
    images = {f"v{n}": write(tmp_path, f"v{n}", [scene(n)] * 4) for n in range(12)}
    changed = [CHANGES[change](scene(3))] * 5
    images["copy"] = write(tmp_path, "copy", changed, quality=40)
    videos = [video(f"v{n}", "train") for n in range(12)] + [video("copy", "test", label=1)]
    [pair] = find_pairs(videos, images)
    assert (pair.video, pair.other) == ("v3", "copy")
    assert (pair.split, pair.other_split, pair.label, pair.other_label) == (
        *("train", "test"),
        *("real", "fake"),
    )
    assert 0 <= pair.difference <= 0.15
    write_text(tmp_path / "pairs.csv", pairs_text([pair]))
    assert read_pairs(tmp_path / "pairs.csv") == [pair]


def test_other_scenes_and_the_same_scene_on_one_side_are_no_pairs(tmp_path):
    images = {f"v{n}": write(tmp_path, f"v{n}", [scene(n // 2)] * 3) for n in range(12)}
    sides = ("train", "train", "val", "val", "test", "test")
    assert find_pairs([video(f"v{n}", sides[n % 6]) for n in range(12)], images) == []


def test_images_that_show_nothing_or_cannot_be_read_are_like_nothing(tmp_path):
    black = write(tmp_path, "a", [np.zeros((240, 320, 3), np.uint8)] * 3)
    images = {"a": black, "b": black, "c": [], "d": [tmp_path / "gone.jpg"]}
    videos = [video(name, split) for name, split in zip("abcd", ("train", "test") * 2, strict=True)]
    assert find_pairs(videos, images) == []
    assert video_bits([]) is None


def test_pairs_are_named_or_stop_the_run(tmp_path):
    images = {name: write(tmp_path, name, [scene(1)] * 3) for name in "ab"}
    pairs = find_pairs([video("a", "train"), video("b", "test", 1)], images)
    some = [video(f"{s}{n}", s, n % 2) for s in ("train", "val", "test") for n in range(4)]
    told = "1 pair of videos looks alike on different sides of the split:\n  a (train, real) and b"
    assert told in accept(some, [], pairs, max_bad_fraction=0.1)
    with pytest.raises(DatasetError, match=r"together: data/together\.csv") as caught:
        accept(some, [], pairs, max_bad_fraction=0.1, duplicates="error")
    assert told in str(caught.value)
