"""What ``unmask sync`` says before it asks DVC for anything."""

from __future__ import annotations

import subprocess

import pytest

from unmask.errors import SyncError
from unmask.workflow.dvc_sync import fetch


@pytest.mark.parametrize("held", [(), ("dvc.yaml", "config.yaml"), ("dvc.lock", ".dvc")])
def test_without_git_it_says_what_works_and_how_to_begin(tmp_path, held):
    for name in held:
        (tmp_path / name).touch()
    with pytest.raises(SyncError, match=r"no git repository(.|\n)*snakemake(.|\n)*git init"):
        fetch(tmp_path)


def test_in_a_repository_without_results_it_says_so(tmp_path):
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    (tmp_path / "below").mkdir()
    for folder in (tmp_path, tmp_path / "below"):
        with pytest.raises(SyncError, match=r"no dvc\.lock"):
            fetch(folder)
