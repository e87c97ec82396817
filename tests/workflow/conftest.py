"""Whole runs of the workflow in temporary folders, as a user would start them."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from workflow.projects import REPOSITORY, run

__all__ = ["REPOSITORY", "SMALL", "run", "snakemake_in"]

SMALL = {
    "datasets": [{"name": "demo", "kind": "demo", "root": "data/demo", "groups": 8, "seconds": 1}],
    "split": {"train": 0.5, "val": 0.25, "test": 0.25},
    "crop": {"size": 64},
    "model": {"input_size": 64},
    "train": {"epochs": 1, "batch_size": 8},
}
"""A demo that takes seconds: settings that keep every stage but make it short."""


Snakemake = Callable[..., subprocess.CompletedProcess[str]]


def snakemake_in(folder: Path, settings: dict | None = None) -> Snakemake:
    """A function that runs snakemake on ``folder`` from elsewhere, with settings laid over."""
    folder.mkdir(parents=True, exist_ok=True)
    overlay = folder / "overlay.yaml"
    overlay.write_text(yaml.safe_dump(settings or SMALL))

    def snakemake(*arguments: str) -> subprocess.CompletedProcess[str]:
        return run(
            "snakemake",
            "--cores=2",
            *arguments,
            f"--snakefile={REPOSITORY / 'Snakefile'}",
            f"--directory={folder}",
            f"--configfile={overlay}",
            cwd=folder.parent,
        )

    return snakemake


@pytest.fixture(scope="session")
def finished(tmp_path_factory) -> Path:
    """A small project on which everything has run once. Tests must leave it as it is."""
    folder = tmp_path_factory.mktemp("finished")
    done = snakemake_in(folder)()
    assert done.returncode == 0, done.stdout
    return folder
