"""`unmask verify` reads results in full, and the next plan knows what it found."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from commands import call
from unmask.workflow.expected import expected
from unmask.workflow.make_plan import make_plan
from unmask.workflow.receipt import write_receipt

SETTINGS = {"datasets": [{"name": "mine", "kind": "folders", "root": "data/mine"}]}


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    """A project whose manifest is made."""
    monkeypatch.chdir(tmp_path)
    for name in ("real/a.mp4", "fake/b.mp4"):
        (tmp_path / "data/mine" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "data/mine" / name).write_text(name)
    (tmp_path / "config.yaml").write_text(json.dumps(SETTINGS))
    made = next(r for r in expected(make_plan(SETTINGS)) if r.stage == "manifest")
    for path in made.outputs[1:]:
        Path(path).write_text("a,b\n" * 100_000)
    write_receipt(Path(made.outputs[0]), made.made_of, map(Path, made.outputs[1:]))
    return tmp_path


def test_what_it_finds_is_made_again_though_dates_and_size_are_the_same(project):
    done = call("unmask", "verify", cwd=project)
    assert done.returncode == 0, done.stdout
    assert "All 1 results are what was written." in done.stdout
    with (project / "results/manifest.csv").open("r+b") as file:
        file.seek(150_000)
        file.write(b"x")
    done = call("unmask", "verify", cwd=project)
    assert done.returncode == 1
    assert "results/manifest.csv: other bytes than were written" in done.stdout
    plan = call("unmask", "plan", cwd=project)
    assert "No longer what was written, so it is made again: results/manifest.csv" in plan.stdout
    assert "manifest: 1 damaged" in plan.stdout


def test_results_that_do_not_say_what_they_hold_are_counted(project):
    receipt = project / "results/workflow/made_of/manifest.json"
    content = json.loads(receipt.read_text())
    receipt.write_text(json.dumps({"made_of": content["made_of"], "files": {}}))
    done = call("unmask", "verify", cwd=project)
    assert done.returncode == 0
    assert "1 of 1 results are of a version that did not write down" in done.stdout
