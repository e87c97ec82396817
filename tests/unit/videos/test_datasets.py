"""Readers: what each kind of dataset makes of its folder."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest

from unmask.config.load import validate
from unmask.errors import DatasetError
from unmask.videos.readers.listing import Listing
from unmask.videos.readers.read import read_dataset


def touch(root: Path, *names: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"video")
    return root


def read(where: Path, kind: str, **settings) -> Listing:
    entry = {"name": "mine", "kind": kind, "root": "d", **settings}
    return read_dataset(validate({"datasets": [entry]}).datasets[0], where)


def refusal(where: Path, kind: str, **settings) -> str:
    with pytest.raises(DatasetError) as caught:
        read(where, kind, **settings)
    return str(caught.value)


def metadata(folder: Path, entries: dict) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "metadata.json").write_text(json.dumps(entries))


FAKE = {"label": "FAKE", "split": "train", "original": "b.mp4"}
REAL = {"label": "REAL", "split": "train"}


def test_the_real_metadata_of_400_videos_is_read_whole(tmp_path, dfdc_metadata):
    root = tmp_path / "d"
    root.mkdir()
    shutil.copy(dfdc_metadata, root / "metadata.json")
    entries = json.loads(dfdc_metadata.read_text())
    touch(root, *entries)
    listing = read(tmp_path, "dfdc")
    assert Counter(clip.label for clip in listing.clips) == {1: 323, 0: 77}
    assert not listing.problems
    groups = {clip.name: clip.group for clip in listing.clips}
    with_original = [
        (name, entry["original"])
        for name, entry in entries.items()
        if entry.get("original") in entries
    ]
    assert len(with_original) == 58
    for fake, original in with_original:
        assert groups[Path(fake).stem] == groups[Path(original).stem]


def test_a_split_that_says_train_of_every_video_is_no_split(tmp_path):
    metadata(touch(tmp_path / "d", "a.mp4", "b.mp4"), {"a.mp4": FAKE, "b.mp4": REAL})
    assert {clip.split for clip in read(tmp_path, "dfdc").clips} == {""}


def test_a_split_that_tells_videos_apart_is_kept(tmp_path):
    entries = {"a.mp4": FAKE, "b.mp4": REAL, "c.mp4": {"label": "REAL", "split": "test"}}
    metadata(touch(tmp_path / "d", *entries), entries)
    splits = {clip.name: clip.split for clip in read(tmp_path, "dfdc").clips}
    assert splits == {"a": "train", "b": "train", "c": "test"}


def test_part_folders_are_read_together_and_share_their_originals(tmp_path):
    metadata(touch(tmp_path / "d/dfdc_train_part_0", "a.mp4"), {"a.mp4": FAKE})
    metadata(touch(tmp_path / "d/dfdc_train_part_1", "b.mp4"), {"b.mp4": REAL})
    clips = read(tmp_path, "dfdc").clips
    assert [clip.path for clip in clips] == ["dfdc_train_part_0/a.mp4", "dfdc_train_part_1/b.mp4"]
    assert clips[0].group == clips[1].group


def test_listed_but_absent_and_present_but_unlisted_videos_are_reported(tmp_path):
    metadata(touch(tmp_path / "d", "a.mp4", "stray.mp4"), {"a.mp4": FAKE, "gone.mp4": REAL})
    listing = read(tmp_path, "dfdc")
    assert [clip.path for clip in listing.clips] == ["a.mp4"]
    assert listing.problems == [
        ("gone.mp4", "in metadata.json but not in the folder"),
        ("stray.mp4", "in the folder but not in metadata.json"),
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"a.mp4": {"label": "MAYBE"}}', "the label 'MAYBE' is not known"),
        ('{"a.mp4": {}}', "'a.mp4' has no label"),
        ('{"a.mp4": {"label": "FAKE", "original": 5}}', "must be a file name or null"),
        ('{"a":' * 9999, "cannot be read as JSON"),
        ('{"../../etc/a.mp4": {"label": "REAL"}}', "leads out of the dataset's folder"),
        ('{"/a.mp4": {"label": "REAL"}}', "leads out of the dataset's folder"),
        ('{"a.mp4": {"label": "REAL"}, "a.mp4": {"label": "FAKE"}}', "stands there twice"),
        ('{"a.mp4": {"label": "REAL", "split": "holdout"}}', "the split 'holdout' is not known"),
        ("[]", "must be a JSON object"),
        ("{", "cannot be read as JSON"),
    ],
)
def test_wrong_metadata_is_refused_before_any_work(tmp_path, content, said):
    touch(tmp_path / "d", "a.mp4")
    (tmp_path / "d/metadata.json").write_text(content)
    assert said in refusal(tmp_path, "dfdc")


def test_a_dfdc_folder_without_metadata_is_refused_with_the_way_out(tmp_path):
    touch(tmp_path / "d", "a.mp4")
    assert "kind: folders" in refusal(tmp_path, "dfdc")


def test_folders_give_labels_and_methods_and_group_files_of_one_name(tmp_path):
    touch(tmp_path / "d", "real/anna.mp4", "Fake/swap/anna.mp4", "Fake/bob é.jpg", "notes.txt")
    clips = {clip.path: clip for clip in read(tmp_path, "folders").clips}
    assert clips["real/anna.mp4"].label == 0
    assert clips["Fake/swap/anna.mp4"].label == 1
    assert clips["Fake/swap/anna.mp4"].method == "swap"
    assert clips["real/anna.mp4"].group == clips["Fake/swap/anna.mp4"].group
    assert clips["Fake/bob é.jpg"].method == ""


def test_folders_below_split_folders_keep_that_split(tmp_path):
    touch(tmp_path / "d", "train/real/a.jpg", "valid/fake/b.jpg", "test/real/c.jpg")
    clips = read(tmp_path, "folders", cropped=True).clips
    assert {clip.path: clip.split for clip in clips} == {
        "train/real/a.jpg": "train",
        "valid/fake/b.jpg": "val",
        "test/real/c.jpg": "test",
    }


def test_a_folder_that_is_neither_real_nor_fake_is_refused(tmp_path):
    touch(tmp_path / "d", "real/a.mp4", "fakes/b.mp4")
    assert "fakes/b.mp4 is neither in a folder real/" in refusal(tmp_path, "folders")


def groups(listing: Listing) -> dict[str, str]:
    return {clip.path: clip.group for clip in listing.clips}


def test_frames_in_a_folder_of_their_own_are_one_group(tmp_path):
    touch(
        tmp_path / "d",
        *(f"real/anna/{n}.jpg" for n in range(3)),
        *(f"fake/swap/anna/{n}.jpg" for n in range(3)),
        *(f"fake/anna/{n}.jpg" for n in range(2)),
        *(f"fake/gan/{n}.jpg" for n in range(2)),
    )
    listing = read(tmp_path, "folders")
    found = groups(listing)
    assert {group for path, group in found.items() if "anna" in path} == {"anna"}
    assert found["fake/gan/0.jpg"] == "0", "a folder below fake alone names a method"
    methods = {clip.path: clip.method for clip in listing.clips}
    assert methods["fake/swap/anna/0.jpg"] == "swap"
    assert methods["fake/gan/0.jpg"] == "gan"
    assert methods["fake/anna/0.jpg"] == ""


def test_one_name_in_two_given_splits_means_two_files(tmp_path):
    touch(tmp_path / "d", "train/real/1.jpg", "train/fake/1.jpg", "test/real/1.jpg")
    found = groups(read(tmp_path, "folders"))
    assert found["train/real/1.jpg"] == found["train/fake/1.jpg"] != found["test/real/1.jpg"]


def test_files_of_other_kinds_are_reported_and_tables_and_texts_passed_over(tmp_path):
    touch(tmp_path / "d", "real/a.mp4", "real/b.gif", "real/c.mp4.part", "real/notes.txt")
    problems = read(tmp_path, "folders").problems
    assert [path for path, _ in problems] == ["real/b.gif", "real/c.mp4.part"]


def test_links_in_a_circle_are_followed_once(tmp_path):
    touch(tmp_path / "d", "real/a.mp4", "fake/b.mp4")
    (tmp_path / "d/real/loop").symlink_to("..")
    (tmp_path / "d/real/self").symlink_to(".")
    assert sorted(groups(read(tmp_path, "folders"))) == ["fake/b.mp4", "real/a.mp4"]


def test_a_fake_of_a_fake_belongs_to_the_first_original(tmp_path):
    entries = {
        "a.mp4": {"label": "REAL"},
        "b.mp4": {"label": "FAKE", "original": "a.mp4"},
        "c.mp4": {"label": "FAKE", "original": "b.mp4"},
    }
    metadata(touch(tmp_path / "d", *entries), entries)
    assert set(groups(read(tmp_path, "dfdc")).values()) == {"a"}


def test_the_demo_is_not_filmed_among_other_videos(tmp_path):
    touch(tmp_path / "d", "holiday.mp4")
    assert "holds other videos" in refusal(tmp_path, "demo", groups=3)
    metadata(tmp_path / "d", {"holiday.mp4": REAL})
    assert "holds other videos" in refusal(tmp_path, "demo", groups=3)


def write_table(where: Path, text: str, *files: str) -> None:
    touch(where / "d", *files)
    (where / "d").mkdir(exist_ok=True)
    (where / "d/labels.csv").write_text(text, "utf-8")


def test_a_table_is_read_with_all_its_columns(tmp_path):
    write_table(
        tmp_path,
        'path,label,group,split,method,subject\n"a, b.mp4",fake,g,test,swap,anna\nc.png,0,,,,\n',
        "a, b.mp4",
        "c.png",
    )
    first, second = read(tmp_path, "table").clips
    assert (first.path, first.label, first.group) == ("a, b.mp4", 1, "g")
    assert (first.split, first.method, first.subject) == ("test", "swap", "anna")
    assert (second.label, second.group, second.split) == (0, "c.png", "")


def test_a_table_saved_by_a_spreadsheet_is_read(tmp_path):
    write_table(tmp_path, "\ufeffpath, label\r\na.mp4, REAL\r\n", "a.mp4")
    assert read(tmp_path, "table").clips[0].label == 0


def test_the_same_row_twice_counts_once_and_an_empty_one_not_at_all(tmp_path):
    write_table(tmp_path, "Path,Label\na.mp4,real\n,\n./a.mp4,real\n", "a.mp4")
    assert len(read(tmp_path, "table").clips) == 1


def test_rows_without_a_file_and_files_of_another_kind_are_reported(tmp_path):
    write_table(tmp_path, "path,label\na.mp4,real\ngone.mp4,real\nb.txt,fake\n", "a.mp4", "b.txt")
    listing = read(tmp_path, "table")
    assert [clip.path for clip in listing.clips] == ["a.mp4"]
    assert [path for path, _ in listing.problems] == ["gone.mp4", "b.txt"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("path,label\na.mp4,real\na.mp4,fake\n", "stands already in line 2"),
        ("path,label\na.mp4,unsure\n", "the label 'unsure' is not known"),
        ("path,label\n../a.mp4,real\n", "leads out of the dataset's folder"),
        ("path,label\nC:\\a.mp4,real\n", "leads out of the dataset's folder"),
        ("path,label,split\na.mp4,real,dev\n", "the split 'dev' is not known"),
        ("file,label\na.mp4,real\n", "the column 'path' is missing"),
        ("path,label,weight\na.mp4,real,3\n", "the column 'weight' is not known"),
        ("path,label,label\na.mp4,real,fake\n", "two columns 'label'"),
        ("path;label\na.mp4;real\n", "separate the columns by commas"),
        ("path,label\na.mp4,real\n./a.mp4,fake\n", "stands already in line 2"),
        ("path,label\na,b.mp4,real\n", "Put a path with a comma in double quotes"),
    ],
)
def test_a_wrong_table_is_refused_with_its_line(tmp_path, text, said):
    write_table(tmp_path, text, "a.mp4")
    assert said in refusal(tmp_path, "table")


def test_a_missing_table_and_one_that_is_not_text_are_refused(tmp_path):
    touch(tmp_path / "d", "a.mp4")
    assert "There is no table d/labels.csv" in refusal(tmp_path, "table")
    (tmp_path / "d/labels.csv").write_bytes(b"path,label\n\xff\xfe,real\n")
    assert "not a CSV in UTF-8" in refusal(tmp_path, "table")


def test_faceforensics_ties_fakes_to_both_of_their_originals(tmp_path):
    original, fake = "original_sequences/youtube/{}/videos", "manipulated_sequences/{}/{}/videos"
    touch(
        tmp_path / "d",
        f"{original.format('c23')}/004.mp4",
        f"{original.format('c40')}/004.mp4",
        f"{original.format('c23')}/982.mp4",
        f"{original.format('c23')}/519.mp4",
        f"{fake.format('Deepfakes', 'c23')}/004_982.mp4",
        f"{fake.format('Face2Face', 'c23')}/982_004.mp4",
        "original_sequences/actors/c23/videos/24__outside_talking.mp4",
        f"{fake.format('DeepFakeDetection', 'c23')}/24_23__outside_talking__YR5OVD4S.mp4",
        "original_sequences/stray.mp4",
    )
    listing = read(tmp_path, "faceforensics")
    groups = {clip.name: clip.group for clip in listing.clips}
    pair = {name for name, group in groups.items() if group == groups["youtube-c23-004"]}
    assert pair == {
        "youtube-c23-004",
        "youtube-c40-004",
        "youtube-c23-982",
        "Deepfakes-c23-004_982",
        "Face2Face-c23-982_004",
    }
    assert groups["youtube-c23-519"] == "519"
    assert (
        groups["DeepFakeDetection-c23-24_23__outside_talking__YR5OVD4S"]
        == groups["actors-c23-24__outside_talking"]
    )
    assert {clip.method for clip in listing.clips if clip.label} == {
        "Deepfakes",
        "Face2Face",
        "DeepFakeDetection",
    }
    assert listing.problems == [
        ("original_sequences/stray.mp4", "not in <method>/<compression>/videos")
    ]
    only = read(tmp_path, "faceforensics", compression="c40")
    assert [clip.name for clip in only.clips] == ["youtube-c40-004"]


def test_celebdf_keeps_its_test_list_and_never_parts_a_fake_from_its_original(tmp_path):
    touch(
        tmp_path / "d",
        "Celeb-real/id0_0000.mp4",
        "Celeb-synthesis/id0_id1_0000.mp4",
        "Celeb-real/id1_0000.mp4",
        "YouTube-real/00000.mp4",
    )
    (tmp_path / "d/List_of_testing_videos.txt").write_text(
        "0 Celeb-synthesis/id0_id1_0000.mp4\n1 YouTube-real/00170.mp4\n"
    )
    listing = read(tmp_path, "celebdf")
    splits = {clip.name: clip.split for clip in listing.clips}
    assert splits == {
        "Celeb-real-id0_0000": "test",
        "Celeb-synthesis-id0_id1_0000": "test",
        "Celeb-real-id1_0000": "train",
        "YouTube-real-00000": "train",
    }
    assert [path for path, _ in listing.problems] == ["YouTube-real/00170.mp4"]


@pytest.mark.parametrize("kind", ["dfdc", "faceforensics", "celebdf", "folders", "table"])
def test_a_root_that_is_not_there_is_refused(tmp_path, kind):
    assert "there is no folder d" in refusal(tmp_path, kind)


@pytest.mark.parametrize(
    ("kind", "said"),
    [("faceforensics", "has neither"), ("celebdf", "none of the folders"), ("folders", "no label")],
)
def test_a_folder_of_another_layout_is_refused(tmp_path, kind, said):
    (tmp_path / "d").mkdir()
    assert said in refusal(tmp_path, kind)


def test_the_demo_is_known_before_it_is_filmed(tmp_path):
    listing = read(tmp_path, "demo", groups=4)
    assert Counter(clip.label for clip in listing.clips) == {0: 4, 1: 4}
    assert len({clip.group for clip in listing.clips}) == 4
