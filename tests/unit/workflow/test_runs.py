"""One run at a time, none left behind: the lock, the lifeline, and orphans."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from unmask.disk.machine import host
from unmask.errors import UnmaskError
from unmask.workflow import run_lock
from unmask.workflow.lifeline import VARIABLE
from unmask.workflow.prune import prune


def python(code: str, *arguments: str, **env: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **env},
    )


HOLD = (
    "import sys, time; from pathlib import Path; from unmask.workflow import run_lock;"
    "print(run_lock.take(Path(sys.argv[1])), flush=True); time.sleep(600)"
)


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the lock of a folder."""
    process = python(HOLD, str(tmp_path))
    assert process.stdout.readline() == "True\n"
    yield process
    process.kill()
    process.wait()


def locks_of_snakemake(folder: Path) -> Path:
    locks = folder / ".snakemake/locks"
    locks.mkdir(parents=True, exist_ok=True)
    (locks / "0.input.lock").write_text("results/manifest.csv")
    return locks


def test_the_lock_of_a_run_that_was_killed_is_free_and_snakemakes_is_removed(holder, tmp_path):
    locks = locks_of_snakemake(tmp_path)
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert run_lock.take(tmp_path)
    assert not locks.exists()


def test_a_run_at_work_is_left_alone(holder, tmp_path):
    locks = locks_of_snakemake(tmp_path)
    assert not run_lock.take(tmp_path)
    assert list(locks.iterdir())


def test_a_run_that_only_plans_is_waited_for(holder, tmp_path):
    with pytest.raises(UnmaskError, match="being planned"):
        run_lock.take(tmp_path, patience_s=0.3)
    holder.kill()
    assert run_lock.take(tmp_path, patience_s=60)


def test_a_folder_that_cannot_be_written_is_a_message(tmp_path):
    (tmp_path / ".snakemake").write_text("a file")
    with pytest.raises(UnmaskError, match="must be writable"):
        run_lock.take(tmp_path)


def test_a_job_ends_when_the_run_that_started_it_is_killed():
    run = python("import time; time.sleep(600)")
    job = python(
        "from unmask.workflow import lifeline; lifeline.die_with_parent(); print('up', flush=True);"
        "import time; time.sleep(600)",
        **{VARIABLE: str(run.pid)},
    )
    assert job.stdout.readline() == "up\n"
    time.sleep(0.3)
    assert job.poll() is None, "it lives while the run lives"
    run.kill()
    run.wait()
    assert job.wait() == -signal.SIGKILL


def test_a_command_that_no_run_started_depends_on_nobody():
    done = python(
        "from unmask.workflow import lifeline; lifeline.die_with_parent(); print('up')",
        **{VARIABLE: ""},
    )
    assert done.communicate()[0] == "up\n"


SOURCES = [
    {"video": "a", "dataset": "mine", "path": "data/mine/a.mp4"},
    {"video": "x", "dataset": "crops", "path": "data/crops/x.png"},
]


def test_results_of_videos_that_are_gone_are_removed(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / f"{name}.json").write_text("{}")
    (tmp_path / "crops.jsonl").write_text("")
    (tmp_path / "old.jsonl").write_text("")
    assert prune(tmp_path, SOURCES) == ["b", "b.json", "old.jsonl"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "a.json", "crops.jsonl"]


def test_of_the_demo_only_clips_that_were_filmed_are_removed(tmp_path):
    entries = {"a.mp4": {"demo": True}, "b.mp4": {"demo": True}, "mine.mp4": {"label": "REAL"}}
    (tmp_path / "metadata.json").write_text(json.dumps(entries))
    for name in (*entries, "other.mp4"):
        (tmp_path / name).write_text("")
    sources = [{"video": "a", "dataset": "demo", "path": "data/demo/a.mp4"}]
    assert prune(tmp_path, sources) == ["b.mp4"]


@pytest.mark.parametrize("content", ["", "[]", '{"a.mp4": 1}', "\ufffd{"])
def test_nothing_is_removed_beside_metadata_that_is_not_ours(tmp_path, content):
    (tmp_path / "metadata.json").write_text(content)
    (tmp_path / "a.mp4").write_text("")
    assert prune(tmp_path, []) == []


def test_a_folder_that_is_not_there_needs_no_pruning(tmp_path):
    assert prune(tmp_path / "absent", SOURCES) == []


def test_the_lock_says_who_holds_it_and_is_free_when_that_one_is_gone(holder, tmp_path):
    assert f"process {holder.pid} on {host()}, begun 20" in run_lock.holder(tmp_path)
    assert "rm " not in run_lock.holder(tmp_path)
    holder.terminate()
    holder.wait()
    assert run_lock.take(tmp_path)
    assert f"process {os.getpid()} on" in run_lock.holder(tmp_path)


def test_a_run_that_ends_by_itself_leaves_no_name(tmp_path):
    done = python(HOLD.replace("time.sleep(600)", "sys.exit()"), str(tmp_path))
    assert done.communicate()[0] == "True\n"
    assert not (tmp_path / run_lock.HOLDER).exists()
    assert not run_lock.holder(tmp_path)


@pytest.mark.parametrize("at_work", [True, False], ids=["at work", "planning"])
def test_the_lock_of_another_machine_is_never_taken_and_the_message_says_how_to_lift_it(
    tmp_path, at_work
):
    holds = tmp_path / run_lock.HOLDER
    holds.parent.mkdir(parents=True)
    holds.write_text("node7\n4711\n12345\n2026-01-02 03:04:05 +0000")
    locks = locks_of_snakemake(tmp_path) if at_work else None
    for _ in range(2):
        if locks:
            assert not run_lock.take(tmp_path, patience_s=0)
            assert list(locks.iterdir())
            said = run_lock.refusal("Run again when it is done.", tmp_path)
        else:
            with pytest.raises(UnmaskError) as raised:
                run_lock.take(tmp_path, patience_s=0)
            said = str(raised.value)
        assert "process 4711 on node7, begun 2026-01-02 03:04:05" in said
        assert f"rm {holds}" in said
    holds.unlink()
    assert run_lock.take(tmp_path)


def test_of_two_machines_whose_locks_do_not_reach_each_other_one_gets_it(tmp_path, monkeypatch):
    monkeypatch.setattr(run_lock, "_lock", lambda handle: True)
    assert run_lock.take(tmp_path)
    monkeypatch.setattr(run_lock, "host", lambda: "node8")
    with pytest.raises(UnmaskError, match="cannot be told from node8"):
        run_lock.take(tmp_path, patience_s=0.2)
