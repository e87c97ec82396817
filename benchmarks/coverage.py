"""How often the intervals hold the truth, and how often a comparison finds what is not there.

Scores are drawn from normal distributions whose AUC is known, many tests of each kind, and each
test is measured by the same functions as a real one.

    python benchmarks/coverage.py            # the tables of docs/metrics.md, some minutes
    python benchmarks/coverage.py --tests 200
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator

import numpy as np
from scipy.special import expit
from scipy.stats import norm

from unmask.evaluation.compare import compare_two
from unmask.evaluation.intervals import auc_interval
from unmask.evaluation.metrics import measure
from unmask.evaluation.sample import Sample, intervals_of

AUCS = (0.75, 0.95, 0.99)
GROUPS = (5, 20, 100)
DESIGNS = {
    "a real one and two fakes": ([0, 1, 1], True, 0.0),
    "the same, much in common": ([0, 1, 1], True, 1.0),
    "each video its own": ([0, 1, 1], False, 0.0),
}
"""Labels in turn, whether each turn is a group, and how much the videos of a group share (the
standard deviation of what they do, over that of a single video). Where each video is its own
group, there are as many videos as groups: with 5, two real ones and three fakes."""

MEASURES = (
    *("auc", "average_precision", "log_loss", "brier", "eer", "accuracy", "balanced_accuracy"),
    *("tpr", "fpr", "precision", "f1"),
)


def groups_of(design: str, groups: int) -> tuple[np.ndarray, np.ndarray]:
    """Labels and groups of a test."""
    turn, together, _ = DESIGNS[design]
    if together:
        return np.tile(turn, groups), np.repeat(np.arange(groups), len(turn))
    return np.resize(turn, groups), np.arange(groups)


class Model:
    """Scores that are normal on the logit scale, and calibrated, with a known AUC."""

    def __init__(self, design: str, auc: float) -> None:
        self.shared = DESIGNS[design][2]
        self.spread = np.sqrt(1 + self.shared**2)
        self.apart = norm.ppf(auc) * self.spread * np.sqrt(2)

    def draw(self, labels: np.ndarray, groups: np.ndarray, random: np.random.Generator) -> Sample:
        """A test: p_fake for each video, the classes mirrored at one half."""
        common = random.normal(0, self.shared, groups.max() + 1)[groups] if self.shared else 0
        raw = (labels - 0.5) * self.apart + common + random.normal(0, 1, len(labels))
        logits = raw * self.apart / self.spread**2
        return Sample(labels, expit(logits), groups, logits)


def of_auc(design: str, auc: float, groups: int, *, tests: int, seed: int = 0) -> float:
    """The share of tests whose interval of the AUC holds the true one."""
    random, model = np.random.default_rng(seed), Model(design, auc)
    labels, places = groups_of(design, groups)
    spans = (auc_interval(*model.draw(labels, places, random)[:3]) for _ in range(tests))
    return float(np.mean([low <= auc <= high for low, high in spans]))


def of_every_measure(
    design: str, auc: float, groups: int, *, tests: int, seed: int = 0
) -> dict[str, float]:
    """The share of tests whose interval holds the true value, for each measure that has one."""
    random, model = np.random.default_rng(seed), Model(design, auc)
    labels, places = groups_of(design, groups)
    turn = np.resize(labels, 600_000)
    large = model.draw(turn, np.arange(len(turn)), random)
    truth, _ = measure(turn, large.scores, threshold=0.5)
    held: dict[str, list[bool]] = defaultdict(list)
    for _ in range(tests):
        sample = model.draw(labels, places, random)
        values, _ = measure(labels, sample.scores, threshold=0.5)
        spans = intervals_of(sample, values, log_loss_clip=1e-7, confidence=0.95)
        for name in MEASURES:
            if spans[name] is not None:
                low, high = spans[name]
                held[name].append(low - 1e-9 <= truth[name] <= high + 1e-9)
    return {name: float(np.mean(held[name])) for name in MEASURES}


def of_comparison(
    auc: float, groups: int, *, together: bool, tests: int, seed: int = 0
) -> tuple[float, float]:
    """How often two detectors of the same AUC are told apart at 5 %: by AUC, and by verdicts.

    Half of what moves a score is common to both. ``together``: a real video and two fakes are a
    group; else each video is its own, in as many groups of the class that has fewer.
    """
    random = np.random.default_rng(seed)
    labels = np.tile([0, 1, 1], groups)
    places = np.repeat(np.arange(groups), 3) if together else np.arange(len(labels))
    apart, found = norm.ppf(auc) * np.sqrt(2), []
    for _ in range(tests):
        common = random.normal(0, np.sqrt(0.5), (len(labels), 1))
        own = random.normal(0, np.sqrt(0.5), (len(labels), 2))
        logits = (labels[:, None] - 0.5) * apart + common + own
        right = (labels == 1) == (logits >= 0).T
        one = compare_two(("a", "b"), labels, places, logits, right)
        found.append((one.p < 0.05, one.p_verdicts < 0.05))
    return tuple(float(share) for share in np.mean(found, axis=0))


def table(head: list[str], rows: Iterator[list[str]]) -> None:
    """Print a table in Markdown."""
    print("| " + " | ".join(head) + " |\n|---|" + "--:|" * (len(head) - 1))
    for row in rows:
        print("| " + " | ".join(row) + " |", flush=True)
    print()


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tests", type=int, default=1000, help="simulated tests of each kind")
    args = parser.parse_args()
    found = {
        (design, auc, groups): of_every_measure(design, auc, groups, tests=args.tests)
        for design in DESIGNS
        for auc in AUCS
        for groups in GROUPS
    }
    print("Coverage of the AUC's 95 % interval:\n")
    heads = [f"AUC {auc}, {groups} groups" for auc in AUCS for groups in GROUPS]
    table(
        ["groups of", *heads],
        (
            [design, *(f"{found[design, a, g]['auc']:.2f}" for a in AUCS for g in GROUPS)]
            for design in DESIGNS
        ),
    )
    print("Of every measure, the lowest of the three kinds of groups:\n")
    table(
        ["measure", *heads],
        (
            [
                name,
                *(
                    f"{min(found[design, a, g][name] for design in DESIGNS):.2f}"
                    for a in AUCS
                    for g in GROUPS
                ),
            ]
            for name in MEASURES
        ),
    )
    print("Comparisons of two detectors that are equal, found different at 5 %:\n")
    kinds = [(auc, groups) for auc in AUCS for groups in (20, 40, 100)]
    table(
        ["groups of", *(f"AUC {auc}, {groups} groups" for auc, groups in kinds)],
        (
            [
                f"{name}, by {what}",
                *(
                    f"{of_comparison(a, g, together=together, tests=args.tests)[place]:.3f}"
                    for a, g in kinds
                ),
            ]
            for name, together in (("a real one and two fakes", True), ("each its own", False))
            for place, what in enumerate(("AUC", "verdicts"))
        ),
    )


if __name__ == "__main__":
    main()
