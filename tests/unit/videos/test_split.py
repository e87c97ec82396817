"""The split: by group, in shares, stratified, repeatable, and never leaking."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from unmask.errors import DatasetError
from unmask.videos.manifest import Video
from unmask.videos.split import assert_no_leak, assign_splits, missing_classes


def video(name, label=0, group=None, split="", dataset="d"):
    return Video(name, f"{name}.mp4", label, group or name, split, "", dataset)


def pairs(count, fakes=1, dataset="d"):
    return [
        video(f"{dataset}{number}-{n}", int(n > 0), f"{dataset}{number}", dataset=dataset)
        for number in range(count)
        for n in range(fakes + 1)
    ]


videos = st.lists(
    st.builds(
        video,
        st.uuids().map(str),
        st.integers(0, 1),
        st.sampled_from([f"g{n}" for n in range(12)]),
        st.just(""),
        st.sampled_from(["x", "y"]),
    ),
    min_size=1,
    max_size=60,
    unique_by=lambda v: v.id,
)


@given(videos, st.integers(0, 5), st.sampled_from([None, 3, 5]), st.randoms())
def test_no_group_is_ever_on_two_sides_whatever_the_data(some, seed, folds, random):
    dealt = assign_splits(some, seed=seed, folds=folds)
    assert [v.id for v in dealt] == [v.id for v in some]
    sides = {}
    for v in dealt:
        assert v.split in ("train", "val", "test")
        assert sides.setdefault(v.group, v.split) == v.split
    shuffled = random.sample(some, len(some))
    again = {v.id: v.split for v in assign_splits(shuffled, seed=seed, folds=folds)}
    assert again == {v.id: v.split for v in dealt}


@given(videos, st.lists(st.sampled_from(["", "train", "val", "test"]), min_size=60, max_size=60))
def test_own_splits_that_would_leak_are_refused_and_others_are_kept(some, own):
    for v, split in zip(some, own, strict=False):
        v.split = split
    sides = {}
    for v in some:
        if v.split:
            sides.setdefault(v.group, set()).add(v.split)
    if any(len(s) > 1 for s in sides.values()):
        with pytest.raises(DatasetError, match="several sides"):
            assign_splits(some)
    else:
        assume({v.split for v in some} - {""} != {"train", "test"})
        for before, after in zip(some, assign_splits(some, seed=1), strict=True):
            assert before.split in ("", after.split) or after.split == "val"


def test_shares_are_met_in_both_classes_where_each_group_has_one():
    some = [video(f"{number}-{label}", label) for number in range(30) for label in (0, 1)]
    counts = Counter((v.label, v.split) for v in assign_splits(some))
    shares = {"train": 18, "val": 6, "test": 6}
    assert counts == {(label, split): n for label in (0, 1) for split, n in shares.items()}


def test_shares_are_met_in_every_dataset_and_class():
    dealt = assign_splits(pairs(50) + pairs(20, fakes=4, dataset="e"))
    counts = Counter((v.dataset, v.label, v.split) for v in dealt)
    for dataset, groups, fakes in (("d", 50, 1), ("e", 20, 4)):
        for split, share in (("train", 0.6), ("val", 0.2), ("test", 0.2)):
            assert abs(counts[dataset, 0, split] - share * groups) <= 2
            assert abs(counts[dataset, 1, split] - share * groups * fakes) <= 2 * fakes


def test_another_seed_deals_otherwise_and_the_same_seed_the_same():
    some = pairs(30)
    assert assign_splits(some, seed=1) == assign_splits(some, seed=1)
    assert assign_splits(some, seed=1) != assign_splits(some, seed=2)


@pytest.mark.parametrize("groups", [24, 200, 1000])
def test_an_added_group_leaves_nearly_all_others_where_they_are(groups):
    before = {v.id: v.split for v in assign_splits(pairs(groups))}
    after = {v.id: v.split for v in assign_splits(pairs(groups + 1))}
    moved = sum(after[name] != split for name, split in before.items())
    assert moved <= 4, "at most a group, that is a pair, at each of the two cuts"


def test_three_groups_are_enough_for_three_splits():
    assert Counter(v.split for v in assign_splits(pairs(3))) == {"train": 2, "val": 2, "test": 2}


def test_a_share_of_zero_gets_nothing():
    dealt = assign_splits(pairs(10), train=0.8, val=0.2, test=0.0)
    assert {v.split for v in dealt} == {"train", "val"}


def test_a_datasets_own_split_wins():
    some = [video("a", split="test"), video("b", split="val"), video("c", split="train")]
    assert [v.split for v in assign_splits(some)] == ["test", "val", "train"]


def test_validation_is_taken_from_training_where_a_dataset_has_none():
    some = [video(f"t{n}", n % 2, split="train") for n in range(40)]
    some += [video(f"e{n}", n % 2, split="test") for n in range(10)]
    counts = Counter(v.split for v in assign_splits(some))
    assert counts == {"train": 30, "val": 10, "test": 10}


def test_the_folds_are_disjoint_and_cover_everything():
    some = pairs(15)
    tests = [
        {v.group for v in assign_splits(some, folds=5, fold=n) if v.split == "test"}
        for n in range(5)
    ]
    assert set.union(*tests) == {v.group for v in some}
    assert sum(map(len, tests)) == 15


def test_a_leak_is_named():
    with pytest.raises(DatasetError, match=r"1 groups .* g \(test, train\)"):
        assert_no_leak([("g", "train"), ("g", "test"), ("h", "train")])


def test_missing_classes_are_named():
    some = [video("a", 0, split="train"), video("b", 1, split="train"), video("c", 0, split="val")]
    assert missing_classes(some) == [
        "val has no fake video",
        "test has no real video",
        "test has no fake video",
    ]
