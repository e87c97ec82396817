"""Keys, receipts and times: how a result shows whether it is what it ought to be."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from unmask.disk.files import digest
from unmask.frames.index import FrameIndex
from unmask.workflow import keys, stage_settings
from unmask.workflow.expected import Result
from unmask.workflow.mtimes import State, set_mtimes

KEY = "0123456789abcdef"


def test_a_key_depends_on_settings_and_sources_and_not_on_their_order():
    text = stage_settings.text({"fps": 2}, "c" * 16)
    key = keys.key(text, ["a", "b"])
    assert key == keys.key(text, ["b", "a"])
    assert len({key, *others(text).values()}) == 4


def others(text: str) -> dict[str, str]:
    """Keys that differ from that of the text and of ``a`` and ``b`` in the part that is named."""
    return {
        "code": keys.key(stage_settings.text({"fps": 2}, "d" * 16), ["a", "b"]),
        "settings": keys.key(stage_settings.text({"fps": 3}, "c" * 16), ["a", "b"]),
        "sources": keys.key(text, ["a", "c"]),
    }


def test_the_part_in_which_a_key_differs_says_what_was_other():
    text = stage_settings.text({"fps": 2}, "c" * 16)
    ought = keys.parts(keys.key(text, ["a", "b"]))
    for part, key in others(text).items():
        found = keys.parts(key)
        assert [name for name in ought._fields if getattr(found, name) != getattr(ought, name)] == [
            part
        ]
    assert keys.parts(KEY) == ("", "", ""), "of a version whose keys had no parts"


def test_a_job_finds_the_same_key_as_the_plan(tmp_path):
    text = stage_settings.text({"fps": 2}, "c" * 16)
    (tmp_path / "s.json").write_text(text)
    assert keys.key_of_job(tmp_path / "s.json", ["a"]) == keys.key(text, ["a"])


@pytest.mark.parametrize("key", [KEY, "-".join([KEY] * 3)])
def test_the_key_is_read_from_the_head_of_an_index(tmp_path, key):
    index = FrameIndex(video="v" * 300, made_of=key)
    index.save(tmp_path / "v.json")
    assert keys.read_key(tmp_path / "v.json") == key
    assert FrameIndex.load(tmp_path / "v.json") == index


@pytest.mark.parametrize("content", [None, b"", b"{}", b"\xff\xfe", b'{"video": "a"}', b"[]"])
def test_a_file_without_a_key_has_none(tmp_path, content):
    if content is not None:
        (tmp_path / "x.json").write_bytes(content)
    assert keys.read_key(tmp_path / "x.json") == ""


def test_a_source_without_a_key_counts_by_its_content(tmp_path):
    (tmp_path / "table.csv").write_text("a,b\n")
    assert keys.read_source(tmp_path / "table.csv") == digest("a,b\n")


class Chain:
    """Two results of two stages, the second made from the first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for stage, name in (("frames", "f"), ("detections", "d")):
            (folder / f"{stage}.json").write_text("settings")
            FrameIndex(video="v", made_of=KEY).save(folder / f"{name}.json")
        self.results = [
            Result("frames", KEY, ["frames.json"], ["f.json"], has_receipt=False),
            Result("detections", KEY, ["detections.json", "f.json"], ["d.json"], has_receipt=False),
        ]

    def times(self, **times: int) -> None:
        for name, time in times.items():
            os.utime(self.folder / f"{name}.json", (time, time))

    def time(self, name: str) -> float:
        return (self.folder / f"{name}.json").stat().st_mtime


@pytest.fixture
def chain(tmp_path) -> Chain:
    return Chain(tmp_path)


def test_what_is_current_is_made_no_older_than_what_it_was_made_from(chain):
    chain.times(frames=50, detections=60, f=10, d=20)
    assert set_mtimes(chain.results, chain.folder) == State()
    assert chain.time("f") >= chain.time("frames")
    assert chain.time("d") >= max(chain.time("f"), chain.time("detections"))


def test_times_that_are_right_are_left_alone(chain):
    chain.times(frames=10, detections=10, f=20, d=30)
    set_mtimes(chain.results, chain.folder)
    assert (chain.time("f"), chain.time("d")) == (20, 30)


def test_results_out_of_an_archive_without_times_are_current(chain):
    chain.times(frames=0, detections=50, f=0, d=0)
    assert set_mtimes(chain.results, chain.folder) == State()
    assert chain.time("d") >= 50


def test_what_is_stale_is_made_older_than_its_settings(chain):
    chain.times(frames=10, detections=10, f=20, d=30)
    FrameIndex(video="v", made_of="f" * 16).save(chain.folder / "d.json")
    state = set_mtimes(chain.results, chain.folder)
    assert state.stale == {("detections", "made from other videos, labels or results"): 1}
    assert chain.time("d") < chain.time("detections")
    assert chain.time("f") == 20


def test_what_is_absent_stays_absent_and_does_not_make_others_stale(chain):
    chain.times(frames=50, detections=10, d=30)
    (chain.folder / "f.json").unlink()
    assert set_mtimes(chain.results, chain.folder) == State(absent={"frames": 1})
    assert not (chain.folder / "f.json").exists()
    assert chain.time("d") >= chain.time("frames"), "or the workflow would make both again"


def test_the_time_of_a_folder_is_that_of_the_stamp_that_the_workflow_left_in_it(chain):
    folder = chain.folder / "crops"
    folder.mkdir()
    (folder / ".snakemake_timestamp").write_text("")
    chain.results[0].outputs.append("crops")
    chain.times(frames=50, f=60)
    os.utime(folder / ".snakemake_timestamp", (10, 10))
    set_mtimes(chain.results, chain.folder)
    assert (folder / ".snakemake_timestamp").stat().st_mtime >= 50
