"""Small finished projects, each made once a run of the tests and shared by its processes.

Tests take them through the fixtures in ``conftest.py`` and leave them as they are; those that
change something work on a copy (:func:`projects.copy`). A project is kept by a key of all that it
is made from, so a folder that outlives the run (``--made``) never serves an old one.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path

from filelock import FileLock

import media
import rerun_changes
from commands import REPOSITORY, run
from projects import (
    PAPERS,
    checkout,
    commit,
    contents,
    copy,
    snakemake_in,
    succeed,
    tracked_files,
)

MAKERS = ("made_once.py", "projects.py", "media.py", "rerun_changes.py")

Make = Callable[[Path, "Store"], None]


class Store:
    """The folder in which the projects lie."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, make: Make) -> Path:
        """The project that a function makes; made now if it is not there.

        A failure is kept as well, so that every test that needs the project tells it at once.
        """
        kept = self._folder / f"{make.__name__}-{_key()}"
        kept.mkdir(parents=True, exist_ok=True)
        project, whole, failure = kept / "project", kept / "whole", kept / "failure.txt"
        with FileLock(kept / "lock"):
            if not whole.exists() and not failure.exists():
                shutil.rmtree(project, ignore_errors=True)  # of a run that was stopped
                try:
                    make(project, self)
                    whole.write_text(json.dumps(contents(project)), "utf-8")
                except Exception as error:
                    failure.write_text(str(error), "utf-8")
                    raise
        assert not failure.exists(), f"{make.__name__} could not be made:\n{failure.read_text()}"
        return project

    def changed(self) -> list[str]:
        """The results in these projects that are not as they were made."""
        found = []
        for whole in self._folder.glob("*/whole"):
            made, now = json.loads(whole.read_text("utf-8")), contents(whole.parent / "project")
            paths = sorted(path for path in made | now if made.get(path) != now.get(path))
            found += [f"{whole.parent.name}: {path}" for path in paths]
        return found


@cache
def _key() -> str:
    """A digest of the code, the settings, the pinned packages, and of what makes projects here."""
    found = sha256()
    for name in tracked_files():
        folder, _, rest = name.partition("/")
        if (REPOSITORY / name).is_file() and (folder not in PAPERS or rest in MAKERS):
            found.update(name.encode() + b"\0" + (REPOSITORY / name).read_bytes())
    return found.hexdigest()[:16]


def finished(folder: Path, store: Store) -> None:
    """The demo, from its clips to the report."""
    done = snakemake_in(folder, start=run)()
    assert done.returncode == 0, done.stdout


def mixed(folder: Path, store: Store) -> None:
    """Two good clips and one of every bad kind, with awkward names among both, up to the crops."""
    videos = folder / "my videos"
    (videos / "real").mkdir(parents=True)
    (videos / "fake/méthode à moi").mkdir(parents=True)
    media.portrait_clip(videos / "real/Grace's clip (1).mp4")
    media.portrait_clip(videos / "fake/méthode à moi/été & co; $(x) `y`.avi", who="collins")
    media.truncated_clip(videos / "real/truncated.mp4")
    media.cut_off(media.blank_clip(videos / "real/cut.mp4"))
    media.empty_file(videos / "real/empty.mp4")
    media.audio_file(videos / "real/audio.mp4")
    media.text_file(videos / "fake/text.mp4")
    media.blank_clip(videos / "fake/faceless.mp4")
    (videos / "fake/image.jpg").write_text("no picture either")
    media.write_image(videos / "real/still.png", media.portrait())
    settings = {
        "datasets": [{"name": "mine", "kind": "folders", "root": "my videos"}],
        "data": {"max_bad_fraction": 1.0},
        "detect": {"min_face": 0.2},
    }
    done = snakemake_in(folder, settings)("faces", "results/quarantine.csv")
    assert done.returncode == 0, done.stdout


def recorded(folder: Path, store: Store) -> None:
    """Demo, own videos and ready crops in git and DVC: a run, recorded and pushed to a remote."""
    checkout(folder, rerun_changes.SETTINGS, leave_out=PAPERS)
    rerun_changes.fill(folder)
    (folder / "store").mkdir()
    succeed(
        folder,
        "dvc add data/mine data/crops",
        "dvc remote add --default store store",
        "snakemake --cores=2",
        "dvc commit --force",
        "dvc push",
    )
    shutil.copy2(folder / "results/model/model.keras", folder / "earlier.keras")
    (folder / "together.csv").write_text("video,other\n")
    commit(folder, "made")
    succeed(folder, "git gc --quiet")  # a few files to copy, not hundreds


def cloned(folder: Path, store: Store) -> None:
    """A clone of what was recorded, after ``make sync``."""
    origin = store.get(recorded)
    succeed(origin, f"git clone --quiet {origin} {folder}")
    succeed(
        folder,
        f"dvc remote modify --local store url {origin / 'store'}",
        "unmask sync",
    )


def checked_out(folder: Path, store: Store) -> None:
    """What was recorded, after a later commit with other results, and back to this one."""
    copy(store.get(recorded), folder)
    rerun_changes.change_settings(folder, {"split": {"seed": 5}, "frames": {"fps": 4}})
    succeed(
        folder,
        "snakemake --cores=2",
        "dvc commit --force",
        "git add --all",
        "git commit --quiet --message later",
        "git checkout --quiet HEAD~1",
        "dvc checkout",
    )
