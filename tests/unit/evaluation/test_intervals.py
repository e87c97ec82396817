"""Intervals hold what they promise: few groups, perfect scores and groups that share a lot too."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit, stdtrit
from sklearn.metrics import average_precision_score, f1_score, roc_auc_score

from unmask.evaluation import influence
from unmask.evaluation.clustered_auc import auc_covariance, placements
from unmask.evaluation.intervals import auc_interval, mean_interval, rate_interval
from unmask.evaluation.metrics import measure
from unmask.evaluation.roc_band import roc_band
from unmask.evaluation.sample import Sample, intervals_of
from unmask.model.logits import logit_of


def _coverage():
    path = Path(__file__).parents[3] / "benchmarks/coverage.py"
    spec = importlib.util.spec_from_file_location("coverage_benchmark", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


coverage = _coverage()


def trios(groups, seed=0, spread=0.0, decimals=7, apart=1.5):
    """Two fakes and a real one a group; ``spread`` is how much a group has in common."""
    random = np.random.default_rng(seed)
    labels = np.tile([0, 1, 1], groups)
    common = np.repeat(random.normal(0, spread, groups), 3) if spread else 0
    scores = expit((labels - 0.5) * apart + common + random.normal(0, 1, len(labels)))
    scores = np.round(scores, decimals)
    return Sample(labels, scores, np.repeat(np.arange(groups), 3), logit_of(scores))


def every_interval(sample, threshold=0.5, confidence=0.95):
    values, _ = measure(sample.labels, sample.scores, threshold=threshold)
    return intervals_of(sample, values, log_loss_clip=1e-7, confidence=confidence), values


# --- the area under the curve -------------------------------------------------------------------


def test_the_mean_placement_of_either_class_is_the_auc_ties_included():
    sample = trios(30, decimals=1)
    placed = placements(sample.labels, sample.scores)
    auc = roc_auc_score(sample.labels, sample.scores)
    assert placed[sample.labels == 1].mean() == pytest.approx(auc, abs=1e-12)
    assert placed[sample.labels == 0].mean() == pytest.approx(auc, abs=1e-12)


def obuchowski(labels, scores, groups):
    """The variance as it stands in the paper, loop by loop."""
    fakes, reals = scores[labels == 1], scores[labels == 0]
    above = (fakes[:, None] > reals) + 0.5 * (fakes[:, None] == reals)
    auc, names = above.mean(), np.unique(groups)
    m, n = above.shape
    own = groups[labels == 1], groups[labels == 0]
    fake = {g: (above.mean(axis=1)[own[0] == g] - auc).sum() for g in names if g in own[0]}
    real = {g: (above.mean(axis=0)[own[1] == g] - auc).sum() for g in names if g in own[1]}
    s10 = len(fake) / ((len(fake) - 1) * m) * sum(v**2 for v in fake.values())
    s01 = len(real) / ((len(real) - 1) * n) * sum(v**2 for v in real.values())
    s11 = len(names) / (len(names) - 1) * sum(fake.get(g, 0) * real.get(g, 0) for g in names)
    return auc, s10 / m + s01 / n + 2 * s11 / (m * n)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1000), st.integers(4, 20))
def test_the_variance_is_obuchowskis_whoever_shares_a_group(seed, groups):
    random = np.random.default_rng(seed)
    labels = np.r_[0, 1, 0, 1, random.integers(0, 2, 30)]
    places = np.r_[0, 1, 2, 3, random.integers(0, groups, 30)]
    scores = np.round(random.random(34), 1)
    places = np.unique(places, return_inverse=True)[1]
    aucs, covariance = auc_covariance(labels, scores[:, None], places)
    auc, variance = obuchowski(labels, scores, places)
    assert aucs[0] == pytest.approx(auc, abs=1e-12)
    assert covariance[0, 0] == pytest.approx(variance, abs=1e-12)


def test_the_interval_is_students_on_the_logit_scale():
    sample = trios(40, spread=0.5)
    auc, variance = obuchowski(*sample[:3])
    reach = stdtrit(39, 0.975) * np.sqrt(variance) / (auc * (1 - auc))
    expected = expit(logit(auc) - reach), expit(logit(auc) + reach)
    assert auc_interval(*sample[:3]) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("groups", [1, 2, 5, 20])
def test_a_perfect_auc_has_the_interval_of_as_many_groups_without_a_mistake(groups):
    labels, places = np.tile([0, 1, 1], groups), np.repeat(np.arange(groups), 3)
    assert auc_interval(labels, labels * 0.5, places) == pytest.approx((0.025 ** (1 / groups), 1.0))
    low, high = auc_interval(labels, -labels * 0.5, places, 0.9)
    assert (low, high) == (0.0, pytest.approx(1 - 0.05 ** (1 / groups)))


def test_groups_are_counted_in_the_class_that_has_fewer():
    labels = np.array([0, 0, 1, 1, 1, 1, 1])
    assert auc_interval(labels, labels * 1.0, np.arange(7))[0] == pytest.approx(0.025 ** (1 / 2))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 12), st.integers(0, 2))
def test_no_interval_is_without_width_or_out_of_bounds_and_each_holds_its_measure(
    seed, groups, decimals
):
    sample = trios(groups, seed, spread=1, decimals=decimals, apart=(seed % 5) * 1.5)
    found, values = every_interval(sample)
    wide, _ = every_interval(sample, confidence=0.995)
    for name, span in found.items():
        if span is not None:
            low, high = span
            assert low < high, name
            assert low - 1e-9 <= values[name] <= high + 1e-9, name
            assert low >= 0 and (high <= 1 or name == "log_loss"), name
            assert wide[name][0] <= low + 1e-9 and high <= wide[name][1] + 1e-9, name
    assert {name for name, span in found.items() if span is None} <= (
        {"log_loss", "brier"} | {name for name in found if values[name] is None}
    )


def test_pairs_that_tell_the_same_in_each_group_do_not_make_an_interval_of_no_width():
    # Both groups add the same to the variance, which is 0 by the formula.
    labels, scores = np.array([0, 1, 0, 1]), np.array([0.1, 0.2, 0.3, 0.4])
    low, high = auc_interval(labels, scores, np.array([0, 0, 1, 1]))
    assert low < 0.3 and high > 0.95


def test_copies_of_a_video_make_no_interval_narrower():
    sample = trios(15)
    copied = Sample(*(np.repeat(part, 10) for part in sample))
    few, _ = every_interval(sample)
    many, _ = every_interval(copied)
    for name in ("auc", "log_loss", "average_precision"):
        assert many[name] == pytest.approx(few[name], abs=1e-9), name
    for name in ("tpr", "fpr", "accuracy", "balanced_accuracy"):
        assert many[name] == pytest.approx(few[name], abs=0.01), name


# --- other measures -------------------------------------------------------------------------------


@pytest.mark.parametrize("decimals", [1, 7])
def test_the_influence_is_how_a_little_more_weight_of_a_video_moves_the_measure(decimals):
    sample = trios(8, 3, decimals=decimals)
    labels, scores = sample[:2]
    called, step = scores >= 0.5, 1e-6
    cases = {
        of: (moved, of_weights)
        for of, moved, of_weights in (
            ("auc", influence.of_auc(labels, scores),
             lambda w: roc_auc_score(labels, scores, sample_weight=w)),
            ("average_precision", influence.of_average_precision(labels, scores),
             lambda w: average_precision_score(labels, scores, sample_weight=w)),
            ("f1", influence.of_f1(labels, called),
             lambda w: f1_score(labels, called, sample_weight=w)),
        )
    }  # fmt: skip
    for moved, measured in cases.values():
        assert moved.sum() == pytest.approx(0, abs=1e-12)
        for place in range(len(labels)):
            up, down = np.ones(len(labels)), np.ones(len(labels))
            up[place], down[place] = 1 + step, 1 - step
            slope = (measured(up) - measured(down)) / (2 * step)
            assert moved[place] == pytest.approx(slope, abs=1e-6)


def test_a_rate_of_independent_videos_has_the_exact_binomial_interval():
    from scipy.stats import binomtest

    none = rate_interval(np.zeros(12), np.arange(12))
    exact = binomtest(0, 12).proportion_ci()
    assert none == pytest.approx((exact.low, exact.high))


def test_losses_that_are_small_throughout_may_be_larger_in_groups_not_seen():
    low, high = mean_interval(np.full(10, 0.01), np.arange(10), 10, coin=np.log(2))
    missed = 1 - 0.025 ** (1 / 10)
    assert (low, high) == pytest.approx((0.01, 0.01 + missed * (np.log(2) - 0.01)))
    assert mean_interval(np.array([0.1]), np.array([0]), 1, coin=0.25) is None


# --- coverage -----------------------------------------------------------------------------------


@pytest.mark.parametrize("design", coverage.DESIGNS)
@pytest.mark.parametrize("auc", coverage.AUCS)
@pytest.mark.parametrize("groups", [5, 20])
def test_the_interval_of_the_auc_holds_the_truth_in_nine_of_ten_tests(design, auc, groups):
    assert coverage.of_auc(design, auc, groups, tests=200, seed=1) >= 0.9


# --- the curve ------------------------------------------------------------------------------------


def test_the_band_holds_the_curve_and_rises():
    sample = trios(60)
    grid = np.linspace(0, 1, 21)
    low, high = roc_band(sample, grid)
    assert (low <= high).all() and (np.diff(low) >= 0).all() and (np.diff(high) >= 0).all()
    assert high[-1] == low[-1] == 1
    reals = np.sort(sample.scores[sample.labels == 0])
    middle = np.mean(sample.scores[sample.labels == 1] >= np.quantile(reals, 0.5))
    assert low[10] < middle < high[10]


def test_the_band_of_a_perfect_curve_has_width():
    labels = np.tile([0, 1], 10)
    low, high = roc_band(
        Sample(labels, labels * 1.0, np.arange(20), labels * 1.0), np.array([0.0, 0.5])
    )
    assert (low[1], high[1]) == (pytest.approx(0.66, abs=0.03), 1)
