"""The inventory: one list of videos over all datasets, with ids and groups."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unmask.config.load import validate
from unmask.disk.files import write_text
from unmask.errors import DatasetError
from unmask.videos.ids import slug, unique_ids
from unmask.videos.inventory import take_inventory
from unmask.videos.manifest import candidates_text, manifest_text, read_candidates, read_manifest
from unmask.videos.problems import quarantine_text, read_quarantine

BEFORE_THE_SPLIT = ("donor", "only", "left_out")


def test_names_keep_their_letters_and_lose_what_a_shell_or_path_could_trip_over():
    assert slug("abofeumbvv") == "abofeumbvv"
    assert slug("vidéo de l'été (1).final") == "video_de_l_ete_1_final"
    assert "/" not in slug("../../etc/passwd")
    assert slug("面") != slug("影")
    assert len(slug("x" * 500)) < 120


def test_videos_of_one_name_are_told_apart_by_dataset_and_path():
    ids = unique_ids([("a", "x", "p/a.mp4"), ("a", "x", "q/a.mp4"), ("b", "x", "b.mp4")])
    assert ids == ["x-p-a_mp4", "x-q-a_mp4", "b"]


def test_names_that_differ_in_case_only_are_told_apart():
    first, second = unique_ids([("A", "x", "A.mp4"), ("a", "x", "a.mp4")])
    assert first.casefold() != second.casefold()


@given(st.lists(st.tuples(*[st.text(min_size=1, max_size=6)] * 3), max_size=30, unique=True))
def test_ids_are_unique_safe_and_do_not_depend_on_the_order(videos):
    ids = dict(zip(videos, unique_ids(videos), strict=True))
    different_places = {(dataset, path) for _, dataset, path in videos}
    if len(different_places) == len(videos):
        assert len({name.casefold() for name in ids.values()}) == len(videos)
    assert all(name and name.replace("_", "").replace("-", "").isalnum() for name in ids.values())
    back = videos[::-1]
    assert dict(zip(back, unique_ids(back), strict=True)) == ids


def inventory(where, **datasets):
    entries = [{"name": name, **entry} for name, entry in datasets.items()]
    return take_inventory(validate({"datasets": entries}).datasets, where)


def make(where, *names):
    for name in names:
        (where / name).parent.mkdir(parents=True, exist_ok=True)
        (where / name).write_bytes(b"x")


def test_datasets_are_joined_with_paths_seen_from_the_working_folder(tmp_path):
    make(tmp_path, "one/real/a.mp4", "two/real/a.mp4", "two/fake/a.mp4")
    found = inventory(
        tmp_path,
        first={"kind": "folders", "root": "one/"},
        second={"kind": "folders", "root": "two"},
    )
    assert [video.path for video in found.videos] == [
        "one/real/a.mp4",
        "two/fake/a.mp4",
        "two/real/a.mp4",
    ]
    assert len({video.id for video in found.videos}) == 3
    assert found.videos[0].group != found.videos[1].group == found.videos[2].group


@pytest.mark.parametrize(("name", "said"), [("a\nb", "line break"), ("{video}", "brace")])
def test_names_that_the_workflow_cannot_handle_are_to_be_changed(tmp_path, name, said):
    make(tmp_path, f"d/real/{name}.mp4")
    with pytest.raises(DatasetError, match=f"rename this file or folder, it has a {said}"):
        inventory(tmp_path, m={"kind": "folders", "root": "d"})


def test_problems_are_kept_with_their_dataset_and_reason(tmp_path):
    make(tmp_path, "d/a.mp4")
    (tmp_path / "d/labels.csv").write_text("path,label\na.mp4,real\ngone.mp4,fake\n")
    [problem] = inventory(tmp_path, t={"kind": "table", "root": "d"}).problems
    assert (problem.video, problem.stage) == ("gone", "manifest")
    assert "t: gone.mp4: in labels.csv but not in the folder" in problem.reason


def test_manifest_and_quarantine_survive_being_written_and_read(tmp_path):
    make(tmp_path, 'd/real/a, "é".mp4', "d/fake/b.mp4")
    found = inventory(tmp_path, m={"kind": "folders", "root": "d"})
    write_text(tmp_path / "m.csv", manifest_text(found.videos))
    assert list(map(vars, read_manifest(tmp_path / "m.csv"))) == [
        {name: value for name, value in vars(video).items() if name not in BEFORE_THE_SPLIT}
        for video in found.videos
    ]
    write_text(tmp_path / "c.csv", candidates_text(found.videos))
    assert read_candidates(tmp_path / "c.csv") == found.videos
    write_text(tmp_path / "q.csv", quarantine_text(found.problems))
    assert read_quarantine(tmp_path / "q.csv") == found.problems
    first = (tmp_path / "m.csv").read_text().splitlines()[0]
    assert first == "video,path,label,group,split,method,dataset"


def test_names_spelled_in_other_case_or_accents_are_one_group(tmp_path):
    make(tmp_path, "d/real/Zo\u00e9.mp4", "d/fake/zoe\u0301.MP4")
    found = inventory(tmp_path, m={"kind": "folders", "root": "d"})
    assert len({video.group for video in found.videos}) == 1


@pytest.mark.parametrize("root", ["results/mine", ".", "logs"])
def test_videos_where_a_run_writes_and_clears_are_refused(tmp_path, root):
    make(tmp_path, f"{root}/real/a.mp4")
    with pytest.raises(DatasetError, match="must lie apart"):
        inventory(tmp_path, m={"kind": "folders", "root": root})


def test_what_cannot_be_opened_at_all_is_a_problem(tmp_path):
    make(tmp_path, "d/real/a.mp4", "c/real/a.jpg", "c/real/b.mp4")
    (tmp_path / "d/fake").mkdir()
    (tmp_path / "d/fake/gone.mp4").symlink_to("nowhere.mp4")
    found = inventory(
        tmp_path,
        m={"kind": "folders", "root": "d"},
        c={"kind": "folders", "root": "c", "cropped": True},
    )
    assert {problem.video: problem.reason.split(": ", 2)[2] for problem in found.problems} == {
        "gone": "a link to a file that is not there",
        "b": "a video; `cropped: true` takes images",
    }
    assert len(found.videos) == 2


def test_a_name_that_is_not_utf8_is_to_be_changed(tmp_path):
    make(tmp_path, "d/real/caf\udce9.mp4")
    with pytest.raises(DatasetError, match="not UTF-8"):
        inventory(tmp_path, m={"kind": "folders", "root": "d"})
