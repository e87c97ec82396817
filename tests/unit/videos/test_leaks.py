"""What must not be parted by the split, and what the plan says where it cannot tell."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unmask.errors import ConfigError, DatasetError
from unmask.videos.groups import Groups
from unmask.videos.pairs import real_of_same_beginning
from unmask.workflow.expected import expected
from unmask.workflow.make_plan import make_plan


def make(where, *names, content=None):
    """Files, each with a content of its own unless one is given."""
    for name in names:
        path = where / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode() if content is None else content)


def plan_of(where, *datasets, **split):
    entries = [{"name": f"d{n}", **entry} for n, entry in enumerate(datasets)]
    return make_plan({"datasets": entries, "split": split}, where)


FOLDERS = {"kind": "folders", "root": "d"}
TABLE = {"kind": "table", "root": "d"}


def groups(plan):
    """The videos of each group, by path without the dataset's folder."""
    found = defaultdict(set)
    for video in plan.inventory.videos:
        found[video.group].add(video.path.partition("/")[2])
    return sorted(map(sorted, found.values()))


def test_joined_names_are_one_set_however_they_are_joined():
    for order in permutations([("a", "b"), ("c", "b"), ("d", "c"), ("x", "y")]):
        sets = Groups()
        for names in order:
            sets.join(names)
        assert sets.canonical("abcdxyz") == {
            **dict.fromkeys("abcd", "a"),
            **dict.fromkeys("xy", "x"),
            "z": "z",
        }


# --- names -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fake", "reals", "found"),
    [
        ("clip1_fake", {"clip1", "clip"}, ("clip1",)),
        ("clip10", {"clip1"}, ()),
        ("clip10-a", {"clip1", "clip10"}, ("clip10",)),
        ("033_097", {"033", "097"}, ("033", "097")),
        ("033_097", {"033"}, ("033",)),
        ("a b (swap)", {"a b", "a"}, ("a b",)),
        ("zoé.mp4.fake", {"zoé"}, ("zoé",)),
        ("004", {"004"}, ("004",)),
        ("", {"004"}, ()),
    ],
)
def test_the_real_video_that_a_name_begins_with(fake, reals, found):
    assert real_of_same_beginning(fake, reals) == found


def test_fakes_that_begin_like_a_real_video_are_told_and_then_tied(tmp_path):
    for number in range(6):
        make(tmp_path, f"d/real/clip{number}.mp4", f"d/fake/swap/clip{number}_fake.mp4")
    said = plan_of(tmp_path, FOLDERS).summary()
    assert "d0: 6 of 6 fakes have no real video in their group. By their names 6 may" in said
    assert "such as clip0_fake to clip0" in said
    assert "split:\n    pair_by: prefix" in said
    plan = plan_of(tmp_path, FOLDERS, pair_by="prefix")
    assert groups(plan) == [[f"fake/swap/clip{n}_fake.mp4", f"real/clip{n}.mp4"] for n in range(6)]
    assert "no real video" not in plan.summary()


def test_both_videos_named_in_a_fake_are_tied_to_it(tmp_path):
    make(tmp_path, *(f"d/real/{n}.mp4" for n in ("004", "982", "500", "111")))
    make(tmp_path, "d/fake/Deepfakes/004_982.mp4", "d/fake/FaceSwap/982_500.mp4")
    plan = plan_of(tmp_path, FOLDERS, pair_by="prefix")
    assert [len(videos) for videos in groups(plan)] == [5, 1]


@pytest.mark.parametrize("beginning", ["fake_", "swap-of-", "deepfake."])
def test_a_way_to_pair_is_proposed_for_fakes_that_end_like_a_real_video(tmp_path, beginning):
    for number in range(4):
        make(tmp_path, f"d/real/a{number}.mp4", f"d/fake/{beginning}a{number}.mp4")
    said = plan_of(tmp_path, FOLDERS).summary()
    [way] = [line.split("pair_by: ")[1] for line in said.splitlines() if "pair_by" in line]
    assert f"{beginning}a0 to a0" in said
    plan = plan_of(tmp_path, FOLDERS, pair_by=way.strip("'"))
    assert [len(videos) for videos in groups(plan)] == [2] * 4


