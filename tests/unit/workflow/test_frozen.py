"""What a run writes down for its jobs is what they would have planned themselves."""

from __future__ import annotations

import pytest

from unmask.errors import DatasetError, UnmaskError
from unmask.workflow.frozen import FILE, freeze, thaw
from unmask.workflow.make_plan import make_plan

SETTINGS = {
    "datasets": [
        {"name": "mine", "kind": "folders", "root": "data/mine"},
        {"name": "crops", "kind": "folders", "root": "data/crops", "cropped": True},
        {"name": "demo", "kind": "demo", "root": "data/demo", "groups": 3},
    ]
}


@pytest.fixture
def plan(tmp_path):
    for name in ("mine/real/a.mp4", 'mine/fake/b, "c".mp4', "crops/real/x.png", "crops/fake/y.png"):
        path = tmp_path / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    made = make_plan(SETTINGS, tmp_path)
    freeze(made, tmp_path)
    return made


def test_a_job_gets_from_it_what_the_plan_says(plan, tmp_path):
    found = thaw(tmp_path)
    assert found.filmed == plan.filmed
    for video in plan.filmed:
        assert (found.path(video), found.source(video)) == (plan.path(video), plan.source(video))
    for dataset in plan.cropped:
        assert found.cropped_source(dataset) == plan.cropped_source(dataset)
    for name in ("demo_files", "weights", "gpus_to_detect", "shown"):
        assert getattr(found, name) == getattr(plan, name)
    assert found.config.weights_files == plan.config.weights_files
    assert list(found.cropped) == list(plan.cropped)
    assert bool(found.demo) == bool(plan.demo)


def test_what_happens_to_the_videos_meanwhile_does_not_matter(plan, tmp_path):
    video = next(name for name in plan.filmed if plan.path(name).endswith("/a.mp4"))
    before = plan.source(video)
    (tmp_path / "data/mine/real/a.mp4").write_text("another")
    (tmp_path / "data/mine/real/more.mp4").write_text("one more")
    assert thaw(tmp_path).source(video) == before
    with pytest.raises(DatasetError, match="more"):
        thaw(tmp_path).path("more")


@pytest.mark.parametrize("content", [None, "", "[]", "{}", '{"shown": 3}'])
def test_a_job_without_its_run_says_so(tmp_path, content):
    if content is not None:
        (tmp_path / FILE).parent.mkdir(parents=True)
        (tmp_path / FILE).write_text(content)
    with pytest.raises(UnmaskError, match="start the run again"):
        thaw(tmp_path)
