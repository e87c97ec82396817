"""Readers: what each kind of dataset makes of its folder."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest

from unmask.config.load import validate
from unmask.errors import ConfigError, DatasetError
from unmask.videos.pairs import group_by_name
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


@pytest.mark.parametrize(
    "folder", ["part_00/part_0", "a/b/c/dfdc_train_part_7", "dfdc_train_part_7"]
)
def test_metadata_is_found_however_deep_it_lies(tmp_path, folder):
    metadata(touch(tmp_path / f"d/{folder}", "a.mp4", "b.mp4"), {"a.mp4": FAKE, "b.mp4": REAL})
    listing = read(tmp_path, "dfdc")
    assert [clip.path for clip in listing.clips] == [f"{folder}/a.mp4", f"{folder}/b.mp4"]
    assert not listing.problems


def test_metadata_is_found_behind_a_link_to_a_folder_and_with_a_mark_of_byte_order(tmp_path):
    metadata(touch(tmp_path / "elsewhere/deep", "a.mp4"), {"a.mp4": REAL})
    path = tmp_path / "elsewhere/deep/metadata.json"
    path.write_text("\ufeff" + path.read_text(), "utf-8")
    (tmp_path / "d").mkdir()
    (tmp_path / "d/part_0").symlink_to(tmp_path / "elsewhere")
    assert [clip.path for clip in read(tmp_path, "dfdc").clips] == ["part_0/deep/a.mp4"]


def test_parts_of_dfdc_may_be_the_split(tmp_path):
    for number in range(4):
        folder = tmp_path / f"d/dfdc_train_part_{number}"
        entries = {f"{c}{number}.mp4": REAL for c in "ab"}
        metadata(touch(folder, *entries), entries)
    splits = [clip.split for clip in read(tmp_path, "dfdc", test_parts=[3], val_parts=[0]).clips]
    assert splits == ["val"] * 2 + ["train"] * 4 + ["test"] * 2
    splits = [clip.split for clip in read(tmp_path, "dfdc", test_parts=[2, 3]).clips]
    assert splits == ["train+val"] * 4 + ["test"] * 4
    assert "there is no part 9" in refusal(tmp_path, "dfdc", test_parts=[9])


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
    listing = read(tmp_path, "folders")
    group_by_name(listing.clips, "name")
    clips = {clip.path: clip for clip in listing.clips}
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


def groups(listing: Listing, by: str = "name") -> dict[str, str]:
    group_by_name(listing.clips, by)
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


def crop_folders(root: Path, *folders: str, count: int = 5) -> Path:
    return touch(root, *(f"{folder}/{n}.png" for folder in folders for n in range(count)))


def videos(listing: Listing) -> dict[str, int]:
    return {clip.path: len(clip.images) for clip in listing.clips}


@pytest.mark.parametrize(
    ("folders", "methods"),
    [
        (("real/000", "real/003", "fake/Deepfakes/000_003"), {"Deepfakes"}),
        (("real/000", "real/003", "fake/000_003"), {""}),
        (("real/000", "fake/000", "fake/swap/000"), {"", "swap"}),
    ],
)
def test_a_folder_of_face_crops_is_a_video(tmp_path, folders, methods):
    crop_folders(tmp_path / "d", *folders)
    listing = read(tmp_path, "folders", cropped=True)
    assert videos(listing) == dict.fromkeys(folders, 5)
    assert {clip.method for clip in listing.clips if clip.label} == methods
    [first] = [clip for clip in listing.clips if clip.path == "real/000"]
    assert first.images == tuple(f"real/000/{n}.png" for n in range(5))
    assert "3 folders of crops are a video each" in listing.notes[0]
    found = groups(listing, "prefix")
    assert len({group for path, group in found.items() if "000" in path}) == 1


def test_images_of_a_folder_are_in_the_order_of_their_numbers(tmp_path):
    touch(tmp_path / "d", "real/a/frame_10.png", "real/a/frame_9.png", "fake/a/1.png")
    [_, real] = read(tmp_path, "folders", cropped=True).clips
    assert real.images == ("real/a/frame_9.png", "real/a/frame_10.png")


def test_what_a_video_of_crops_is_can_be_said(tmp_path):
    crop_folders(tmp_path / "d", "real", "fake/gan", "fake/swap")
    auto, file, folder = (
        videos(read(tmp_path, "folders", cropped=True, video_per=how))
        for how in ("auto", "file", "folder")
    )
    assert auto == file and set(auto.values()) == {0} and len(auto) == 15
    alone = {f"real/{n}.png": 0 for n in range(5)}
    assert folder == alone | {"fake/gan": 5, "fake/swap": 5}
    with pytest.raises(ConfigError, match="video_per: folder is for images that are face crops"):
        read(tmp_path, "folders", video_per="folder")


def test_a_table_joins_the_crops_of_a_video(tmp_path):
    crop_folders(tmp_path / "d", "a", "b", "together", count=3)
    rows = [f"a/{n}.png,real,one,g" for n in range(3)]
    rows += [f"together/{n}.png,fake,{'two' if n else 'three'},g" for n in range(3)]
    rows += ["b,fake,,g"]
    table = tmp_path / "d/labels.csv"
    table.write_text("\n".join(["path,label,video,group", *rows]))
    listing = read(tmp_path, "table", cropped=True)
    assert {clip.name: len(clip.images) for clip in listing.clips} == {
        "one": 3, "two": 2, "three": 1, "b": 3,
    }  # fmt: skip
    assert {clip.path for clip in listing.clips} == {
        "a", "b", "together/0.png", "together/1.png",
    }  # fmt: skip
    assert "write:\n    cropped: true" in refusal(tmp_path, "table").lower()
    table.write_text("path,label,video\na/0.png,real,one\na/1.png,fake,one")
    assert "the rows of the video 'one' differ" in refusal(tmp_path, "table", cropped=True)


def test_other_columns_of_a_table_are_kept_and_told(tmp_path):
    touch(tmp_path / "d", "a.mp4", "b.mp4")
    (tmp_path / "d/labels.csv").write_text("path,label,Camera\na.mp4,real,old\nb.mp4,fake,\n")
    listing = read(tmp_path, "table")
    assert [clip.columns["camera"] for clip in listing.clips] == ["old", ""]
    assert "write:\n  evaluate:\n    by: [camera]" in listing.notes[0]


FF_CROPS = "FaceForensics++/{}/c23/frames/{}"


def bench_list(path: Path, dataset: str, entries: dict) -> None:
    """A list as DeepfakeBench writes it, of (class, split): {video: frames}."""
    content = {}
    for (name, split), found in entries.items():
        level = content.setdefault(name, {}).setdefault(split, {})
        for *levels, video in found:
            node = level
            for one in levels:
                node = node.setdefault(one, {})
            node[video] = {"label": name, "frames": found[(*levels, video)]}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({dataset: content}))


def frames(folder: str, count: int = 5) -> list[str]:
    """As they are listed: in no order, and with the separators of another system."""
    return [f"rgb\\{folder}\\{n}.png".replace("/", "\\") for n in reversed(range(count))]


def test_the_lists_of_deepfakebench_are_read(tmp_path):
    real, fake = (FF_CROPS.format(part, "{}") for part in (
        "original_sequences/youtube", "manipulated_sequences/Deepfakes"
    ))  # fmt: skip
    crop_folders(
        tmp_path / "d", *map(real.format, ("000", "003", "010")), fake.format("000_003"),
        fake.format("010_011"), fake.format("000_003").replace("frames", "masks"),
    )  # fmt: skip
    bench_list(tmp_path / "d/lists/FF-DF.json", "FF-DF", {
        ("FF-real", "train"): {("c23", "010"): frames(real.format("010"))},
        ("FF-real", "test"): {("c23", v): frames(real.format(v)) for v in ("000", "003", "999")},
        ("FF-DF", "train"): {("c23", "010_011"): frames(fake.format("010_011"))},
        ("FF-DF", "test"): {("c23", "000_003"): frames(fake.format("000_003"))},
    })  # fmt: skip
    listing = read(tmp_path, "deepfakebench", list="lists/FF-DF.json")
    found = {clip.name: clip for clip in listing.clips}
    assert {name: clip.split for name, clip in found.items()} == {
        "youtube-c23-000": "test", "youtube-c23-003": "test", "youtube-c23-010": "train",
        "Deepfakes-c23-000_003": "test", "Deepfakes-c23-010_011": "train",
    }  # fmt: skip
    swap = found["Deepfakes-c23-000_003"]
    assert (swap.label, swap.method, swap.group, swap.ties) == (1, "Deepfakes", "000", ("003",))
    assert swap.images == tuple(f"{swap.path}/{n}.png" for n in range(5))
    assert [reason for _, reason in listing.problems] == ["none of its frames is in the folder"]
    assert listing.namespace == "faceforensics"


def test_a_video_in_several_lists_of_deepfakebench_is_tested_and_its_group_not_trained_on(tmp_path):
    place = "Celeb-DF-v2/{}/frames/{}".format
    real = {v: place("Celeb-real", v) for v in ("id0_0000", "id1_0000", "id2_0000")}
    fake = {v: place("Celeb-synthesis", v) for v in ("id0_id1_0000", "id1_id0_0000")}
    crop_folders(tmp_path / "d", *real.values(), *fake.values())
    bench_list(tmp_path / "d/Celeb.json", "Celeb-DF-v2", {
        ("CelebDFv2_real", "train"): {(v,): frames(path) for v, path in real.items()},
        ("CelebDFv2_fake", "train"): {(v,): frames(path) for v, path in fake.items()},
        ("CelebDFv2_real", "test"): {("id0_0000",): frames(real["id0_0000"])},
        ("CelebDFv2_fake", "val"): {("id1_id0_0000",): frames(fake["id1_id0_0000"])},
        ("CelebDFv2_fake", "test"): {("id1_id0_0000",): frames(fake["id1_id0_0000"])},
    })  # fmt: skip
    clips = read(tmp_path, "deepfakebench", list="Celeb.json").clips
    assert {c.name: "left out" if c.left_out else c.split for c in clips} == {
        "Celeb-real-id0_0000": "test",
        "Celeb-real-id1_0000": "left out",
        "Celeb-real-id2_0000": "train",
        "Celeb-synthesis-id0_id1_0000": "left out",
        "Celeb-synthesis-id1_id0_0000": "test",
    }


@pytest.mark.parametrize("content", ["[]", '{"a": {"b": {"test": {"c": 1}}}}'])
def test_a_list_that_is_none_of_deepfakebench_is_refused(tmp_path, content):
    (touch(tmp_path / "d", "a.png") / "l.json").write_text(content)
    assert "no list of DeepfakeBench" in refusal(tmp_path, "deepfakebench", list="l.json")


def test_crops_in_the_folders_of_deepfakebench_are_read_without_its_lists(tmp_path):
    crop_folders(
        tmp_path / "d",
        *(FF_CROPS.format("original_sequences/youtube", v) for v in ("000", "003")),
        FF_CROPS.format("manipulated_sequences/Deepfakes", "000_003"),
        "Celeb-DF-v2/Celeb-real/frames/id0_0000",
        "Celeb-DF-v2/Celeb-synthesis/frames/id0_id1_0000",
    )
    touch(tmp_path / "d", "FaceForensics++/original_sequences/youtube/c23/landmarks/000/0.npy")
    listing = read(tmp_path, "faceforensics", root="d/FaceForensics++", cropped=True)
    assert list(videos(listing).values()) == [5, 5, 5] and not listing.problems
    (tmp_path / "d/Celeb-DF-v2/List_of_testing_videos.txt").write_text("1 Celeb-real/id0_0000.mp4")
    listing = read(tmp_path, "celebdf", root="d/Celeb-DF-v2", cropped=True)
    assert [(c.split, bool(c.left_out), len(c.images)) for c in listing.clips] == [
        ("test", False, 5), ("", True, 5),
    ]  # fmt: skip


def test_one_name_in_two_given_splits_means_two_files(tmp_path):
    touch(tmp_path / "d", "train/real/1.jpg", "train/fake/1.jpg", "test/real/1.jpg")
    found = groups(read(tmp_path, "folders"))
    assert found["train/real/1.jpg"] == found["train/fake/1.jpg"] != found["test/real/1.jpg"]


def test_files_of_other_kinds_are_reported_and_tables_and_texts_passed_over(tmp_path):
    touch(tmp_path / "d", "real/a.mp4", "real/b.psd", "real/c.mp4.part", "real/notes.txt")
    problems = read(tmp_path, "folders").problems
    assert [path for path, _ in problems] == ["real/b.psd", "real/c.mp4.part"]


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
    assert (second.label, second.group, second.split) == (0, "", "")


def test_a_table_saved_by_a_spreadsheet_is_read(tmp_path):
    write_table(tmp_path, "\ufeffpath, label\r\na.mp4, REAL\r\n", "a.mp4")
    assert read(tmp_path, "table").clips[0].label == 0


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_table_is_read_whatever_a_spreadsheet_saves_it_as(tmp_path, encoding, delimiter, end):
    rows = [["path", "label"], ["é, 1.mp4", "1"], ["b.mp4", "0"]]
    lines = [delimiter.join(f'"{value}"' for value in row) + end for row in rows]
    touch(tmp_path / "d", "é, 1.mp4", "b.mp4")
    mark = "\ufeff" if encoding in ("utf-16-le", "utf-16-be") else ""
    (tmp_path / "d/labels.csv").write_bytes((mark + "".join(lines)).encode(encoding))
    clips = read(tmp_path, "table").clips
    assert [(clip.path, clip.label) for clip in clips] == [("é, 1.mp4", 1), ("b.mp4", 0)]


@pytest.mark.parametrize(
    "text",
    [
        ",path,label\n0,a.mp4,0\n1,b.mp4,1\n",
        "Unnamed: 0,path,label\n0,a.mp4,0.0\n1,b.mp4,1.0\n",
        "path,label,\na.mp4,real,\nb.mp4,fake,\n,,\n",
    ],
)
def test_a_table_as_pandas_writes_it_is_read(tmp_path, text):
    write_table(tmp_path, text, "a.mp4", "b.mp4")
    clips = read(tmp_path, "table").clips
    assert [(clip.path, clip.label) for clip in clips] == [("a.mp4", 0), ("b.mp4", 1)]


def test_absolute_paths_within_the_folder_are_read_as_seen_from_it(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "link").symlink_to(tmp_path / "d")
    write_table(
        tmp_path,
        f"path,label\n{tmp_path}/d/a.mp4,0\n~/d/b.mp4,1\nx/c.mp4,1\n",
        *("a.mp4", "b.mp4", "x/c.mp4"),
    )
    assert [clip.path for clip in read(tmp_path, "table").clips] == ["a.mp4", "b.mp4", "x/c.mp4"]
    linked = read(tmp_path, "table", root="~/link").clips
    assert [clip.path for clip in linked] == ["a.mp4", "b.mp4", "x/c.mp4"]


@pytest.mark.parametrize("path", ["/elsewhere/a.mp4", "{root}/../a.mp4", "~/a.mp4", "{root}"])
def test_absolute_paths_out_of_the_folder_are_refused(tmp_path, path):
    write_table(tmp_path, f"path,label\n{path.format(root=tmp_path / 'd')},0\n", "a.mp4")
    assert "leads out of the dataset's folder" in refusal(tmp_path, "table")


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
        ("path,label,grup\na.mp4,real,3\n", "the column 'grup' is not known. If it is not"),
        ("path,label,label\na.mp4,real,fake\n", "two columns 'label'"),
        ("path,label\na.mp4,True\n", "'True' (a real video or a fake one?) is not known"),
        ("path,label\na.mp4,no\n", "'no' (a real video or a fake one?) is not known"),
        ('path,label\n"a.mp4,real\nb.mp4,real\n', "is not a CSV"),
        ("PK\x03\x04\0\0", "is not a text file"),
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


ORIGINAL = "original_sequences/{}/{}/videos/{}.mp4"
SWAP = "manipulated_sequences/{}/{}/videos/{}.mp4"


def test_faceforensics_ties_fakes_to_both_of_their_originals(tmp_path):
    touch(
        tmp_path / "d",
        ORIGINAL.format("youtube", "c23", "004"),
        SWAP.format("Deepfakes", "c23", "004_982"),
        SWAP.format("Face2Face", "c40", "982_004"),
        ORIGINAL.format("actors", "c23", "24__outside_talking"),
        SWAP.format("DeepFakeDetection", "c23", "24_23__outside_talking__YR5OVD4S"),
        "original_sequences/stray.mp4",
    )
    listing = read(tmp_path, "faceforensics")
    clips = {clip.name: clip for clip in listing.clips}
    assert clips["youtube-c23-004"].group == "004"
    assert clips["Deepfakes-c23-004_982"].group == "004"
    assert clips["Deepfakes-c23-004_982"].ties == ("982",)
    assert clips["Face2Face-c40-982_004"].ties == ("004",)
    actor = clips["actors-c23-24__outside_talking"]
    swap = clips["DeepFakeDetection-c23-24_23__outside_talking__YR5OVD4S"]
    assert actor.group == swap.group
    assert (actor.subject, actor.donor, swap.subject, swap.donor) == ("24", "", "24", "23")
    assert {clip.method for clip in listing.clips if clip.label} == {
        "Deepfakes",
        "Face2Face",
        "DeepFakeDetection",
    }
    assert listing.problems == [
        ("original_sequences/stray.mp4", "not in <method>/<compression>/videos")
    ]
    only = read(tmp_path, "faceforensics", compression="c40")
    assert [clip.name for clip in only.clips] == ["Face2Face-c40-982_004"]


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        (SWAP.format("Deepfakes", "masks", "004_982"), "which is no compression level"),
        (SWAP.format("DeepFakeDetection", "masks", "24_23__x__YR5OVD4S"), "no compression level"),
        (SWAP.format("Deepfakes_masks", "c23", "004_982"), "which is none of Deepfakes"),
        (ORIGINAL.format("youtube", "c22", "004"), "which is no compression level"),
        (ORIGINAL.format("downloads", "c23", "004"), "which is none of youtube, actors"),
        (SWAP.format("Deepfakes", "c23", "004"), "not named like a video of the dataset"),
        (ORIGINAL.format("youtube", "c23", "004_982"), "not named like a video of the dataset"),
    ],
)
def test_faceforensics_takes_no_file_that_its_authors_did_not_name(tmp_path, path, reason):
    touch(tmp_path / "d", ORIGINAL.format("youtube", "c23", "000"), path)
    listing = read(tmp_path, "faceforensics")
    assert [clip.name for clip in listing.clips] == ["youtube-c23-000"]
    [(left, why)] = listing.problems
    assert left == path
    assert reason in why


def faceforensics(root: Path) -> None:
    for number in range(0, 12, 2):
        one, two = f"{number:03d}", f"{number + 1:03d}"
        touch(
            root,
            *(ORIGINAL.format("youtube", "c23", name) for name in (one, two)),
            *(SWAP.format("FaceSwap", "c23", name) for name in (f"{one}_{two}", f"{two}_{one}")),
        )


@pytest.mark.parametrize("folder", ["", "splits/"])
@pytest.mark.parametrize("splits", ["auto", "official"])
def test_the_lists_of_faceforensics_are_its_split(tmp_path, folder, splits):
    faceforensics(tmp_path / "d")
    lists = {
        "train": [["000", "001"], ["003", "002"], ["004", "005"]],
        "val": [["006", "007"]],
        "test": [["008", "009"]],
    }
    (tmp_path / "d" / folder).mkdir(exist_ok=True)
    for name, pairs in lists.items():
        (tmp_path / f"d/{folder}{name}.json").write_text("\ufeff" + json.dumps(pairs), "utf-8")
    listing = read(tmp_path, "faceforensics", splits=splits)
    sides = {clip.name: clip.split for clip in listing.clips if not clip.left_out}
    assert Counter(sides.values()) == {"train": 12, "val": 4, "test": 4}
    assert sides["FaceSwap-c23-009_008"] == sides["youtube-c23-008"] == "test"
    left = {clip.name for clip in listing.clips if clip.left_out}
    assert left == {f"youtube-c23-{n}" for n in ("010", "011")} | {
        f"FaceSwap-c23-{n}" for n in ("010_011", "011_010")
    }
    assert not listing.notes
    dealt = read(tmp_path, "faceforensics", splits="ours")
    assert not any(clip.split or clip.left_out for clip in dealt.clips)


@pytest.mark.parametrize("content", ["{}", '["000", "001"]', "[[", "null"])
def test_lists_of_faceforensics_that_are_none_are_refused(tmp_path, content):
    faceforensics(tmp_path / "d")
    for name in ("train", "val", "test"):
        (tmp_path / f"d/{name}.json").write_text(content)
    said = refusal(tmp_path, "faceforensics")
    assert "train.json" in said and ("list of pairs" in said or "cannot be read" in said)


def celebdf(root: Path) -> None:
    touch(
        root,
        *(f"Celeb-real/id{person}_000{n}.mp4" for person in range(3) for n in range(2)),
        *(f"Celeb-synthesis/id{p}_id{(p + 1) % 3}_000{n}.mp4" for p in range(3) for n in range(2)),
        "YouTube-real/00000.mp4",
        "YouTube-real/00001.mp4",
    )


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_the_list_of_celebdf_is_the_test_split_exactly(tmp_path, mark):
    celebdf(tmp_path / "d")
    (tmp_path / "d/List_of_testing_videos.txt").write_text(
        f"{mark}0 Celeb-synthesis/id0_id1_0000.mp4\n1 YouTube-real/00000.mp4\n"
        "1 Celeb-real/id2_0001.mp4\n1 YouTube-real/00170.mp4\n",
        "utf-8",
    )
    listing = read(tmp_path, "celebdf")
    tested = {clip.path for clip in listing.clips if clip.split == "test"}
    assert tested == {
        "Celeb-synthesis/id0_id1_0000.mp4",
        "YouTube-real/00000.mp4",
        "Celeb-real/id2_0001.mp4",
    }
    assert {clip.path for clip in listing.clips if clip.left_out} == {
        "Celeb-real/id0_0000.mp4",
        "Celeb-synthesis/id2_id0_0001.mp4",
    }
    assert [path for path, _ in listing.problems] == ["YouTube-real/00170.mp4"]
    assert "2 of 3 people are in training and in test" in listing.notes[0]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "there is no List_of_testing_videos.txt"),
        ("1 YouTube-real/99999.mp4\n0 Celeb-synthesis/id9_id8_0000.mp4\n", "none of the 2 names"),
        ("1 Celeb-real\\\\id9_0000\n", "none of the 1 names"),
        ("", "none of the 0 names"),
    ],
)
def test_celebdf_says_why_the_authors_split_is_not_in_force(tmp_path, content, why):
    celebdf(tmp_path / "d")
    if content is not None:
        (tmp_path / "d/List_of_testing_videos.txt").write_text(content)
    listing = read(tmp_path, "celebdf")
    assert not any(clip.split for clip in listing.clips)
    [note] = listing.notes
    assert note.startswith("the authors' split is not in force") and why in note
    assert why in refusal(tmp_path, "celebdf", splits="official")
    assert not read(tmp_path, "celebdf", splits="ours").notes


def test_celebdf_knows_the_people_where_videos_are_dealt_out(tmp_path):
    celebdf(tmp_path / "d")
    touch(tmp_path / "d", "Celeb-synthesis/mask_0001.mp4")
    listing = read(tmp_path, "celebdf", splits="ours")
    people = {clip.name: (clip.subject, clip.donor) for clip in listing.clips}
    assert people["Celeb-real-id1_0000"] == ("id1", "")
    assert people["Celeb-synthesis-id1_id2_0000"] == ("id1", "id2")
    assert people["YouTube-real-00000"] == ("", "")
    assert [path for path, _ in listing.problems] == ["Celeb-synthesis/mask_0001.mp4"]


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
