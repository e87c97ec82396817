"""What a run ends with: a sentence, the AUC, what was left out, where the report is."""

from __future__ import annotations

import json

import pytest

from results_tree import CLIPS, Clip, Results
from unmask.report.closing import closing
from unmask.report.headline import headline


def measured(folder, clips=CLIPS, **settings):
    Results(folder, clips).measure(**settings)
    return json.loads((folder / "metrics.json").read_text())


def settings_of_the_report(results, dataset):
    (results / "workflow/settings").mkdir(parents=True)
    record = {"settings": {"config": {"datasets": [dataset]}}}
    (results / "workflow/settings/report.json").write_text(json.dumps(record))


def test_the_answer_has_a_sentence_an_interval_the_quarantined_and_the_report(tmp_path):
    measured(tmp_path / "results")
    lines = closing(tmp_path / "results", tmp_path)
    assert lines[0] == (
        "Finds 2 of 2 fakes, calls 1 of 2 real videos fake; too few videos to trust. One seed."
    )
    assert lines[1].startswith("AUC 0.750, 95 % interval 0.")
    assert lines[2] == "Quarantined: 1 of 11 videos, see results/quarantine.csv"
    assert lines[-1] == "Report: results/report/index.html"


def test_paths_work_from_where_the_reader_stands(tmp_path):
    measured(tmp_path / "results")
    assert closing(tmp_path / "results", tmp_path / "else")[-1] == (
        f"Report: {tmp_path}/results/report/index.html"
    )


def test_the_demo_is_called_one(tmp_path):
    measured(tmp_path)
    settings_of_the_report(tmp_path, {"kind": "demo"})
    assert any(line.startswith("This is the demo") for line in closing(tmp_path, tmp_path))


def test_real_videos_with_the_recipe_of_the_demo_get_the_line_to_write(tmp_path):
    measured(tmp_path)
    settings_of_the_report(tmp_path, {"kind": "folders", "name": "mine", "root": "data/mine"})
    assert "  unmask recipe elsewhere" in closing(tmp_path, tmp_path)


def test_without_metrics_there_is_no_answer(tmp_path):
    assert closing(tmp_path, tmp_path) == []


def test_one_class_gives_a_sentence_and_no_auc(tmp_path):
    clips = tuple(clip for clip in CLIPS if clip.split != "test" or clip.label)
    metrics = measured(tmp_path, clips)
    assert headline(metrics).startswith("Finds 2 of 2 fakes; too few")
    assert closing(tmp_path, tmp_path)[1] == "No AUC: the scored test videos are of one class."


@pytest.mark.parametrize(
    ("shift", "doubt"),
    [(0.0, "; no better than guessing, as far as this test can tell"), (0.4, "")],
)
def test_many_videos_are_doubted_only_where_the_interval_is_that_of_guessing(
    tmp_path, shift, doubt
):
    test = tuple(
        Clip(f"t{group}_{label}", label, f"t{group}", "test", (0.1 + 0.01 * group + shift * label,))
        for group in range(40)
        for label in (0, 1)
    )
    metrics = measured(tmp_path, tuple(c for c in CLIPS if c.split != "test") + test, threshold=0.5)
    assert headline(metrics).endswith(f"fake{doubt}. One seed.")
