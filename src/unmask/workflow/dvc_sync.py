"""Bringing a clone or another commit up to date: its data and results from DVC, checked.

Whether a result belongs to the settings, the code and the videos at hand is told by the key that it
carries, so nothing needs to be believed.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from unmask.config.load import validate
from unmask.config.yaml_file import read_yaml_file
from unmask.disk.foreign import MB
from unmask.errors import ConfigError, SyncError
from unmask.workflow.plan import ALL_CURRENT, Plan

DVC_LOCK = "dvc.lock"

_RUN = (
    "Nothing is lost, and nothing wrong is kept: `dvc repro` or `snakemake --cores all` makes what "
    "does not belong anew, and only that."
)


def fetch(where: Path, remote: str | None = None) -> None:
    """Put data and results of the current commit in place, from DVC's cache or its remote.

    Raises:
        SyncError: there is no repository, nothing is recorded, files here would be overwritten, or
            some cannot be had.
    """
    where = Path(where)
    if not any((folder / ".git").exists() for folder in (where, *where.resolve().parents)):
        raise SyncError(
            f"{where.resolve()} is no git repository (a ZIP download is none), and DVC works in "
            "one only. To run without versions: snakemake --cores all. To begin a repository:\n"
            "  git init && git add --all && git commit --message 'As downloaded'"
        )
    if not (where / DVC_LOCK).is_file():
        raise SyncError(
            f"There is no {DVC_LOCK} in {where.resolve()}: this commit holds no results to bring. "
            "Make some with `dvc repro`, then commit dvc.lock."
        )
    done = _dvc(where, "checkout")
    if done.returncode:
        unsaved = _unsaved(done.stdout)
        if unsaved is None:
            done = _dvc(where, "pull", *(("--remote", remote) if remote else ()))
            unsaved = _unsaved(done.stdout)
        if unsaved is not None:
            raise SyncError(
                f"{unsaved} here was changed and is recorded nowhere, so it is not replaced. "
                "Record it with `make record`, or give it up with `dvc checkout --force`; then "
                "sync again."
            )
    if done.returncode:
        raise SyncError(
            "Not all data and results of this commit could be had. DVC says:\n"
            + "\n".join(f"  {line}" for line in done.stdout.strip().splitlines()[-8:])
            + "\nIf they lie in a remote, name it: dvc remote add --default NAME URL. If they were "
            "never pushed, push them from where they were made: dvc push."
        )


def check_settings(settings: Mapping[str, Any], where: Path) -> None:
    """Check that results were recorded with the settings at hand.

    Raises:
        SyncError: names each key, its value then and its value now.
    """
    lock = read_yaml_file(where / DVC_LOCK, SyncError, most=64 * MB) or {}
    recorded = lock.get("stages", {}).get("plan", {}).get("params", {}).get("config.yaml")
    if recorded is None:
        raise SyncError(f"{DVC_LOCK} records no settings. Make the results again: dvc repro")
    now = validate(settings).model_dump()
    with suppress(ConfigError):  # of an older version, with other keys: told as they stand there
        recorded = validate(recorded).model_dump()
    lines = list(_differences(recorded, now))
    if lines:
        raise SyncError(
            "The results of this commit were made with other settings than config.yaml has now:\n"
            + "\n".join(f"  {line}" for line in lines)
            + "\nTo sync, put the settings back (git stash), sync, and change them again "
            f"(git stash pop). {_RUN}"
        )


def check_results(plan: Plan) -> str:
    """Check that every result is there and made of what is at hand. Returns a line that says so.

    What is made on request does not count: it is recorded nowhere.

    Raises:
        SyncError: says of which stages results are missing or were made of something else.
    """
    if not (lines := plan.lacking()):
        return ALL_CURRENT
    raise SyncError(
        "Not all results of this commit belong to its settings, code and videos:\n"
        + "\n".join(f"  {line}" for line in lines)
        + f"\nThey were recorded before something was changed. {_RUN}"
    )


def _dvc(where: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run DVC; its output, both streams together, is in ``stdout``."""
    return subprocess.run(
        [sys.executable, "-m", "dvc", *arguments],
        cwd=where,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _unsaved(output: str) -> str | None:
    """The file that DVC will not replace because it is saved nowhere, or the first of several."""
    lines = output.splitlines()
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if re.search("without (a )?confirmation", line):
            named = re.search(r"'(\S+)' without", line)
            return os.path.relpath(named[1] if named else following.strip() or ".")
    return None


def _differences(recorded: Any, now: Any, key: str = "") -> Iterator[str]:
    """Lines for keys that differ, to any depth."""
    if isinstance(recorded, dict) and isinstance(now, dict):
        for name in sorted(recorded.keys() | now.keys()):
            yield from _differences(
                recorded.get(name, "not set"), now.get(name, "not set"), f"{key}.{name}".lstrip(".")
            )
    elif recorded != now:
        yield f"{key}: {recorded} then, {now} now"
