"""Measures against cases computed by hand, and laws they have to obey."""

from __future__ import annotations

from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unmask.evaluation.metrics import (
    calibration_bins,
    calibration_error,
    equal_error_rate,
    measure,
)
from unmask.evaluation.threshold import best_threshold

LABELS = np.array([0, 0, 1, 1])
SCORES = np.array([0.1, 0.4, 0.35, 0.8])


@st.composite
def both_classes(draw):
    """Labels with both classes, and scores with many ties."""
    size = draw(st.integers(2, 40))
    labels = draw(st.lists(st.integers(0, 1), min_size=size, max_size=size))
    labels[0], labels[1] = 0, 1
    tenths = draw(st.lists(st.integers(0, 10), min_size=size, max_size=size))
    return np.array(labels), np.array(tenths) / 10


def test_measures_of_a_small_case_are_those_computed_by_hand():
    values, notes = measure(LABELS, SCORES, threshold=0.38)
    assert values["auc"] == 0.75
    assert values["average_precision"] == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)
    assert values["log_loss"] == pytest.approx(-(log(0.9) + log(0.6) + log(0.35) + log(0.8)) / 4)
    assert values["brier"] == pytest.approx((0.1**2 + 0.4**2 + 0.65**2 + 0.2**2) / 4)
    assert values["eer"] == 0.5
    assert values["eer_threshold"] == 0.4
    assert values["confusion"] == {"tn": 1, "fp": 1, "fn": 1, "tp": 1}
    for name in ("accuracy", "balanced_accuracy", "tpr", "recall", "fpr", "precision", "f1"):
        assert values[name] == 0.5
    assert (values["n_real"], values["n_fake"], values["threshold"]) == (2, 2, 0.38)
    assert notes == {}


def test_a_score_at_the_threshold_is_called_fake():
    values, _ = measure(LABELS, SCORES, threshold=0.35)
    assert values["confusion"] == {"tn": 1, "fp": 1, "fn": 0, "tp": 2}


def test_unequal_classes_weigh_the_same_in_balanced_accuracy():
    values, _ = measure(np.array([0, 1, 1, 1]), np.array([0.6, 0.9, 0.9, 0.1]), threshold=0.5)
    assert values["accuracy"] == 0.5
    assert values["balanced_accuracy"] == pytest.approx((2 / 3 + 0) / 2)
    assert values["precision"] == pytest.approx(2 / 3)
    assert values["f1"] == pytest.approx(2 / 3)


def test_the_clip_bounds_what_a_confident_mistake_costs():
    wrong = np.array([0, 1]), np.array([1.0, 0.0])
    assert measure(*wrong, threshold=0.5).values["log_loss"] == pytest.approx(-log(1e-7))
    clipped = measure(*wrong, threshold=0.5, log_loss_clip=0.01)
    assert clipped.values["log_loss"] == pytest.approx(-log(0.01))
    assert np.isfinite(measure(*wrong, threshold=0.5, log_loss_clip=0).values["log_loss"])


def test_equal_error_rate_is_interpolated_between_points_of_the_curve():
    labels = np.array([0, 0, 0, 1, 1])
    scores = np.array([0.1, 0.2, 0.8, 0.7, 0.9])
    # From (1/3, 1/2) up to (1/3, 1): a third of the reals are alarms, and a third is missed.
    assert equal_error_rate(labels, scores)[0] == pytest.approx(1 / 3)
    tie = np.array([0, 1]), np.array([0.5, 0.5])
    assert equal_error_rate(*tie) == (0.5, 0.5)
    assert equal_error_rate(np.array([0, 1]), np.array([0.2, 0.9]))[0] == 0
    assert equal_error_rate(np.array([0, 1]), np.array([0.9, 0.2]))[0] == 1


@settings(max_examples=30, deadline=None)
@given(both_classes())
def test_turning_labels_or_scores_around_turns_the_auc_around(case):
    labels, scores = case
    auc = measure(labels, scores, threshold=0.5).values["auc"]
    assert 0 <= auc <= 1
    assert measure(1 - labels, scores, threshold=0.5).values["auc"] == pytest.approx(1 - auc)
    assert measure(labels, 1 - scores, threshold=0.5).values["auc"] == pytest.approx(1 - auc)


@settings(deadline=None)
@given(both_classes())
def test_equal_error_rate_is_a_rate_and_sees_both_classes_alike(case):
    labels, scores = case
    rate, threshold = equal_error_rate(labels, scores)
    assert 0 <= rate <= 1
    assert scores.min() <= threshold <= scores.max()
    assert equal_error_rate(1 - labels, 1 - scores)[0] == pytest.approx(rate)


