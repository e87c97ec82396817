"""Says in plain words what the numbers mean, and where they deserve doubt."""

from __future__ import annotations

import math
from collections.abc import Mapping
from math import isfinite
from pathlib import Path
from typing import Any

from unmask.disk.tables import read_rows
from unmask.evaluation.blocks import FEW_GROUPS
from unmask.report.pages.numbers import interval

FEW_VIDEOS = 30

ONE_SEED = (
    "This is one training, with one seed. Another seed gives other numbers, and no interval here "
    "says how far off: snakemake --cores all repeats, with repeats.seeds, does."
)


def sentences(metrics: dict[str, Any], *, threshold_given: bool = False) -> list[str]:
    """What the result means, a sentence or two for each of the main numbers.

    ``threshold_given`` says that the threshold was set, not chosen on the validation videos.
    """
    video, data = metrics["video"], metrics["data"]["test"]
    scored = video["n_real"] + video["n_fake"]
    parts = [_coverage(scored, data)]
    if scored:
        parts.append(_verdicts(video, scored, _origin(metrics, threshold_given)))
    if video["auc"] is not None:
        parts.append(_ranking(video, metrics["confidence"]))
    if video["log_loss"] is not None:
        parts.append(_log_loss(video, scored))
    return parts


def warnings(metrics: dict[str, Any], *, demo: bool = False) -> list[str]:
    """Reasons not to trust the result too far, the most important first."""
    video, data = metrics["video"], metrics["data"]
    found = []
    if demo:
        found.append(
            "The demo dataset is made from two portraits. It shows that everything works; "
            "it says nothing about how well other fakes are found."
        )
    if video["auc"] is None:
        found.append("The scored test videos do not have both classes, so no AUC can be given.")
    found += _doubts_about_auc(video)
    few = min(video["n_real"], video["n_fake"])
    groups = video["groups"]
    if few < FEW_VIDEOS or min(groups["real"], groups["fake"]) < FEW_GROUPS:
        found.append(
            f"The test set is small: {video['n_real']} real and {video['n_fake']} fake videos "
            f"in {_count(groups['total'], 'group')}. Another choice of videos could change "
            "every number on this page a lot."
        )
    lost = data["test"]["videos"] - video["n_real"] - video["n_fake"]
    if lost > 0:
        found.append(
            f"{_count(lost, 'test video')} could not be scored and "
            f"{'is' if lost == 1 else 'are'} in none of the measures."
        )
    if data["total"]["absent"]:
        found.append(
            f"{_count(data['total']['absent'], 'video')} disappeared on the way without a reason. "
            "This should not happen: please make the dataset again."
        )
    return found


def _coverage(scored: int, data: dict[str, int]) -> str:
    if not data["videos"]:
        return "The test split has no video."
    return f"{scored} of {_count(data['videos'], 'test video')} could be scored."


def _origin(metrics: dict[str, Any], given: bool) -> str:
    """Where the threshold comes from."""
    if given:
        return "the threshold that was set"
    if any(note.startswith("video.threshold:") for note in metrics["notes"]):
        return "validation gave no better threshold"
    return "the threshold chosen on the validation videos"


def _verdicts(video: dict[str, Any], scored: int, origin: str) -> str:
    table = video["confusion"]
    right = table["tp"] + table["tn"]
    return (
        f"Called fake at a score of {video['threshold']:.3f} or more ({origin}), "
        f"{right} of {_count(scored, 'video')} are judged correctly: "
        f"{table['tp']} of {_count(video['n_fake'], 'fake')} "
        f"{'is' if table['tp'] == 1 else 'are'} found, and "
        f"{table['fp']} of {_count(video['n_real'], 'real video')} "
        f"{'is' if table['fp'] == 1 else 'are'} wrongly called fake."
    )


def _ranking(video: dict[str, Any], confidence: float) -> str:
    text = (
        f"AUC {video['auc']:.3f}: shown one fake and one real test video, the detector gives the "
        f"fake the higher score {_times(video['auc'])}."
    )
    if video["auc_ci"] is not None:
        text += (
            f" The {confidence:.0%} interval is {interval(video['auc_ci'])}, from "
            f"{_count(video['groups']['real'], 'group')} of real videos and "
            f"{video['groups']['fake']} of fakes."
        )
    return text.replace("%", " %")


def _log_loss(video: dict[str, Any], scored: int) -> str:
    share = video["n_fake"] / scored
    base = 0.0
    if 0 < share < 1:
        base = -share * math.log(share) - (1 - share) * math.log(1 - share)
    text = f"Log loss {video['log_loss']:.3f}, lower is better: a coin has 0.693"
    if base:
        text += f", and always answering with the share of fakes ({share:.2f}) has {base:.3f}"
    return text + "."


def _doubts_about_auc(video: dict[str, Any]) -> list[str]:
    span = video["auc_ci"]
    if video["auc"] is None or span is None:
        return []
    if span[0] <= 0.5 <= span[1]:
        return [
            f"The interval of the AUC ({interval(span)}) holds 0.5: this test cannot tell the "
            "detector from guessing."
        ]
    if span[1] < 0.5:
        return ["The AUC is below 0.5: the detector ranks the wrong way round."]
    return []


def _times(auc: float) -> str:
    """An AUC as a frequency; 0.996 is not yet every time."""
    if auc in (0.0, 1.0):
        return "every time" if auc else "never"
    return f"{min(max(round(auc * 100), 1), 99)} times in 100"


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def training_summary(history_csv: Path) -> str:
    """Return how many epochs were run, and which had the best validation AUC or loss."""
    rows = list(read_rows(history_csv, ("epoch",)))
    if not rows:
        return "No epoch was run."
    text = f"{len(rows)} {'epoch was' if len(rows) == 1 else 'epochs were'} run."
    for column, name, sign in (("val_auc", "AUC", 1), ("val_loss", "loss", -1)):
        known = [row for row in rows if isfinite(_number(row, column))]
        if known:
            # Of equals the one with the smaller loss, as the training chooses.
            best = max(
                known, key=lambda row: (sign * _number(row, column), -_number(row, "val_loss"))
            )
            value = _number(best, column)
            return f"{text} The best validation {name} was {value:.3f}, in epoch {best['epoch']}."
    return text


def _number(row: Mapping[str, str], column: str) -> float:
    return float(row.get(column) or "nan")
