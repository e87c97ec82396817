"""Projects in temporary folders, on which Snakemake, git and DVC are run as a user would."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

from commands import REPOSITORY, Done, call, run
from rerun_changes import change_settings

SMALL = {
    "datasets": [{"name": "demo", "kind": "demo", "root": "data/demo", "groups": 5, "seconds": 1}],
    "split": {"train": 0.2, "val": 0.4, "test": 0.4},
    "crop": {"size": 64},
    "model": {"input_size": 64},
    "train": {"epochs": 1, "batch_size": 8},
}
"""A demo that takes seconds: settings that keep every stage but make it short."""

PAPERS = ("tests", "docs", "benchmarks", "notebooks")
"""Folders of a checkout that no run needs."""

_NEVER_WRITTEN = tuple(
    f"{os.sep}{folder}{os.sep}" for folder in (".git/objects", ".dvc/cache", "store/files")
)
"""Files in there are named by their content, by git and by DVC, there or in a remote."""

Snakemake = Callable[..., Done]


def snakemake_in(
    folder: Path, settings: dict[str, Any] | None = None, start: Callable[..., Done] = call
) -> Snakemake:
    """A function that runs snakemake on ``folder`` from elsewhere, with settings laid over."""
    folder.mkdir(parents=True, exist_ok=True)
    overlay = folder / "overlay.yaml"
    overlay.write_text(yaml.safe_dump(settings or SMALL))

    def snakemake(*arguments: str) -> Done:
        return start(
            "snakemake",
            "--cores=2",
            *arguments,
            f"--snakefile={REPOSITORY / 'Snakefile'}",
            f"--directory={folder}",
            f"--configfile={overlay}",
            cwd=folder.parent,
        )

    return snakemake


def tracked_files() -> list[str]:
    """The checkout's files, as git would take them."""
    return subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()


def checkout(folder: Path, settings: dict[str, Any], leave_out: tuple[str, ...] = ()) -> None:
    """The checkout's files in a git repository of their own, with settings laid over."""
    for name in tracked_files():
        wanted = name.split("/")[0] not in leave_out
        if wanted and (REPOSITORY / name).is_file() and name not in (
            "dvc.lock", "results/metrics.json",
        ):  # fmt: skip
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(REPOSITORY / name, folder / name)
    change_settings(folder, settings)
    succeed(folder, "git init --quiet")
    commit(folder, "start")


def commit(folder: Path, message: str) -> None:
    """Commit everything that is not ignored."""
    run("git", "add", "--all", cwd=folder)
    done = run("git", "commit", "--quiet", "--message", message, cwd=folder)
    assert done.returncode == 0, done.stdout


def succeed(folder: Path, *commands: str) -> Done:
    """Run commands one after the other, of which each must succeed. Returns the last."""
    for command in commands:
        start = run if command.startswith("git ") else call
        done = start(*command.split(), cwd=folder)
        assert done.returncode == 0, f"{command}\n{done.stdout}"
    return done


def copy(source: Path, target: Path) -> Path:
    """A project of one's own, dates and all. Only what is never written to is shared."""
    shutil.copytree(source, target, symlinks=True, copy_function=_copy_or_link)
    return target


def _copy_or_link(source: str, target: str) -> None:
    if any(folder in source for folder in _NEVER_WRITTEN):
        with suppress(OSError):  # another disk, or one without links
            os.link(source, target)
            return
    shutil.copy2(source, target)


def contents(folder: Path) -> dict[str, str]:
    """A digest of every result, by its path."""
    return {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in sorted((folder / "results").rglob("*"))
        if path.is_file() and path.name != ".snakemake_timestamp"
    }
