"""From face indexes to the dataset folders: what is left out, what is linked, what is refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from unmask.dataset.accept import accept
from unmask.dataset.build import build_dataset
from unmask.dataset.face_indexes import load_face_indexes, load_indexes, save_indexes
from unmask.dataset.quarantine import collect, quality_text
from unmask.disk.records import Square
from unmask.errors import DatasetError
from unmask.faces.adopt import adopt_dataset
from unmask.faces.index import Crop, FaceIndex, Quality
from unmask.videos.manifest import Video
from unmask.videos.problems import Problem

SQUARE = Square(2.5, 4.0, 5.2)


def video(name, label, split, group=None):
    return Video(name, f"{name}.mp4", label, group or name, split, "swap" if label else "", "d")


def faces(folder, name, count=2):
    (folder / name).mkdir(parents=True)
    crops = []
    for number in range(count):
        (folder / name / f"{number:06d}_0.jpg").write_bytes(f"{name} {number}".encode())
        crops.append(Crop(f"{number:06d}_0.jpg", number, number / 2, (1, 2, 3, 4), 0.99, SQUARE))
    index = FaceIndex(name, size=8, quality=Quality(3, count, 40.0, 0.99), faces=crops)
    index.save(folder / f"{name}.json")
    return index


@pytest.fixture
def made(tmp_path):
    videos = [video("a", 0, "train"), video("b", 1, "train", "a"), video("c", 1, "test")]
    for entry in videos:
        faces(tmp_path / "faces", entry.id)
    bad = FaceIndex("bad").quarantine("faces", "no face in any of 3 frames")
    bad.save(tmp_path / "faces/bad.json")
    videos.append(video("bad", 0, "val"))
    indexes, crops = load_face_indexes(videos, tmp_path / "faces")
    return videos, indexes, crops, tmp_path / "dataset"


def test_crops_go_to_their_split_and_class_and_quarantined_videos_stay_out(made):
    *inputs, out = made
    rows = build_dataset(*inputs, out)
    files = sorted(p.relative_to(out).as_posix() for p in out.rglob("*.jpg"))
    assert files == sorted(row["file"] for row in rows)
    assert "train/fake/b_000001_0.jpg" in files
    assert not any("bad" in file for file in files)
    assert (out / "train/fake/b_000001_0.jpg").read_bytes() == b"b 1"
    assert {row["label"] for row in rows if "/fake/" in row["file"]} == {1}


def test_all_six_folders_exist_even_when_empty(made):
    *inputs, out = made
    build_dataset(*inputs, out)
    assert sorted(p.relative_to(out).as_posix() for p in out.glob("*/*")) == [
        f"{split}/{name}" for split in ("test", "train", "val") for name in ("fake", "real")
    ]


def test_no_bytes_are_copied_where_links_work(made, tmp_path):
    *inputs, out = made
    build_dataset(*inputs, out)
    linked = out / "train/real/a_000000_0.jpg"
    assert linked.samefile(tmp_path / "faces/a/000000_0.jpg")


def test_bytes_are_copied_where_links_do_not_work(made, monkeypatch):
    def no_links(*_):
        raise OSError("the file system has no links")

    *inputs, out = made
    monkeypatch.setattr(os, "link", no_links)
    build_dataset(*inputs, out)
    assert (out / "train/real/a_000000_0.jpg").read_bytes() == b"a 0"


def test_building_again_leaves_nothing_of_before(made):
    *inputs, out = made
    build_dataset(*inputs, out)
    (out / "train/real/stale.jpg").write_bytes(b"old")
    build_dataset(*inputs, out)
    assert not (out / "train/real/stale.jpg").exists()


def test_a_group_on_two_sides_is_refused_before_anything_is_written(made):
    videos, indexes, crops, out = made
    videos[1].split = "test"
    with pytest.raises(DatasetError, match="several sides"):
        build_dataset(videos, indexes, crops, out)
    assert not out.exists()


def test_the_quarantine_holds_every_bad_video_with_its_reason(made):
    _, indexes, _, _ = made
    assert collect(indexes.values()) == [Problem("bad", "faces", "no face in any of 3 frames")]


def test_the_quality_table_has_a_row_a_video(made):
    _, indexes, _, _ = made
    lines = quality_text(indexes.values()).splitlines()
    assert lines[0] == (
        "video,status,frames_sampled,frames_with_face,median_face_px,median_confidence,device,"
        "eye_distance,eye_line,sharpness"
    )
    assert lines[1] == "a,ok,3,2,40.0,0.99,cpu,,,"
    assert "bad,quarantined,0,0,0.0,0.0,cpu,,," in lines


def enough():
    return [
        video(f"{split}{n}", n % 2, split) for split in ("train", "val", "test") for n in range(4)
    ]


def test_a_few_bad_videos_are_accepted_and_counted():
    problems = [Problem("train0", "frames", "empty file"), Problem("x", "manifest", "absent")]
    verdict = accept(enough(), problems, max_bad_fraction=0.1)
    assert verdict == "11 of 12 videos can be used, 1 are quarantined."


def test_too_many_bad_videos_stop_the_run_with_reasons_and_the_line_to_write():
    problems = [Problem(f"train{n}", "frames", "empty file") for n in range(2)]
    with pytest.raises(DatasetError) as caught:
        accept(enough(), problems, max_bad_fraction=0.1)
    text = str(caught.value)
    assert "2 of 12 videos (17%)" in text
    assert "train0 (frames): empty file" in text
    assert "max_bad_fraction: 0.17" in text
    accept(enough(), problems, max_bad_fraction=0.17)
    accept(enough(), problems, max_bad_fraction=2 / 12)


def test_training_needs_both_classes_and_says_which_is_missing():
    problems = [Problem(f"val{n}", "faces", "no face") for n in (0, 2)]
    with pytest.raises(DatasetError, match="val has no real video"):
        accept(enough(), problems, max_bad_fraction=1.0)


def test_a_test_split_of_one_class_is_left_to_the_evaluation():
    problems = [Problem(f"test{n}", "faces", "no face") for n in (0, 2)]
    accept(enough(), problems, max_bad_fraction=1.0)


@pytest.mark.parametrize("label", [0, 1])
def test_data_of_one_class_is_told_so_and_not_to_change_the_shares(label):
    some = [video(f"{split}{n}", label, split) for split in ("train", "val") for n in range(4)]
    with pytest.raises(DatasetError) as caught:
        accept(some, [], max_bad_fraction=0.1)
    name = ("real", "fake")[label]
    assert f"All 8 videos are {name}." in str(caught.value)
    assert "val: 0.25" not in str(caught.value)
    assert ("self_blended: only" in str(caught.value)) == (label == 0)


@pytest.mark.parametrize("self_blended", ["extra", "only"])
def test_real_videos_are_enough_where_fakes_are_made_of_them(self_blended):
    some = [video(f"{split}{n}", 0, split) for split in ("train", "val") for n in range(4)]
    accept(some, [], max_bad_fraction=0.1, self_blended=self_blended)
    fakes = [video(f"{split}{n}", 1, split) for split in ("train", "val") for n in range(4)]
    with pytest.raises(DatasetError, match="train has no real video; val has no real video"):
        accept(fakes, [], max_bad_fraction=0.1, self_blended=self_blended)


def test_validation_of_one_class_is_enough_to_choose_by_the_loss():
    some = [v for v in enough() if v.split != "val" or v.label]
    with pytest.raises(DatasetError, match="val has no real video"):
        accept(some, [], max_bad_fraction=0.1)
    accept(some, [], max_bad_fraction=0.1, monitor="val_loss")
    with pytest.raises(DatasetError, match="val has no real video"):
        accept([v for v in some if v.split != "val"], [], max_bad_fraction=0.1, monitor="val_loss")


def test_a_class_that_is_all_in_quarantine_is_told_so():
    problems = [Problem(v.id, "faces", "no face") for v in enough() if v.label]
    with pytest.raises(DatasetError, match=r"All fake videos are in quarantine"):
        accept(enough(), problems, max_bad_fraction=1.0)


def test_videos_of_too_few_groups_are_told_what_may_have_joined_them():
    some = [video(f"{split}{n}", n % 2, split, group=split) for split in ("train", "val")
            for n in range(4)]  # fmt: skip
    with pytest.raises(DatasetError, match=r"6 usable videos are in 2 groups(.|\n)*pair_by: none"):
        accept([v for v in some if v.id not in ("val0", "val2")], [], max_bad_fraction=0.1)


def test_ready_crops_are_taken_over_a_dataset_at_a_time(tmp_path):
    import cv2
    import numpy as np

    image = np.full((40, 30, 3), 128, np.uint8)
    for name in "ab":
        cv2.imwrite(str(tmp_path / f"{name}.png"), image)
    (tmp_path / "broken.png").write_bytes(b"no image")
    videos = [
        Video(name, str(tmp_path / f"{name}.png"), 0, name, "train", "", "d")
        for name in ("a", "b", "broken")
    ]
    images = {video.id: [Path(video.path)] for video in videos}
    indexes = adopt_dataset(images, tmp_path / "cropped/d", size=16, quality=90, keep=True)
    save_indexes(tmp_path / "cropped/d.jsonl", indexes)
    assert load_indexes(tmp_path / "cropped/d.jsonl") == indexes
    found, folders = load_face_indexes(videos, tmp_path / "faces", [tmp_path / "cropped/d.jsonl"])
    assert [found[name].ok for name in ("a", "b", "broken")] == [True, True, False]
    crop = cv2.imread(str(folders["a"] / found["a"].faces[0].file))
    assert crop.shape == (16, 16, 3)