def test_an_expression_ties_what_it_finds(tmp_path):
    make(tmp_path, "d/real/s1-t1.mp4", "d/real/s1-t2.mp4", "d/real/s2-t1.mp4", "d/fake/s2-x.mp4")
    plan = plan_of(tmp_path, FOLDERS, pair_by=r"/(s\d+)-[^/]*$")
    assert groups(plan) == [
        ["fake/s2-x.mp4", "real/s2-t1.mp4"],
        ["real/s1-t1.mp4", "real/s1-t2.mp4"],
    ]
    make(tmp_path, "d/fake/s1_s2.mp4")
    assert len(groups(plan_of(tmp_path, FOLDERS, pair_by=r"/(s\d+)[-_](s\d+)?[^/]*$"))) == 1


def test_names_say_nothing_where_they_are_not_to(tmp_path):
    make(tmp_path, "d/real/a.mp4", "d/fake/a.mp4", "d/real/p/b.mp4", "d/fake/p/c.mp4")
    assert len(groups(plan_of(tmp_path, FOLDERS, pair_by="none"))) == 4


@pytest.mark.parametrize("value", ["names", "(", "[a-z]+", "*"])
def test_a_wrong_way_to_pair_is_refused_with_what_is_allowed(tmp_path, value):
    make(tmp_path, "d/real/a.mp4")
    with pytest.raises(ConfigError, match=r"split\.pair_by: got .* allowed: name, prefix, none"):
        plan_of(tmp_path, FOLDERS, pair_by=value)


# --- folders -----------------------------------------------------------------------------------


def test_videos_of_folders_that_both_classes_have_are_a_group_each(tmp_path):
    for name in ("anna", "ben", "cleo"):
        make(tmp_path, f"d/real/{name}/{name}1.mp4", f"d/real/{name}/{name}2.mp4")
        make(tmp_path, f"d/fake/swap/{name}/x{name}.mp4")
    plan = plan_of(tmp_path, FOLDERS)
    assert [len(videos) for videos in groups(plan)] == [3] * 3
    assert {video.method for video in plan.inventory.videos} == {"", "swap"}
    assert "d0: 3 folders are taken for a person or an original each" in plan.summary()
    assert "pair_by: none" in plan.summary()


def test_folders_whose_names_start_anew_are_a_group_each(tmp_path):
    make(tmp_path, *(f"d/real/{who}/{n}.mp4" for who in ("anna", "ben") for n in (1, 2)))
    make(tmp_path, "d/real/youtube/own.mp4", "d/fake/gan/9.mp4")
    assert groups(plan_of(tmp_path, FOLDERS)) == [
        ["fake/gan/9.mp4"],
        ["real/anna/1.mp4", "real/anna/2.mp4"],
        ["real/ben/1.mp4", "real/ben/2.mp4"],
        ["real/youtube/own.mp4"],
    ]


def test_folders_of_sources_and_methods_are_no_groups(tmp_path):
    make(tmp_path, "d/real/youtube/a.mp4", "d/real/actors/b.mp4")
    make(tmp_path, "d/fake/m1/a.mp4", "d/fake/m2/a.mp4", "d/fake/m2/b.mp4")
    plan = plan_of(tmp_path, FOLDERS)
    assert groups(plan) == [
        ["fake/m1/a.mp4", "fake/m2/a.mp4", "real/youtube/a.mp4"],
        ["fake/m2/b.mp4", "real/actors/b.mp4"],
    ]
    assert "folders are taken" not in plan.summary()


# --- tables ------------------------------------------------------------------------------------


def table(where, text, folder="d"):
    names = [line.split(",")[0] for line in text.splitlines()[1:]]
    make(where, *(f"{folder}/{name}" for name in names))
    (where / folder / "labels.csv").write_text(text)


