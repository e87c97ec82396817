"""Every file of a finished demo, damaged in every way: the plan knows, and a run repairs it.

``DAMAGES`` (environment) is how many are repaired by a run.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
import yaml

from commands import REPOSITORY
from damages import DAMAGES
from projects import contents, copy, snakemake_in
from unmask.config.load import read_layers
from unmask.workflow.make_plan import make_plan
from unmask.workflow.plan import Plan

pytestmark = pytest.mark.long

NOT_RESULTS = ("results/workflow/settings/", "results/checkpoint/")
"""What a plan writes anew, and what a training goes on from."""


def results(folder: Path) -> list[str]:
    return [name for name in contents(folder) if not name.startswith(NOT_RESULTS)]


def plan(folder: Path) -> Plan:
    return make_plan(read_layers([REPOSITORY / "config.yaml", folder / "overlay.yaml"]), folder)


def test_of_every_file_the_plan_knows_that_it_is_damaged(finished, tmp_path):
    folder = copy(finished, tmp_path / "project")
    assert not plan(folder).lacking()
    unnoticed = []
    for name in results(folder):
        path = folder / name
        whole, status = path.read_bytes(), path.stat()
        for damage in DAMAGES:
            if not whole and damage is not Path.unlink:
                continue  # nothing in it
            damage(path)
            found = plan(folder)
            knows = found.absent or any(
                line.startswith(name) or name.startswith(line.split(":")[0] + "/")
                for line in found.damaged
            )
            if not knows:
                unnoticed.append(f"{name} {damage.__name__}")
            path.write_bytes(whole)
            os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert not unnoticed


@pytest.mark.parametrize("number", range(int(os.environ.get("DAMAGES", "6"))))
def test_the_next_run_repairs_it(finished, tmp_path, number):
    chance = random.Random(number)
    folder = copy(finished, tmp_path / "project")
    before = contents(folder)
    name, damage = chance.choice(results(folder)), chance.choice(DAMAGES)
    damage(folder / name)
    snakemake = snakemake_in(folder, yaml.safe_load((folder / "overlay.yaml").read_text()))
    done = snakemake()
    assert done.returncode == 0, done.stdout
    whole_of_a_video = damage is Path.unlink and name.endswith(".json") and name.count("/") == 2
    if not (whole_of_a_video and "workflow" not in name):  # these are made when they are needed
        assert contents(folder) == before, (name, damage.__name__)
    assert "Nothing to be done" in snakemake("--dry-run").stdout
