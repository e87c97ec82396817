"""What repeated trainings have in common: rows, mean, standard deviation, minimum and maximum."""

from __future__ import annotations

import csv
import io
import json
from argparse import ArgumentParser
from statistics import mean, stdev

import pytest

from unmask.commands import repeats as command
from unmask.evaluation.repeats import ALL, parts_of_repeats, repeats_text


def block(auc, **more):
    return {
        "n_real": 4, "n_fake": 5, "auc": auc, "auc_ci": [auc - 0.1, auc], "average_precision": auc,
        "balanced_accuracy": 0.5, "tpr": 0.5, "fpr": 0.25, **more,
    }  # fmt: skip


def metrics(auc, datasets=None, methods=None):
    whole = block(auc, log_loss=1 - auc, eer=0.5)
    return {"video": whole, "datasets": datasets or {}, "methods": methods or {}}


def rows_of(found):
    return list(csv.DictReader(io.StringIO(repeats_text(found))))


def test_each_part_has_its_repeats_and_what_they_have_in_common():
    aucs = [0.631, 0.595, 0.602, 0.530]
    found = parts_of_repeats({f"seed{n}": metrics(auc) for n, auc in enumerate(aucs)})
    rows = {row["repeat"]: row for row in rows_of(found)}
    assert [float(rows[f"seed{n}"]["auc"]) for n in range(4)] == aucs
    assert float(rows["seed1"]["auc_low"]) == pytest.approx(0.495)
    told = {name: float(rows[name]["auc"]) for name in list(rows)[4:]}
    assert told == pytest.approx(
        {"mean": mean(aucs), "standard deviation": stdev(aucs), "minimum": 0.530, "maximum": 0.631},
        abs=1e-6,
    )
    assert float(rows["mean"]["log_loss"]) == pytest.approx(1 - mean(aucs), abs=1e-6)


def test_what_was_left_out_stands_by_itself():
    methods = {"mine/swap": block(0.9), "mine/face 2": block(0.8)}
    runs = {
        "without-swap-seed0": metrics(0.7, methods=methods | {"mine/swap": block(0.55)}),
        "without-face_2-seed0": metrics(0.7, methods=methods | {"mine/face 2": block(0.6)}),
    }
    found = {(p.name, p.unseen): p.values("auc") for p in parts_of_repeats(runs, "method")}
    assert found == {
        ("mine/face 2", True): [0.6], ("mine/swap", True): [0.55], (ALL, False): [0.7, 0.7],
        ("mine/face 2", False): [0.8], ("mine/swap", False): [0.9],
    }  # fmt: skip
    datasets = {"a": block(0.9), "b": block(0.5)}
    runs = {"without-b-seed3": metrics(0.7, datasets, {"a/x": block(0.9), "b/x": block(0.5)})}
    unseen = [p.name for p in parts_of_repeats(runs, "dataset") if p.unseen]
    assert unseen == ["b", "b/x"]


def test_a_measure_that_some_repeats_lack_is_that_of_the_others():
    runs = {"seed0": metrics(0.7), "seed1": metrics(0.8)}
    runs["seed1"]["video"] |= {"auc": None, "auc_ci": None}
    rows = {row["repeat"]: row for row in rows_of(parts_of_repeats(runs))}
    assert rows["seed1"]["auc"] == "" and rows["seed1"]["auc_low"] == ""
    assert (rows["mean"]["auc"], rows["standard deviation"]["auc"]) == ("0.7", "")


def test_the_command_writes_table_and_page(tmp_path):
    for name, auc in (("fold0-seed0", 0.7), ("fold1-seed0", 0.9)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "metrics.json").write_text(json.dumps(metrics(auc)))
    settings = {"seeds": 1, "folds": 2, "leave_out": "none", "confidence": 0.95}
    (tmp_path / "s.json").write_text(json.dumps({"code": "", "settings": settings}))
    parser = ArgumentParser()
    command.add_arguments(parser)
    files = [str(tmp_path / name / "metrics.json") for name in ("fold0-seed0", "fold1-seed0")]
    args = parser.parse_args([
        "--metrics", *files, "--settings", str(tmp_path / "s.json"), "--output",
        str(tmp_path / "t.csv"), "--page", str(tmp_path / "p.html"),
    ])  # fmt: skip
    assert command.run(args) == 0
    page = (tmp_path / "p.html").read_text("utf-8")
    assert "2 trainings: 1 seed, 2 folds" in page and "<td>0.800</td>" in page
    assert "standard deviation" in page and "fold1-seed0" in page
    assert "mean" in (tmp_path / "t.csv").read_text()