@pytest.mark.parametrize("named", ["r1", "R1", "r1.mp4"])
def test_a_group_that_names_another_video_joins_it(tmp_path, named):
    table(
        tmp_path,
        f"path,label,group\nr1.mp4,real,\nf1.mp4,fake,{named}\nf2.mp4,fake,{named}\nr2.mp4,real,\n",
    )
    assert groups(plan_of(tmp_path, TABLE)) == [["f1.mp4", "f2.mp4", "r1.mp4"], ["r2.mp4"]]


def test_a_group_that_names_a_video_joins_it_also_where_names_say_nothing(tmp_path):
    table(tmp_path, "path,label,group\nx/r1.mp4,real,\ny/r2.mp4,fake,\nf.mp4,fake,r1\n")
    found = groups(plan_of(tmp_path, TABLE, pair_by="none"))
    assert found == [["f.mp4", "x/r1.mp4"], ["y/r2.mp4"]]


def test_groups_of_a_table_are_no_names_of_videos_that_have_groups(tmp_path):
    table(tmp_path, "path,label,group\n1.mp4,real,2\n2.mp4,real,3\n3.mp4,fake,1\n")
    assert len(groups(plan_of(tmp_path, TABLE))) == 3


def test_names_in_a_table_pair_a_fake_with_the_one_real_video_called_so(tmp_path):
    table(tmp_path, "path,label\nreal/a.mp4,0\nfake/a.mp4,1\nx/1.mp4,0\ny/1.mp4,0\nz/1.mp4,1\n")
    assert groups(plan_of(tmp_path, TABLE)) == [
        ["fake/a.mp4", "real/a.mp4"],
        ["x/1.mp4"],
        ["y/1.mp4"],
        ["z/1.mp4"],
    ]


def test_groups_that_share_a_subject_become_one_also_through_others(tmp_path):
    table(
        tmp_path,
        "path,label,group,subject\n"
        "a.mp4,real,g1,anna\nb.mp4,fake,g2,Anna\nc.mp4,real,g2,ben\nd.mp4,real,g3,\n",
    )
    assert groups(plan_of(tmp_path, TABLE)) == [["a.mp4", "b.mp4", "c.mp4"], ["d.mp4"]]


def test_one_subject_in_two_tables_is_told_and_then_one_person(tmp_path):
    tables = [{"kind": "table", "root": name} for name in "xy"]
    for name in "xy":
        text = "path,label,group,subject\n{0}1.mp4,real,g1,anna\n{0}2.mp4,fake,g2,\n"
        table(tmp_path, text.format(name), folder=name)
    plan = plan_of(tmp_path, *tables)
    assert len(groups(plan)) == 4
    assert "1 names of subjects are in several datasets, such as 'anna' in d0 and d1" in (
        plan.summary()
    )
    plan = plan_of(tmp_path, *tables, people="shared")
    assert groups(plan) == [["x1.mp4", "y1.mp4"], ["x2.mp4"], ["y2.mp4"]]
    assert "names of subjects" not in plan.summary()


# --- what authors' names say -------------------------------------------------------------------


def test_faceforensics_is_joined_through_all_of_its_fakes(tmp_path):
    make(tmp_path, *(f"d/original_sequences/youtube/c23/videos/{n}.mp4" for n in ("000", "003")))
    make(tmp_path, "d/original_sequences/youtube/c23/videos/500.mp4")
    made = "d/manipulated_sequences/{}/c23/videos/{}.mp4"
    make(tmp_path, made.format("Deepfakes", "000_003"), made.format("FaceSwap", "003_500"))
    assert len(groups(plan_of(tmp_path, {"kind": "faceforensics", "root": "d"}))) == 1


def people_by_side(plan, people):
    """On which sides of the split each person is, filmed or put in."""
    sides = defaultdict(set)
    for video in plan.split:
        for person in people(video.path):
            sides[person].add(video.split)
    return sides


def actors(path):
    head = path.rsplit("/", 1)[1].split("__")[0]
    return head.split("_")


