"""Files and folders that are written whole or not at all, and what killed processes left."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time

import pytest

from unmask.disk import files
from unmask.disk.files import fresh_directory, sweep, whole_file, write_text


def test_the_folder_appears_only_when_it_is_complete(tmp_path):
    target = tmp_path / "deep" / "frames"
    with fresh_directory(target) as folder:
        (folder / "1.txt").write_text("1")
        assert not target.exists()
    assert [path.name for path in target.iterdir()] == ["1.txt"]
    assert list(target.parent.iterdir()) == [target]


def test_nothing_of_an_earlier_run_remains(tmp_path):
    target = tmp_path / "frames"
    target.mkdir()
    (target / "old.txt").write_text("old")
    with fresh_directory(target) as folder:
        (folder / "new.txt").write_text("new")
    assert [path.name for path in target.iterdir()] == ["new.txt"]


def test_a_failure_leaves_the_earlier_folder_and_no_other(tmp_path):
    target = tmp_path / "frames"
    target.mkdir()
    (target / "old.txt").write_text("old")
    with pytest.raises(KeyboardInterrupt), fresh_directory(target) as folder:
        (folder / "half.txt").write_text("half")
        raise KeyboardInterrupt
    assert [path.name for path in target.iterdir()] == ["old.txt"]
    assert list(tmp_path.iterdir()) == [target]


def test_a_file_appears_only_when_it_is_whole_and_a_failure_leaves_the_one_before(tmp_path):
    target = tmp_path / "deep/table.csv"
    write_text(target, "before")
    with pytest.raises(ValueError), whole_file(target) as partial:
        partial.write_text("half")
        assert target.read_text() == "before"
        raise ValueError
    assert target.read_text() == "before"
    assert list(target.parent.iterdir()) == [target]


def test_an_error_names_the_file_that_was_to_be_written_and_leaves_nothing(tmp_path):
    with pytest.raises(OSError, match="No space left") as raised, whole_file(tmp_path / "a.csv"):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert raised.value.filename == str(tmp_path / "a.csv")
    assert not list(tmp_path.iterdir())


WRITE = """
import sys, time
from pathlib import Path
from unmask.disk.files import fresh_directory, whole_file
with whole_file(Path(sys.argv[1])) as a, fresh_directory(Path(sys.argv[2])) as b:
    a.write_text("half"), (b / "x").write_text("half")
    print("at work", flush=True)
    time.sleep(60)
"""


def test_what_a_killed_process_left_is_swept_and_what_a_living_one_writes_is_not(tmp_path):
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITE, str(tmp_path / "a.json"), str(tmp_path / "b")],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert writer.stdout.readline() == "at work\n"
    (tmp_path / ".hidden").write_text("mine")
    assert sweep([tmp_path, tmp_path / "absent"]) == []
    assert len(list(tmp_path.iterdir())) == 3
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    assert len(sweep([tmp_path])) == 2
    assert [path.name for path in tmp_path.iterdir()] == [".hidden"]


def test_what_another_machine_is_at_work_on_is_left_alone_for_a_day(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "host", lambda: "elsewhere")
    with whole_file(tmp_path / "a.json") as partial:
        partial.write_text("half")
        monkeypatch.undo()
        assert sweep([tmp_path]) == []
        yesterday = time.time() - 25 * 3600
        os.utime(partial, (yesterday, yesterday))
        assert sweep([tmp_path]) == [partial]
        partial.write_text("whole")


def test_a_name_as_long_as_the_disk_takes_can_be_written(tmp_path):
    write_text(tmp_path / ("é" * 120 + ".json"), "{}")
    assert len(list(tmp_path.iterdir())) == 1


def test_a_full_disk_is_one_line_and_leaves_nothing(tmp_path):
    """A limit on the size of files stands for the disk: the same error, without a mount."""
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path / "out.csv")],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert done.stderr == (
        f"unmask plots: {tmp_path / 'out.csv'}: File too large. Make room on that disk and run "
        "again; nothing half is kept.\n"
    )
    assert not list(tmp_path.iterdir())


FULL = """
import resource, signal, sys
from pathlib import Path
from unmask import cli
from unmask.commands import plots
from unmask.disk.files import write_text
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
plots.add_arguments = lambda parser: None
plots.run = lambda args: write_text(Path(sys.argv[1]), "x" * 5000)
sys.exit(cli.main(["plots"]))
"""
