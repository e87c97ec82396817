"""Each plot is a picture and the table it was drawn from."""

from __future__ import annotations

import json
from argparse import ArgumentParser

import cv2
import matplotlib
import numpy as np
import pytest

from results_tree import CLIPS, HISTORY, Results, read
from unmask.commands import plots as command
from unmask.evaluation.metrics_file import evaluate, write_metrics
from unmask.report.plots.names import PLOTS, TABLES
from unmask.report.plots.write import read_history, write_plots


def drawn(results, name="plots"):
    metrics = results.folder / "metrics.json"
    write_metrics(metrics, evaluate(*results.evaluation()))
    out = results.folder / name
    write_plots(
        out,
        frames_csv=results.frames,
        videos_csv=results.videos,
        metrics=metrics,
        history_csv=results.history,
    )
    return out


def pixels(path):
    return cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)


def ink(path):
    """The share of a picture that is not white."""
    return float((pixels(path) < 250).any(axis=2).mean())


@pytest.fixture
def results(tmp_path):
    return Results(tmp_path)


@pytest.fixture(scope="module")
def standard(tmp_path_factory):
    """A result and its plots, drawn once."""
    results = Results(tmp_path_factory.mktemp("results"))
    return results, drawn(results)


@pytest.fixture
def out(standard):
    return standard[1]


def test_every_plot_is_a_picture_and_a_table(out):
    expected = {f"{name}.{kind}" for name in PLOTS for kind in ("png", "csv")}
    expected |= {f"{name}.csv" for name in TABLES}
    assert {path.name for path in out.iterdir()} == expected
    for name in PLOTS:
        assert min(pixels(out / f"{name}.png").shape[:2]) > 400
        assert ink(out / f"{name}.png") > 0.03


def test_the_curves_hold_the_points_computed_by_hand(out):
    # Scores in order: fake 0.8, real 0.6, fake 0.55, real 0.3.
    roc = [(float(row["fpr"]), float(row["tpr"])) for row in read(out / "roc.csv")]
    assert roc == [(0, 0), (0, 0.5), (0.5, 0.5), (0.5, 1), (1, 1)]
    curve = read(out / "precision_recall.csv")
    points = [(float(row["recall"]), float(row["precision"])) for row in curve]
    assert points == [(0, 1), (0.5, 1), (0.5, 0.5), (1, 0.666667), (1, 0.5)]


def test_the_confusion_table_has_a_row_a_video(out):
    rows = read(out / "confusion.csv")
    called = sorted((row["actual"], row["predicted"]) for row in rows)
    assert called == [("fake", "fake"), ("fake", "fake"), ("real", "fake"), ("real", "real")]


def test_the_histogram_counts_every_test_video_once(out):
    rows = read(out / "score_histogram.csv")
    assert len(rows) == 40
    filled = {(row["label"], float(row["p_fake"])) for row in rows if row["count"] == "1"}
    assert filled == {("real", 0.325), ("real", 0.625), ("fake", 0.575), ("fake", 0.825)}
    assert sum(int(row["count"]) for row in rows) == 4


def test_calibration_sets_mean_scores_against_shares_of_fakes(out):
    rows = read(out / "calibration.csv")
    assert [tuple(map(float, row.values())) for row in rows] == [
        (0.3, 0, 1), (0.55, 1, 1), (0.6, 0, 1), (0.8, 1, 1),
    ]  # fmt: skip


def test_training_repeats_the_history(out):
    rows = read(out / "training.csv")
    assert [float(row["val_auc"]) for row in rows] == [0.6, 0.75]
    assert [row["epoch"] for row in rows] == ["1", "2"]


def test_a_history_without_validation_is_read_all_the_same(results):
    results.history.write_text("epoch,loss,accuracy,val_loss\n1,0.7,0.5,\n2,0.6,nan,\n")
    rows = read_history(results.history)
    assert rows[1] == {
        "epoch": 2, "loss": 0.6, "accuracy": None, "val_loss": None, "val_accuracy": None,
        "val_auc": None, "learning_rate": None,
    }  # fmt: skip


def test_the_same_result_gives_the_same_bytes_whatever_style_the_user_has_set(standard):
    results, first = standard
    with matplotlib.rc_context({"font.size": 22, "axes.facecolor": "black"}):
        second = drawn(results, "second")
    for path in first.iterdir():
        assert path.read_bytes() == (second / path.name).read_bytes(), path.name


def test_pictures_carry_no_date_and_no_version(out):
    content = (out / "roc.png").read_bytes()
    assert b"tEXt" not in content and b"tIME" not in content


@pytest.mark.parametrize("kept", [(), (0,), (1,)])
def test_what_cannot_be_drawn_says_so_and_leaves_an_empty_table(tmp_path, kept):
    clips = tuple(clip for clip in CLIPS if clip.split == "train" or clip.label in kept)
    results = Results(tmp_path, clips)
    results.table("history.csv", HISTORY, [])
    out = drawn(results)
    for name in ("roc", "precision_recall"):
        assert read(out / f"{name}.csv") == []
        assert 0.001 < ink(out / f"{name}.png") < 0.05
    assert 0.001 < ink(out / "training.png") < 0.05
    assert len(read(out / "confusion.csv")) == (2 if kept else 0)


def test_no_interval_no_positive_call_and_no_validation_can_be_drawn_too(results):
    results.history.write_text("epoch,loss,accuracy\n1,0.7,0.5\n")
    metrics = evaluate(*results.evaluation(), threshold=0.95)
    assert metrics["video"]["precision"] is None
    write_metrics(results.folder / "metrics.json", metrics)
    write_plots(
        results.folder / "plots",
        frames_csv=results.frames,
        videos_csv=results.videos,
        metrics=results.folder / "metrics.json",
        history_csv=results.history,
    )
    for name in PLOTS:
        assert ink(results.folder / "plots" / f"{name}.png") > 0.015


def test_the_command_draws_the_same(standard):
    results, expected = standard
    settings = results.folder / "settings.json"
    settings.write_text(json.dumps({"code": "", "settings": {}}))
    parser = ArgumentParser()
    command.add_arguments(parser)
    arguments = [
        "--frames", results.frames, "--videos", results.videos,
        "--metrics", results.folder / "metrics.json", "--history", results.history,
        "--settings", settings, "--output", results.folder / "again",
    ]  # fmt: skip
    assert command.run(parser.parse_args(list(map(str, arguments)))) == 0
    for path in expected.iterdir():
        assert path.read_bytes() == (results.folder / "again" / path.name).read_bytes()