@pytest.mark.parametrize("seed", range(4))
def test_no_actor_of_deepfakedetection_is_on_two_sides(tmp_path, seed):
    scenes = ("talking", "walking")
    for one in range(1, 13):
        for scene in scenes:
            make(tmp_path, f"d/original_sequences/actors/c23/videos/{one:02d}__{scene}.mp4")
            other = (one + 3) % 12 + 1
            name = f"{one:02d}_{other:02d}__{scene}__ABCDEFGH.mp4"
            make(tmp_path, f"d/manipulated_sequences/DeepFakeDetection/c23/videos/{name}")
    plan = plan_of(tmp_path, {"kind": "faceforensics", "root": "d"}, seed=seed)
    assert all(len(sides) == 1 for sides in people_by_side(plan, actors).values())
    assert len(plan.left_out) + len(plan.split) == 48
    assert {row.reason for row in plan.left_out} == {
        "the face in it is of a person whose videos are on another side of the split"
    }
    assert f"d0: {len(plan.left_out)} videos left out: the face in it" in plan.summary()
    assert Counter(video.label for video in plan.split)[0] == 24, "no real video is lost"


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("filmed", [9, 6])
def test_no_person_of_celebdf_is_on_two_sides(tmp_path, seed, filmed):
    for one in range(9):
        for clip in range(2):
            if one < filmed:
                make(tmp_path, f"d/Celeb-real/id{one}_000{clip}.mp4")
            make(tmp_path, f"d/Celeb-synthesis/id{one % 6}_id{(one + 2) % 9}_000{clip}.mp4")
    make(tmp_path, "d/YouTube-real/00000.mp4", "d/YouTube-real/00001.mp4")
    plan = plan_of(tmp_path, {"kind": "celebdf", "root": "d"}, seed=seed)

    def people(path):
        return [part for part in path.rsplit("/", 1)[1].split("_") if part.startswith("id")]

    assert all(len(sides) == 1 for sides in people_by_side(plan, people).values())
    assert "the authors' split is not in force" in plan.summary()


# --- content -----------------------------------------------------------------------------------

BIG = os.urandom(300_000)


def test_the_same_content_twice_is_one_video_and_one_group(tmp_path):
    make(tmp_path, "d/real/a.mp4", "d/real/z.mp4", content=BIG)
    make(tmp_path, "d/fake/a.mp4", "d/fake/z.mp4", "d/real/b.mp4")
    plan = plan_of(tmp_path, FOLDERS)
    assert [row.path for row in plan.left_out] == ["d/real/z.mp4"]
    assert plan.left_out[0].reason == "the same content as d/real/a.mp4"
    assert groups(plan)[0] == ["fake/a.mp4", "fake/z.mp4", "real/a.mp4", "real/z.mp4"]
    assert "d0: 1 video left out: the same content as another" in plan.summary()
    assert "real-z" not in plan.filmed
    assert "real-z" not in plan.tables["sources.csv"]


def test_files_that_agree_in_samples_only_are_two_videos(tmp_path):
    other = bytearray(BIG)
    other[100_000] ^= 1
    make(tmp_path, "d/real/a.mp4", content=BIG)
    make(tmp_path, "d/fake/b.mp4", content=bytes(other))
    plan = plan_of(tmp_path, FOLDERS)
    assert len(set(plan.fingerprints.values())) == 1, "or this tries nothing"
    assert len(plan.split) == 2


@pytest.mark.parametrize("link", ["copy", "hard", "symbolic"])
@pytest.mark.parametrize("content", [BIG, b"small"])
def test_the_same_content_in_both_classes_is_a_contradiction(tmp_path, link, content):
    make(tmp_path, "d/real/a.mp4", content=content)
    make(tmp_path, "e/fake/x.mp4")
    target = tmp_path / "e/fake/b.mp4"
    if link == "copy":
        make(tmp_path, "e/fake/b.mp4", content=content)
    elif link == "hard":
        os.link(tmp_path / "d/real/a.mp4", target)
    else:
        target.symlink_to(tmp_path / "d/real/a.mp4")
    with pytest.raises(DatasetError, match="are both real and fake") as caught:
        plan_of(tmp_path, FOLDERS, {"kind": "folders", "root": "e"})
    assert "d/real/a.mp4 (real) and e/fake/b.mp4 (fake)" in str(caught.value)


