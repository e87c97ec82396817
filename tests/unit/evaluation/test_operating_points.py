"""Thresholds are chosen on validation and measured on test; scores are calibrated the same way."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit

from unmask.evaluation.calibration import calibrate, fit_temperature
from unmask.evaluation.operating_points import operating_points, undecided_band
from unmask.evaluation.sample import Sample


def drawn(count, seed, apart=3.0, scale=1.0):
    """So many real videos and fakes, whose probabilities are calibrated where ``scale`` is 1."""
    random = np.random.default_rng(seed)
    labels = np.tile([0, 1], count)
    logits = ((labels - 0.5) * apart + random.normal(0, 1, 2 * count)) * apart * scale
    return Sample(labels, expit(logits), np.arange(2 * count), logits)


def test_a_threshold_keeps_to_the_false_alarms_of_validation_and_tells_those_of_test():
    validation, test = drawn(1000, 0), drawn(1000, 1)
    for point in operating_points(validation, test, 0.95):
        wanted = point["wanted_fpr"]
        assert wanted - 0.001 <= point["validation_fpr"] <= wanted
        called = test.scores >= point["threshold"]
        assert point["fpr"] == called[test.labels == 0].mean()
        assert point["tpr"] == called[test.labels == 1].mean()
        assert point["fpr_ci"][0] < wanted < point["fpr_ci"][1]
        assert point["reason"] is None


def test_points_of_scores_that_are_all_but_certain_are_told_apart_by_their_logits():
    # As probabilities of 7 decimals, a fifth of these are exactly 0 or 1.
    validation, test = drawn(1000, 0, scale=5), drawn(1000, 1, scale=5)
    blunt = [
        Sample(s.labels, np.round(s.scores, 7), s.groups, s.logits) for s in (validation, test)
    ]
    assert np.mean(np.isin(blunt[0].scores, (0, 1))) > 0.2
    found = operating_points(*blunt, 0.95)
    plain = operating_points(drawn(1000, 0), drawn(1000, 1), 0.95)
    assert [point["tpr"] for point in found] == [point["tpr"] for point in plain]
    assert found[0]["tpr"] > 0.5


def test_what_too_few_videos_cannot_tell_is_not_told():
    points = operating_points(drawn(30, 0), drawn(30, 1), 0.95)
    assert points[0]["tpr"] is None and points[0]["threshold"] is None
    assert "takes 100 real validation videos, there are 30" in points[0]["reason"]
    assert [point["reason"] for point in points[1:]] == [None, None]


def test_equal_scores_are_called_the_same():
    labels, logits = np.repeat([0, 1], 20), np.r_[np.zeros(15), np.ones(5), np.full(20, 1.0)]
    sample = Sample(labels, expit(logits), np.arange(40), logits)
    points = {point["wanted_fpr"]: point for point in operating_points(sample, sample, 0.95)}
    assert points[0.1]["validation_fpr"] == 0 and points[0.1]["tpr"] == 0


def test_a_band_keeps_to_the_error_named_and_says_what_it_costs():
    validation, test = drawn(2000, 0, apart=1.5), drawn(2000, 1, apart=1.5)
    band = undecided_band(0.05, validation, test, 0.95)
    assert band["low"] < band["high"]
    assert band["fpr"] == pytest.approx(0.05, abs=0.02)
    assert band["fnr"] == pytest.approx(0.05, abs=0.02)
    between = (test.scores >= band["low"]) & (test.scores < band["high"])
    assert band["undecided"] == pytest.approx(between.mean())
    called = test.scores[~between] >= band["high"]
    assert band["accuracy"] == pytest.approx(np.mean(called == test.labels[~between]))
    assert band["accuracy_ci"][0] < band["accuracy"] < band["accuracy_ci"][1]


def test_where_one_threshold_does_nothing_is_undecided():
    band = undecided_band(0.2, drawn(500, 0, apart=4), drawn(500, 1, apart=4), 0.95)
    assert band["low"] == band["high"]
    assert band["undecided"] == 0


def test_a_band_for_fewer_mistakes_than_can_be_counted_is_refused():
    band = undecided_band(0.01, drawn(40, 0), drawn(40, 1), 0.95)
    assert band["undecided"] is None
    assert "takes 100 real validation videos" in band["reason"]


@pytest.mark.parametrize("scale", [0.5, 1.0, 4.0])
def test_the_temperature_undoes_what_made_scores_too_sure(scale):
    sample = drawn(20_000, 0, scale=scale)
    assert fit_temperature(sample.labels, sample.logits) == pytest.approx(scale, rel=0.05)


def test_calibration_is_told_before_and_after():
    found = calibrate(drawn(2000, 0, scale=4), drawn(2000, 1, scale=4), 1e-7)
    for name in ("ece", "log_loss", "brier"):
        assert found["after"][name] < found["before"][name]
    assert found["reason"] is None


def test_no_temperature_is_fitted_on_few_videos():
    found = calibrate(drawn(29, 0), drawn(50, 1), 1e-7)
    assert found["temperature"] is None and found["after"] is None
    assert found["before"]["ece"] > 0
    assert "it takes 30 validation videos of each class, one has 29" in found["reason"]
