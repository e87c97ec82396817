"""Data and results through a remote to a colleague, and what ``make sync`` refuses."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

import rerun_changes
from commands import call, run
from projects import commit, copy
from rerun_changes import change_settings
from rerun_table import jobs_run, planned_jobs


def planned(folder: Path):
    return planned_jobs(call("snakemake", "--cores=2", "--dry-run", cwd=folder).stdout)


def clone(source: Path, target: Path) -> Path:
    done = run("git", "clone", "--quiet", str(source), str(target), cwd=source)
    assert done.returncode == 0, done.stdout
    return target


def test_a_clone_has_nothing_to_do_after_sync(cloned):
    assert not planned(cloned)
    again = call("dvc", "repro", cwd=cloned)
    assert not jobs_run(again.stdout)
    assert run("git", "status", "--porcelain", cwd=cloned).stdout == ""


def test_an_added_video_in_a_clone_is_the_only_one_that_is_worked_on(cloned, tmp_path):
    folder = copy(cloned, tmp_path / "project")
    rerun_changes.add_video(folder)
    done = call("snakemake", "--cores=2", "detections", cwd=folder)
    assert jobs_run(done.stdout) == {"extract_frames": 1, "detect_faces": 1}


@pytest.mark.long
def test_undoing_a_change_trains_nothing(recorded, tmp_path):
    folder = copy(recorded, tmp_path / "project")
    model = (folder / "results/model/model.keras").read_bytes()
    metrics = (folder / "results/metrics.json").read_bytes()
    before = (folder / "config.yaml").read_text()
    change_settings(folder, {"crop": {"scale": 1.5}, "train": {"seed": 4}})
    assert run("dvc", "repro", cwd=folder).returncode == 0
    assert (folder / "results/model/model.keras").read_bytes() != model
    (folder / "config.yaml").write_text(before)
    done = run("dvc", "repro", cwd=folder)
    ran = jobs_run(done.stdout)
    assert not {"dataset", "train", "score"} & set(ran), ran
    assert (folder / "results/model/model.keras").read_bytes() == model
    assert (folder / "results/metrics.json").read_bytes() == metrics
    assert not planned(folder)


@pytest.mark.long
def test_results_of_a_removed_video_leave_what_is_versioned(recorded, tmp_path):
    folder = copy(recorded, tmp_path / "project")
    rerun_changes.remove_video(folder)
    assert run("dvc", "repro", cwd=folder).returncode == 0
    for stage in ("frames", "detections", "faces"):
        listed = run("dvc", "list", ".", f"results/{stage}", cwd=folder).stdout.split()
        names = {name.split(".")[0] for name in listed}
        assert "c" in names and "d" not in names
    assert not list((folder / "results/dataset").rglob("d_*"))
    counts = json.loads((folder / "results/metrics.json").read_text())["data"]["total"]
    assert counts["videos"] == 6 + 3 + 10 == len(rerun_changes.read_manifest(folder))
    assert "d" not in rerun_changes.read_manifest(folder)


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """A server that speaks the S3 protocol; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    for _ in range(100):
        time.sleep(0.2)
        try:
            urlopen(f"{url}/moto-api").close()
            break
        except OSError:
            assert server.poll() is None, "the server ended"
    yield url
    server.terminate()
    server.wait()


@pytest.mark.long
def test_through_s3_a_colleague_gets_data_and_results_and_reruns_nothing(
    recorded, s3, tmp_path, monkeypatch
):
    import boto3

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    boto3.client("s3", endpoint_url=s3).create_bucket(Bucket="videos")
    folder = copy(recorded, tmp_path / "project")
    for command in (
        "dvc remote add --default --force cloud s3://videos/unmask",
        f"dvc remote modify cloud endpointurl {s3}",
        "dvc push",
    ):
        done = run(*command.split(), cwd=folder)
        assert done.returncode == 0, done.stdout
    commit(folder, "a remote")
    other = clone(folder, tmp_path / "colleague")
    done = run("unmask", "sync", cwd=other)
    assert done.returncode == 0, done.stdout
    assert not planned(other)
    assert (other / "data/mine/a.mp4").read_bytes() == (folder / "data/mine/a.mp4").read_bytes()
    change_settings(other, {"evaluate": {"confidence": 0.9}})
    assert set(planned(other)) == {"metrics", "plots", "report"}


# --- what sync refuses ------------------------------------------------------------------------


def refused(folder: Path, *said: str) -> str:
    done = call("unmask", "sync", cwd=folder)
    assert done.returncode == 2, done.stdout
    assert "Traceback" not in done.stdout
    for text in said:
        assert re.search(text, done.stdout), done.stdout
    return done.stdout


def test_results_of_other_settings_are_refused_with_the_difference(cloned, tmp_path):
    folder = copy(cloned, tmp_path / "project")
    change_settings(folder, {"train": {"epochs": 2}, "crop": {"scale": 1.5}})
    refused(folder, r"crop\.scale: 1\.3 then, 1\.5 now", r"train\.epochs: 1 then, 2 now")
    assert planned(folder)["train"] == 1, "what sync says: a run makes it right"


@pytest.mark.long
def test_results_recorded_by_hand_under_the_wrong_settings_are_refused(recorded, tmp_path):
    folder = copy(recorded, tmp_path / "project")
    change_settings(folder, {"train": {"epochs": 2}})
    done = run("dvc", "commit", "--force", cwd=folder)
    assert done.returncode == 0, done.stdout
    commit(folder, "never run")
    other = clone(folder, tmp_path / "colleague")
    shutil.copytree(folder / ".dvc/cache", other / ".dvc/cache")
    refused(other, "train: 1 made of other settings")
    assert planned(other)["train"] == 1
    healed = run("dvc", "repro", cwd=other)
    assert jobs_run(healed.stdout)["train"] == 1


def test_work_that_is_saved_nowhere_is_not_overwritten(cloned, tmp_path):
    folder = copy(cloned, tmp_path / "project")
    page = folder / "results/report/index.html"
    change_settings(folder, {"report": {"title": "another"}})
    assert call("snakemake", "--cores=2", "report", cwd=folder).returncode == 0
    mine = page.read_bytes()
    run("git", "checkout", "--quiet", "config.yaml", cwd=folder)
    refused(folder, "^unmask sync: results/.* recorded nowhere", "make record")
    assert page.read_bytes() == mine


def test_a_commit_without_results_says_so(recorded, tmp_path):
    folder = copy(recorded, tmp_path / "project")
    (folder / "dvc.lock").unlink()
    refused(folder, "holds no results")


def test_a_remote_that_lacks_something_is_named(recorded, tmp_path):
    folder = clone(recorded, tmp_path / "project")
    run("dvc", "remote", "modify", "store", "url", str(tmp_path / "empty"), cwd=folder)
    (tmp_path / "empty").mkdir()
    refused(folder, "Not all data and results .* could be had", "dvc push")