@settings(deadline=None)
@given(both_classes())
def test_no_other_threshold_has_a_better_balanced_accuracy(case):
    labels, scores = case
    chosen, note = best_threshold(labels, scores)

    def balanced(threshold):
        called = scores >= threshold
        return (called[labels == 1].mean() + (~called)[labels == 0].mean()) / 2

    best = max(balanced(threshold) for threshold in np.arange(-0.05, 1.1, 0.1))
    assert balanced(chosen) == pytest.approx(best) or (note and best <= 0.5 + 1e-9)


@settings(max_examples=30, deadline=None)
@given(both_classes())
def test_all_measures_are_finite_and_the_four_counts_add_up(case):
    labels, scores = case
    values, _ = measure(labels, scores, threshold=0.5)
    numbers = [value for value in values.values() if isinstance(value, float)]
    assert np.isfinite(numbers).all()
    assert sum(values["confusion"].values()) == len(labels)
    assert values["n_real"] + values["n_fake"] == len(labels)


def test_the_threshold_lies_midway_between_scores_and_close_to_a_half():
    assert best_threshold(np.array([0, 1]), np.array([0.2, 0.9])) == (0.55, None)
    # At 0.25 and at 0.75 balanced accuracy is 3/4 and 0.5 is as far: the lower one, always.
    labels, scores = np.array([0, 1, 0, 1]), np.array([0.1, 0.4, 0.6, 0.9])
    assert best_threshold(labels, scores) == (0.25, None)
    assert best_threshold(labels[::-1], scores[::-1]) == (0.25, None)
    # A little lower, and 0.65 is closer to a half than 0.15.
    assert best_threshold(labels, scores - 0.1)[0] == pytest.approx(0.65)


def test_a_threshold_between_scores_that_differ_in_the_last_decimal_parts_them():
    scores = np.array([0.1234567, 0.1234568])
    chosen, _ = best_threshold(np.array([0, 1]), scores)
    assert scores[0] < chosen <= scores[1]
    assert chosen == 0.12345675
    close = np.array([0.5, np.nextafter(0.5, 1)])
    chosen, _ = best_threshold(np.array([0, 1]), close)
    assert list(close >= chosen) == [False, True]


@pytest.mark.parametrize(
    ("labels", "scores", "reason"),
    [
        ([], [], "nothing to measure"),
        ([0, 0], [0.1, 0.9], "no fake"),
        ([1, 1], [0.1, 0.9], "no real one"),
        ([0, 1], [0.5, 0.5], "none beats chance"),
        ([0, 1], [0.9, 0.1], "none beats chance"),
    ],
)
def test_where_no_threshold_can_be_chosen_it_is_a_half_and_says_why(labels, scores, reason):
    threshold, note = best_threshold(np.array(labels), np.array(scores))
    assert threshold == 0.5
    assert reason in note


@pytest.mark.parametrize(("label", "reason"), [(0, "no fake"), (1, "no real one")])
def test_with_one_class_only_what_compares_classes_is_none_with_a_reason(label, reason):
    values, notes = measure(np.array([label] * 3), np.array([0.1, 0.6, 0.7]), threshold=0.5)
    for name in ("auc", "average_precision", "eer", "balanced_accuracy"):
        assert values[name] is None
        assert reason in notes[name]
    assert values["accuracy"] == pytest.approx(1 / 3 if label == 0 else 2 / 3)
    assert values["log_loss"] is not None
    assert values["fpr" if label else "tpr"] is None


def test_without_any_video_nothing_is_measured_and_nothing_fails():
    values, notes = measure(np.array([]), np.array([]), threshold=0.5)
    assert {name for name, value in values.items() if value is None} == set(notes)
    assert values["n_real"] == values["n_fake"] == 0


def test_precision_is_undefined_where_nothing_is_called_fake():
    values, notes = measure(LABELS, SCORES, threshold=0.95)
    assert values["precision"] is None
    assert "nothing is called fake" in notes["precision"]
    assert values["f1"] == 0


def test_calibration_error_weighs_the_bins_by_their_counts():
    labels = np.array([0, 1, 1, 1])
    scores = np.array([0.22, 0.28, 1.0, 0.96])
    bins = calibration_bins(labels, scores)
    assert bins == [(0.25, 0.5, 2), (0.98, 1.0, 2)]
    assert calibration_error(labels, scores) == pytest.approx(0.25 / 2 + 0.02 / 2)