def test_links_into_a_cache_are_one_video_as_copies_are(tmp_path):
    make(tmp_path, "cache/1", content=BIG)
    make(tmp_path, "d/fake/x.mp4")
    (tmp_path / "d/real").mkdir()
    os.link(tmp_path / "cache/1", tmp_path / "d/real/a.mp4")
    os.link(tmp_path / "cache/1", tmp_path / "d/real/b.mp4")
    (tmp_path / "d/real/c.mp4").symlink_to(tmp_path / "cache/1")
    assert len(plan_of(tmp_path, FOLDERS).left_out) == 2


@pytest.mark.parametrize(
    ("splits", "said"),
    [(("train", "test"), True), (("val", "test"), True), (("train", ""), False)],
)
def test_the_same_content_in_two_given_splits_is_a_contradiction(tmp_path, splits, said):
    make(tmp_path, "d/a.mp4", "d/b.mp4", content=BIG)
    make(tmp_path, "d/c.mp4")
    rows = "".join(f"{n}.mp4,real,{s}\n" for n, s in zip("ab", splits, strict=True))
    (tmp_path / "d/labels.csv").write_text(f"path,label,split\n{rows}c.mp4,fake,\n")
    if said:
        with pytest.raises(DatasetError, match="in two splits of their own"):
            plan_of(tmp_path, TABLE)
    else:
        [row] = [video for video in plan_of(tmp_path, TABLE).split if video.path == "d/a.mp4"]
        assert row.split == "train"


def test_empty_files_are_no_copies_of_each_other(tmp_path):
    make(tmp_path, "d/real/a.mp4", "d/fake/b.mp4", "d/real/c.mp4", content=b"")
    plan = plan_of(tmp_path, FOLDERS)
    assert len(plan.split) == 3
    assert not plan.left_out


def test_whole_files_are_read_once(tmp_path):
    make(tmp_path, "d/real/a.mp4", "d/real/b.mp4", content=BIG)
    make(tmp_path, "d/fake/c.mp4")
    plan_of(tmp_path, FOLDERS)
    known = tmp_path / ".snakemake/unmask/contents.csv"
    assert len(known.read_text().splitlines()) == 3
    known.write_text(known.read_text().replace("a.mp4", "z.mp4"))
    before = known.stat().st_mtime_ns
    plan_of(tmp_path, FOLDERS)
    assert known.stat().st_mtime_ns != before, "a.mp4 was read again"
    after = known.stat().st_mtime_ns
    plan_of(tmp_path, FOLDERS)
    assert known.stat().st_mtime_ns == after


# --- what a dataset is used for ----------------------------------------------------------------


def pairs(where, folder, count):
    make(where, *(f"{folder}/{kind}/{folder}{n}.mp4" for kind in ("real", "fake") for n in count))


def test_a_dataset_for_testing_is_tested_only_and_one_for_training_never(tmp_path):
    pairs(tmp_path, "a", range(10))
    pairs(tmp_path, "b", range(5))
    entries = [{"kind": "folders", "root": root} for root in "ab"]
    entries[0]["use"], entries[1]["use"] = "train", "test"
    counts = Counter((v.dataset, v.split) for v in plan_of(tmp_path, *entries).split)
    assert counts == {("d0", "train"): 14, ("d0", "val"): 6, ("d1", "test"): 10}


@pytest.mark.parametrize(
    ("use", "kept"),
    [("test", {"test": 2}), ("train", {"train": 2, "val": 2}), ("all", dict.fromkeys(
        ("train", "val", "test"), 2))],
)  # fmt: skip
def test_the_use_of_a_dataset_keeps_its_own_split(tmp_path, use, kept):
    for split in ("train", "val", "test"):
        make(tmp_path, f"d/{split}/real/a.mp4", f"d/{split}/fake/a.mp4")
    plan = plan_of(tmp_path, FOLDERS | {"use": use})
    assert Counter(video.split for video in plan.split) == kept
    assert len(plan.left_out) == 6 - sum(kept.values())
    assert len(plan.filmed) == len(plan.split), "what is not used is not worked on"


