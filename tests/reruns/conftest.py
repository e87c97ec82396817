"""Projects in git and DVC, in the states from which a change is tried."""

from __future__ import annotations

import os
import shutil
import time
from hashlib import sha256
from pathlib import Path

import pytest

import rerun_changes
from workflow.projects import checkout, commit, run

BEGAN = time.monotonic()
MINUTES = float(os.environ.get("RERUN_MINUTES", "inf"))


@pytest.fixture(autouse=True)
def _in_time():
    """Skip what is left when ``RERUN_MINUTES`` (environment) are over, so that it ends."""
    if time.monotonic() - BEGAN > 60 * MINUTES:
        pytest.skip(f"{MINUTES:g} minutes are over")


@pytest.fixture(scope="session")
def made(tmp_path_factory) -> Path:
    """A project that ``dvc repro`` has made once, committed, its cache in a remote."""
    folder = tmp_path_factory.mktemp("made") / "project"
    checkout(folder, rerun_changes.SETTINGS)
    rerun_changes.fill(folder)
    (folder / "store").mkdir()
    for command in (
        "dvc add data/mine data/crops",
        "dvc remote add --default store store",
        "dvc repro",
        "dvc push",
    ):
        done = run(*command.split(), cwd=folder)
        assert done.returncode == 0, done.stdout
    shutil.copy2(folder / "results/model/model.keras", folder / "earlier.keras")
    (folder / "together.csv").write_text("video,other\n")
    commit(folder, "made")
    return folder


@pytest.fixture(scope="session")
def cloned(made, tmp_path_factory) -> Path:
    """A clone of it after ``make sync``."""
    folder = tmp_path_factory.mktemp("cloned") / "project"
    assert run("git", "clone", "--quiet", str(made), str(folder), cwd=made).returncode == 0
    run("dvc", "remote", "modify", "--local", "store", "url", str(made / "store"), cwd=folder)
    done = run("unmask", "sync", cwd=folder)
    assert done.returncode == 0, done.stdout
    return folder


@pytest.fixture(scope="session")
def checked_out(made, tmp_path_factory) -> Path:
    """The project after a later commit with other results, and back to this one."""
    folder = tmp_path_factory.mktemp("back") / "project"
    copy(made, folder)
    rerun_changes.change_settings(folder, {"split": {"seed": 5}, "frames": {"fps": 4}})
    for command in ("dvc repro", "git add --all", "git commit --quiet --message later"):
        done = run(*command.split(), cwd=folder)
        assert done.returncode == 0, done.stdout
    for command in ("git checkout --quiet HEAD~1", "dvc checkout"):
        done = run(*command.split(), cwd=folder)
        assert done.returncode == 0, done.stdout
    return folder


def copy(source: Path, target: Path) -> Path:
    """Copy a project as it is, dates and all."""
    shutil.copytree(source, target, symlinks=True)
    return target


def contents(folder: Path) -> dict[str, str]:
    """A digest of every result, by its path."""
    return {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in sorted((folder / "results").rglob("*"))
        if path.is_file() and path.name != ".snakemake_timestamp"
    }
