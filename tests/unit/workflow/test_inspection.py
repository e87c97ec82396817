"""Results are known by content: what is damaged is told from what was touched or copied."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from damages import DAMAGES, cut, emptied, one_bit_changed
from unmask.disk.files import fingerprint
from unmask.frames.index import FrameIndex
from unmask.workflow import inspection
from unmask.workflow.expected import Result
from unmask.workflow.inspection import Inspection
from unmask.workflow.keys import read_key
from unmask.workflow.mtimes import set_mtimes
from unmask.workflow.plan import DAMAGED
from unmask.workflow.receipt import write_receipt

KEY = "-".join(["0123456789abcdef"] * 3)


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    """A video's frames with their index, and a table and a folder with a receipt."""
    monkeypatch.chdir(tmp_path)
    for name in ("settings.json", "frames/v/1.jpg", "frames/v/2.jpg", "table.csv", "maps/v/a.jpg"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(name.encode() * 20_000)
    FrameIndex(video="v", made_of=KEY).save(Path("frames/v.json"), Path("frames/v"))
    write_receipt(Path("made.json"), KEY, [Path("table.csv"), Path("maps")])
    return tmp_path


RESULTS = [
    Result("frames", KEY, ["settings.json"], ["frames/v.json", "frames/v"], has_receipt=False),
    Result("explain", KEY, ["settings.json"], ["made.json", "table.csv", "maps"]),
]


def state(folder: Path, **options):
    looks = Inspection.load(folder, **options)
    found = set_mtimes(RESULTS, folder, looks)
    looks.save()
    return found


def test_a_result_that_is_what_was_written_is_current(project):
    assert read_key(project / "made.json") == KEY
    assert not state(project).stale
    assert not state(project).stale


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize(
    ("file", "stage"),
    [
        ("frames/v.json", "frames"),
        ("frames/v/2.jpg", "frames"),
        ("made.json", "explain"),
        ("table.csv", "explain"),
        ("maps/v/a.jpg", "explain"),
    ],
)
def test_whatever_happens_to_a_file_its_result_alone_is_made_again(project, file, stage, damage):
    state(project)
    damage(project / file)
    found = state(project)
    if damage is Path.unlink and file.endswith(".json"):
        assert found.absent == {stage: 1}
        return
    assert found.stale == {(stage, DAMAGED): 1}
    [line] = found.damaged
    assert line.startswith(str(Path(file).parent if "/v/" in file and stage == "frames" else ""))
    assert state(project).stale == found.stale, "until it is made again"


def test_a_result_is_believed_again_once_it_was_made_again(project):
    one_bit_changed(project / "frames/v/1.jpg")
    assert state(project).stale
    (project / "frames/v/1.jpg").write_bytes(b"frames/v/1.jpg" * 20_000)
    assert not state(project).stale


def test_what_was_touched_copied_or_linked_is_read_once_and_is_current(project, monkeypatch):
    state(project)
    for path in project.rglob("*"):
        os.utime(path, (1e9, 1e9))
    os.link(project / "maps/v/a.jpg", project / "a link")
    assert not state(project).stale
    shutil.copytree(project, clone := project / "clone", ignore=lambda *_: [".snakemake", "clone"])
    assert not state(clone).stale
    state(project)
    monkeypatch.setattr(inspection, "difference", lambda *_, **__: pytest.fail("read once more"))
    assert not state(project).stale


def test_a_model_that_was_changed_inside_is_noticed_though_its_size_is_the_same(project):
    state(project)
    content = bytearray((project / "table.csv").read_bytes())
    content[50_000] ^= 1  # between the samples of a fingerprint
    (project / "table.csv").write_bytes(content)
    assert state(project).damaged == ["table.csv: other bytes than were written"]


def test_of_very_many_folders_a_file_changed_in_place_is_found_by_reading_in_full(project):
    state(project, folders=10**6)
    one_bit_changed(project / "frames/v/1.jpg")
    (project / "maps/v/b.jpg").touch()
    assert not state(project, folders=10**6).stale
    looks = Inspection.load(project, 10**6, in_full=True)
    found = [looks.look(result).damage for result in RESULTS]
    looks.save()
    assert found == [
        "frames/v: other bytes than were written",
        "maps: 2 files, 1 were written",
    ]
    assert set(state(project, folders=10**6).stale) == {("frames", DAMAGED), ("explain", DAMAGED)}


def test_of_very_many_folders_a_missing_file_is_seen(project):
    state(project, folders=10**6)
    (project / "frames/v/1.jpg").unlink()
    assert state(project, folders=10**6).damaged == ["frames/v: 1 files, 2 were written"]


def test_a_folder_that_was_deleted_whole_is_made_when_it_is_needed(project):
    shutil.rmtree(project / "frames/v")
    assert not state(project).stale


def test_results_of_the_version_before_are_current_until_damage_shows_in_themselves(project):
    (project / "frames/v.json").write_text(f'{{\n "made_of": "{KEY}",\n "video": "v"\n}}\n')
    known = fingerprint(project / "table.csv")
    (project / "made.json").write_text(
        f'{{\n "made_of": "{KEY}",\n "files": {{\n  "table.csv": "{known}"\n }}\n}}\n'
    )
    assert not state(project).stale
    for path in ("frames/v.json", "table.csv"):
        os.utime(project / path, (1e9, 1e9))
    assert not state(project).stale
    cut(project / "frames/v.json")
    emptied(project / "table.csv")
    assert sum(state(project).stale.values()) == 2


@pytest.mark.parametrize("content", ["", "[]", '{"files": 3}', f'{{"made_of": "{KEY}"}}'])
def test_a_broken_receipt_vouches_for_nothing(project, content):
    (project / "made.json").write_text(content)
    assert state(project).stale == {("explain", DAMAGED): 1}


def test_a_memory_that_is_not_one_costs_a_reading(project):
    state(project)
    (project / inspection.MEMORY).write_bytes(b"\xff\t\n\n\ta\tb")
    assert not state(project).stale


def test_crops_that_are_damaged_are_so_in_the_dataset_that_links_to_them(project):
    faces = Result("faces", KEY, ["settings.json"], ["frames/v.json", "frames/v"], False)
    dataset = Result("dataset", KEY, ["settings.json"], ["made.json", "table.csv", "maps"])
    looks = Inspection.load(project, 10**6)
    (project / "frames/v/1.jpg").unlink()
    found = set_mtimes([faces, dataset], project, looks)
    assert found.stale == {("faces", DAMAGED): 1, ("dataset", DAMAGED): 1}