def test_a_held_out_method_is_tested_and_never_trained_on(tmp_path):
    make(tmp_path, *(f"d/real/{n}.mp4" for n in range(10)))
    make(tmp_path, *(f"d/fake/{m}/{n}.mp4" for m in ("m1", "m2") for n in range(10)))
    plan = plan_of(tmp_path, FOLDERS | {"hold_out": ["m2"]})
    sides = defaultdict(Counter)
    for video in plan.split:
        sides[video.method][video.split] += 1
    assert set(sides["m2"]) == {"test"}
    assert sides["m1"] == sides[""] == {"train": 6, "val": 2, "test": 2}
    assert (
        "d0: 6 videos left out: its method is held out for testing, and its group is in train"
        in (plan.summary())
    )
    with pytest.raises(DatasetError, match=r"hold_out names the method 'm3'.* There are: m1, m2"):
        plan_of(tmp_path, FOLDERS | {"hold_out": ["m3"]})


@given(st.lists(st.sampled_from(["", "train", "val", "test", "train+val"]), min_size=1))
def test_the_narrowest_split_is_one_that_all_allow_or_none(splits):
    from unmask.videos.split import narrowest

    sides = {"": {"train", "val", "test"}, "train+val": {"train", "val"}}
    allowed = set.intersection(*(sides.get(split, {split}) for split in splits))
    found = narrowest(splits)
    if len(allowed) == 1:
        assert found in allowed
    elif allowed == {"train", "val"}:
        assert found == "train+val"
    else:
        assert found == ""


def test_pairs_that_are_to_be_together_are_one_group(tmp_path):
    make(tmp_path, *(f"d/real/{name}.mp4" for name in "abc"), "d/fake/x.mp4")
    (tmp_path / "pairs.csv").write_text(
        "video,other,difference\nreal-a,fake-x,0.01\nreal-b,fake-x,0.1\nreal-b,gone,0.1\n"
    )
    plan = plan_of(tmp_path, FOLDERS, together="pairs.csv")
    assert groups(plan) == [["fake/x.mp4", "real/a.mp4", "real/b.mp4"], ["real/c.mp4"]]
    assert "pairs.csv (split.together): 1 of 3 pairs name a video not here." in plan.summary()


@pytest.mark.parametrize(
    ("content", "said"), [(None, "no such file"), ("a,b\n1,2\n", "column video is missing")]
)
def test_a_table_of_pairs_that_is_none_is_refused(tmp_path, content, said):
    make(tmp_path, "d/real/a.mp4")
    if content:
        (tmp_path / "pairs.csv").write_text(content)
    with pytest.raises(DatasetError, match=said):
        plan_of(tmp_path, FOLDERS, together="pairs.csv")


def keys_of(plan):
    return {result.stage: result.made_of for result in expected(plan)}


def test_what_is_only_tested_concerns_no_training(tmp_path):
    pairs(tmp_path, "a", range(10))
    before = keys_of(plan_of(tmp_path, {"kind": "folders", "root": "a"}))
    pairs(tmp_path, "b", range(5))
    both = [{"kind": "folders", "root": "a"}, {"kind": "folders", "root": "b", "use": "test"}]
    plan = plan_of(tmp_path, *both)
    after = keys_of(plan)
    assert after["train"] == before["train"]
    assert all(after[stage] != before[stage] for stage in ("dataset", "score", "metrics"))
    by_split = {video.split: video.path for video in plan.split if video.dataset == "d0"}
    (tmp_path / by_split["test"]).write_bytes(b"another test video")
    assert keys_of(plan_of(tmp_path, *both))["train"] == before["train"]
    (tmp_path / by_split["val"]).write_bytes(b"another video to validate with")
    assert keys_of(plan_of(tmp_path, *both))["train"] != before["train"]
