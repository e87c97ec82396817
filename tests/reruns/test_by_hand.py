"""What people do with Snakemake by hand, and that it never passes for what it is not."""

from __future__ import annotations

import shutil
import subprocess
import time

import pytest

from commands import call, environment, run
from projects import contents, copy
from rerun_changes import change_settings
from rerun_table import FROM_TRAINING, jobs_run, planned_jobs
from unmask.workflow.stages import STAGES

pytestmark = pytest.mark.long


def snakemake(folder, *arguments):
    done = call("snakemake", "--cores=2", *arguments, cwd=folder)
    assert done.returncode == 0, done.stdout
    return done.stdout


def planned(folder):
    return planned_jobs(snakemake(folder, "--dry-run"))


def test_touching_does_not_make_stale_results_current(recorded, tmp_path):
    folder = copy(recorded, tmp_path / "project")
    change_settings(folder, {"train": {"epochs": 2}})
    snakemake(folder, "--touch")
    assert planned(folder) == FROM_TRAINING


def test_settings_from_the_command_line_are_undone_by_the_next_run_without_them(recorded, tmp_path):
    folder = copy(recorded, tmp_path / "project")
    before = contents(folder)
    (folder / "more.yaml").write_text("train: {epochs: 2}\n")
    assert jobs_run(snakemake(folder, "--configfile", "more.yaml")) == FROM_TRAINING
    assert contents(folder) != before
    done = run("dvc", "repro", cwd=folder)
    assert "train" in done.stdout
    assert contents(folder) == before


def test_what_a_run_without_dvc_made_can_be_recorded_without_making_it_again(recorded, tmp_path):
    folder = copy(recorded, tmp_path / "project")
    change_settings(folder, {"train": {"epochs": 2}})
    snakemake(folder)
    recorded = run("dvc", "commit", "--force", cwd=folder)
    assert recorded.returncode == 0, recorded.stdout
    again = run("dvc", "repro", cwd=folder)
    assert not jobs_run(again.stdout)
    assert again.stdout.count("Running stage") == 1


def test_part_of_a_run_leaves_the_rest_old_and_known_to_be(recorded, tmp_path):
    folder = copy(recorded, tmp_path / "project")
    change_settings(folder, {"train": {"epochs": 2}})
    assert jobs_run(snakemake(folder, "--until", "score")) == {"train": 1, "score": 1}
    assert planned(folder) == {"explain": 1, "metrics": 1, "plots": 1, "report": 1}


def test_forcing_a_rule_gives_the_same_again_and_dvc_sees_no_difference(recorded, tmp_path):
    folder = copy(recorded, tmp_path / "project")
    before = contents(folder)
    assert jobs_run(snakemake(folder, "--forcerun", "crop_faces"))["crop_faces"] == 10
    assert contents(folder) == before
    again = run("dvc", "repro", cwd=folder)
    assert not jobs_run(again.stdout)


def test_a_weights_file_counts_by_its_content(recorded, tmp_path):
    folder = copy(recorded, tmp_path / "project")
    change_settings(folder, {"model": {"weights": "earlier.keras"}})
    assert jobs_run(snakemake(folder)) == FROM_TRAINING
    (folder / "earlier.keras").touch()
    assert not planned(folder)
    shutil.copy(folder / "results/model/model.keras", folder / "earlier.keras")
    assert planned(folder) == FROM_TRAINING


def test_everything_made_again_is_the_same_to_the_byte(recorded, tmp_path):
    folder = copy(recorded, tmp_path / "project")
    before = contents(folder)
    clips = {path.name: path.read_bytes() for path in (folder / "data/demo").glob("*.mp4")}
    ran = jobs_run(snakemake(folder, "--forceall"))
    assert len(ran) == sum(not stage.on_request for stage in STAGES.values())
    assert ran["extract_frames"] == ran["detect_faces"] == ran["crop_faces"] == 10
    assert contents(folder) == before
    assert {path.name: path.read_bytes() for path in (folder / "data/demo").glob("*.mp4")} == clips


def test_a_second_run_is_refused_and_a_dry_run_beside_it_touches_nothing(recorded, tmp_path):
    folder = copy(recorded, tmp_path / "project")
    change_settings(folder, {"frames": {"fps": 3}})
    first = subprocess.Popen(
        ["snakemake", "--cores=2"],
        cwd=folder,
        env=environment(folder),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until = time.monotonic() + 30
    while not list((folder / ".snakemake").glob("locks/*")) and time.monotonic() < until:
        time.sleep(0.05)
    change_settings(folder, {"frames": {"fps": 5}})
    settings = (folder / "results/workflow/settings/frames.json").read_bytes()
    second = run("snakemake", "--cores=2", cwd=folder)
    assert second.returncode != 0
    assert "Another run is using this folder" in second.stdout
    assert "Traceback" not in second.stdout
    run("snakemake", "--cores=2", "--dry-run", cwd=folder)
    assert (folder / "results/workflow/settings/frames.json").read_bytes() == settings
    assert first.wait(timeout=300) == 0
    assert planned(folder)["extract_frames"] == 10, "the change made meanwhile is seen now"
