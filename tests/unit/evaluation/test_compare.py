"""Detectors are compared on the same videos, and chance is not taken for a difference."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import t as student

from unmask.cli import main
from unmask.errors import DatasetError
from unmask.evaluation.clustered_auc import placements
from unmask.evaluation.compare import compare, compare_two, holm
from unmask.evaluation.scores import VideoScore, write_videos


def drawn(groups, seed=0, better=0.0):
    """Scores of detectors ``a`` and ``b`` on one real video and two fakes a group."""
    random = np.random.default_rng(seed)
    labels, places = np.tile([0, 1, 1], groups), np.repeat(np.arange(groups), 3)
    shared = random.normal(0, 1, 3 * groups)
    columns = [
        (labels - 0.5) * (1.5 + more) + shared + random.normal(0, 0.7, 3 * groups)
        for more in (better, 0.0)
    ]
    return labels, places, np.stack(columns, axis=1)


def rows(labels, places, logits):
    return [
        VideoScore(f"v{n}", int(label), f"g{place}", "test", 1, float(1 / (1 + np.exp(-x))), x)
        for n, (label, place, x) in enumerate(zip(labels, places, logits, strict=True))
    ]


def tables(labels, places, logits):
    return {name: rows(labels, places, column) for name, column in zip("ab", logits.T, strict=True)}


def test_a_clear_difference_is_found_and_its_interval_holds_it():
    labels, places, logits = drawn(60, better=2.0)
    (found,) = compare(tables(labels, places, logits), {"a": 0.5, "b": 0.5})
    assert found.auc_a > found.auc_b
    assert found.difference_ci[0] > 0 and found.difference_ci[0] < found.difference
    assert found.p < 0.001 and found.p_verdicts < 0.01
    assert found.only_a > found.only_b


def test_a_detector_does_not_differ_from_itself_and_the_interval_has_width():
    labels, places, logits = drawn(10)
    (found,) = compare(tables(labels, places, logits[:, [0, 0]]), {"a": 0.5, "b": 0.5})
    assert (found.difference, found.p, found.p_verdicts) == (0, 1, 1)
    assert found.difference_ci[0] < 0 < found.difference_ci[1]


def test_turning_the_detectors_around_turns_the_difference_around():
    labels, places, logits = drawn(20, better=0.5)
    right = (labels == 1) == (logits > 0).T
    one = compare_two(("a", "b"), labels, places, logits, right)
    other = compare_two(("b", "a"), labels, places, logits[:, ::-1], right[::-1])
    assert other.difference == pytest.approx(-one.difference)
    assert other.p == pytest.approx(one.p)
    assert (other.only_a, other.only_b) == (one.only_b, one.only_a)


@pytest.mark.parametrize("together", [True, False])
def test_chance_is_taken_for_a_difference_in_no_more_than_seven_of_a_hundred_tests(together):
    path = Path(__file__).parents[3] / "benchmarks/coverage.py"
    spec = importlib.util.spec_from_file_location("coverage_benchmark", path)
    coverage = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(coverage)
    found = coverage.of_comparison(0.75, 20, together=together, tests=300, seed=1)
    assert max(found) <= 0.07


def test_groups_count_once_in_the_test_of_verdicts():
    # In ten groups of ten videos each, all videos of a group go the same way.
    labels, places = np.tile([0, 1], 50), np.repeat(np.arange(10), 10)
    right = np.stack([np.repeat(np.arange(10) % 2 == 0, 10), np.zeros(100, bool)])
    right[1, 90:] = True
    logits = np.random.default_rng(0).normal(size=(100, 2))
    found = compare_two(("a", "b"), labels, places, logits, right)
    assert (found.only_a, found.only_b) == (50, 10)
    assert 0.05 < found.p_verdicts < 0.3  # six groups differ, five of them one way


def test_holm_multiplies_the_smallest_most_and_never_falls():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.9, 0.8]) == [1.0, 1.0]


def test_three_detectors_are_three_pairs_with_adjusted_p():
    labels, places, logits = drawn(30, better=1.0)
    scores = tables(labels, places, logits) | {"c": rows(labels, places, logits[:, 0] * 2 + 1)}
    found = compare(scores, dict.fromkeys("abc", 0.5))
    assert [(one.a, one.b) for one in found] == [("a", "b"), ("a", "c"), ("b", "c")]
    assert [one.p_adjusted for one in found] == holm([one.p for one in found])


def test_only_videos_that_both_scored_count():
    labels, places, logits = drawn(10)
    scores = tables(labels, places, logits)
    (found,) = compare({"a": scores["a"], "b": scores["b"][6:]}, {"a": 0.5, "b": 0.5})
    (same,) = compare({"a": scores["a"][6:], "b": scores["b"][6:]}, {"a": 0.5, "b": 0.5})
    assert found == same


def test_detectors_that_were_told_different_labels_are_not_compared():
    labels, places, logits = drawn(5)
    scores = tables(labels, places, logits)
    scores["b"] = rows(1 - labels, places, logits[:, 1])
    with pytest.raises(DatasetError, match="v0 is label 0 in group 'g0' for a, and label 1"):
        compare(scores, {"a": 0.5, "b": 0.5})


def test_the_command_tells_pairs_and_what_does_not_count(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    labels, places, logits = drawn(12, better=2.0)
    scores = tables(labels, places, logits)
    write_videos(tmp_path / "a/videos.csv", scores["a"])
    write_videos(tmp_path / "b/predictions/videos.csv", scores["b"][3:])
    assert main(["compare", "a", "b"]) == 0
    text = capsys.readouterr().out
    assert "11 real and 22 fake videos in 11 groups, scored by all." in text
    assert "3 videos of a were not scored by all" in text
    assert "a and b:" in text
    assert main(["compare", "a", "gone"]) == 2
    assert "gone: no scores are there" in capsys.readouterr().err
    assert main(["compare", "a"]) == 2
    assert "It takes two different ones" in capsys.readouterr().err


def test_one_real_video_and_one_fake_a_group_make_a_plain_paired_test():
    # One real video and one fake a group: the difference is a mean over groups.
    random = np.random.default_rng(3)
    labels, places = np.tile([0, 1], 200), np.repeat(np.arange(200), 2)
    logits = random.normal(size=(400, 2)) + labels[:, None] * [1.0, 0.8]
    found = compare_two(("a", "b"), labels, places, logits, np.ones((2, 400), bool))
    a, b = (placements(labels, column) for column in logits.T)
    ahead = a - b
    error = np.std(ahead[0::2] + ahead[1::2], ddof=1) / np.sqrt(200)
    expected = 2 * student.sf(abs(found.difference) / error, 199)
    assert found.p == pytest.approx(expected, rel=0.02)
