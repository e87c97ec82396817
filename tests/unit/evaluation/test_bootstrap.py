"""Intervals come from resampling groups, and say as much as the data can."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import balanced_accuracy_score, log_loss, roc_auc_score

from unmask.evaluation import bootstrap
from unmask.evaluation.bootstrap import intervals, roc_band

THRESHOLD = 0.5


def sample(groups, seed=0, spread=0.0, decimals=7):
    """Two fakes and a real one a group; ``spread`` is how much a group has in common."""
    random = np.random.default_rng(seed)
    labels = np.tile([0, 1, 1], groups)
    common = np.repeat(random.normal(0, spread, groups), 3)
    logit = labels * 1.5 - 0.75 + common + random.normal(0, 1, len(labels))
    scores = np.round(1 / (1 + np.exp(-logit)), decimals)
    return labels, scores, np.repeat([f"g{n}" for n in range(groups)], 3)


def test_intervals_are_those_of_a_plain_loop_over_resamples_ties_included():
    labels, scores, groups = sample(12, decimals=1)
    names = np.unique(groups)
    draws = np.random.default_rng(3).multinomial(12, np.full(12, 1 / 12), size=200)
    found = {"auc_ci": [], "accuracy_ci": [], "balanced_accuracy_ci": [], "log_loss_ci": []}
    for draw in draws:
        weight = dict(zip(names, draw, strict=True))
        rows = np.repeat(np.arange(len(labels)), [weight[group] for group in groups])
        y, p = labels[rows], scores[rows]
        called = p >= THRESHOLD
        found["auc_ci"].append(roc_auc_score(y, p))
        found["accuracy_ci"].append(np.mean(called == y))
        found["balanced_accuracy_ci"].append(balanced_accuracy_score(y, called))
        found["log_loss_ci"].append(log_loss(y, np.clip(p, 0.01, 0.99)))
    result, _ = intervals(
        labels, scores, groups, threshold=THRESHOLD, log_loss_clip=0.01, n=200, confidence=0.9,
        seed=3,
    )  # fmt: skip
    for name, values in found.items():
        assert result[name] == pytest.approx(list(np.quantile(values, [0.05, 0.95])))


def test_the_same_seed_gives_the_same_interval_and_another_seed_another():
    case = sample(15)
    first, _ = intervals(*case, threshold=THRESHOLD, n=300)
    assert intervals(*case, threshold=THRESHOLD, n=300)[0] == first
    assert intervals(*case, threshold=THRESHOLD, n=300, seed=1)[0]["auc_ci"] != first["auc_ci"]


def test_working_in_pieces_changes_nothing(monkeypatch):
    case = sample(15)
    whole, _ = intervals(*case, threshold=THRESHOLD, n=100)
    monkeypatch.setattr(bootstrap, "_CELLS", 7 * len(case[0]))
    assert intervals(*case, threshold=THRESHOLD, n=100)[0] == whole


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000), st.floats(0.5, 0.99))
def test_the_interval_is_ordered_and_within_bounds_and_grows_with_confidence(seed, confidence):
    case = sample(10, seed)
    low, high = intervals(*case, threshold=0.5, n=200, confidence=confidence)[0]["auc_ci"]
    assert 0 <= low <= high <= 1
    wide = intervals(*case, threshold=0.5, n=200, confidence=0.995)[0]["auc_ci"]
    assert wide[0] <= low and high <= wide[1]


def test_intervals_mostly_hold_the_estimate_and_the_true_value():
    truth = 0.8556  # P(fake > real) for normal scores 1.5 apart with spread 1: Phi(1.5 / sqrt 2)
    hits = inside = 0
    for seed in range(80):
        case = sample(40, seed)
        low, high = intervals(*case, threshold=THRESHOLD, n=300)[0]["auc_ci"]
        hits += low <= truth <= high
        inside += low <= roc_auc_score(case[0], case[1]) <= high
    assert inside == 80
    assert hits >= 0.85 * 80


def test_resampling_groups_gives_wider_intervals_than_pretending_that_videos_are_independent():
    random = np.random.default_rng(0)
    labels = np.repeat(np.arange(20) % 2, 10)
    scores = 1 / (1 + np.exp(-(labels + np.repeat(random.normal(0, 1, 20), 10))))
    together = intervals(labels, scores, np.repeat(np.arange(20), 10), threshold=0.5)[0]["auc_ci"]
    apart = intervals(labels, scores, np.arange(200), threshold=0.5)[0]["auc_ci"]
    assert together[1] - together[0] > 2 * (apart[1] - apart[0])


def test_resamples_with_one_class_are_skipped_and_counted():
    labels, scores, groups = np.array([0, 1]), np.array([0.2, 0.9]), np.array(["a", "b"])
    result, notes = intervals(labels, scores, groups, threshold=THRESHOLD, n=1000)
    assert result["auc_ci"] == [1, 1]
    assert 400 < result["resamples"]["skipped"] < 600
    assert result["resamples"]["drawn"] == 1000
    assert notes == {}


def test_with_one_class_only_there_is_no_interval_for_the_auc_but_one_for_accuracy():
    groups = np.array(["a", "b", "c"])
    result, notes = intervals(np.ones(3, int), np.array([0.2, 0.9, 0.8]), groups, threshold=0.5)
    assert result["auc_ci"] is result["balanced_accuracy_ci"] is None
    assert "one class" in notes["auc_ci"]
    assert result["accuracy_ci"] == [0, 1]


@pytest.mark.parametrize(
    ("groups", "n", "reason"), [(["a", "a"], 100, "two groups"), (["a", "b"], 0, "bootstrap is 0")]
)
def test_where_there_is_nothing_to_resample_it_says_so(groups, n, reason):
    case = np.array([0, 1]), np.array([0.2, 0.9]), np.array(groups)
    result, notes = intervals(*case, threshold=THRESHOLD, n=n)
    assert result["auc_ci"] is None
    assert reason in notes["auc_ci"]
    assert roc_band(*case, np.linspace(0, 1, 5), n=n) is None


def test_without_any_video_there_is_no_interval():
    nothing = np.array([], int), np.array([]), np.array([], str)
    assert intervals(*nothing, threshold=THRESHOLD)[0]["auc_ci"] is None


def test_the_band_holds_the_curve_and_rises():
    labels, scores, groups = sample(60)
    grid = np.linspace(0, 1, 21)
    low, high = roc_band(labels, scores, groups, grid, n=300)
    assert (low <= high).all() and (np.diff(low) >= 0).all() and (np.diff(high) >= 0).all()
    assert high[-1] == low[-1] == 1
    reals = np.sort(scores[labels == 0])
    middle = np.mean(scores[labels == 1] >= np.quantile(reals, 0.5))
    assert low[10] <= middle <= high[10]


def test_there_is_no_band_where_every_resample_has_one_class():
    case = np.ones(3, int), np.array([0.2, 0.9, 0.8]), np.array(["a", "b", "c"])
    assert roc_band(*case, np.linspace(0, 1, 5)) is None
