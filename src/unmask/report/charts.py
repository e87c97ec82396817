"""The charts of the report, from the tables that its plots were drawn from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from unmask.disk.tables import read_rows
from unmask.labels import CLASS_NAMES
from unmask.report.pages.charts import Axis, Chart, Point, round_ticks
from unmask.report.pages.numbers import number

Rows = list[dict[str, str]]

_SHARE = (0, 0.2, 0.4, 0.6, 0.8, 1)


def draw_charts(plots: Path, metrics: dict[str, Any], *, few: str = "") -> list[Chart]:
    """All charts. ``few`` says why those of two classes cannot be drawn; empty: they can."""
    video = metrics["video"]

    def rows(name: str, *columns: str) -> Rows:
        return list(read_rows(plots / f"{name}.csv", columns))

    return [
        roc(
            rows("roc", "fpr", "tpr"),
            rows("roc_frames", "fpr", "tpr"),
            rows("roc_band", "fpr", "low", "high"),
            metrics,
            few,
        ),
        precision_recall(rows("precision_recall", "recall", "precision"), video, few),
        scores(rows("score_histogram", "label", "p_fake", "count"), video),
        calibration(rows("calibration", "mean_p_fake", "share_fake", "count"), video),
        *training(rows("training", "epoch")),
    ]


def roc(curve: Rows, frames: Rows, band: Rows, metrics: dict[str, Any], few: str) -> Chart:
    """ROC of videos with its interval, and of frames; the circle is at the threshold."""
    video, frame = metrics["video"], metrics["frame"]
    chart = _square(
        "roc",
        "ROC curve",
        "How many fakes are found (up) for how many real videos wrongly called fake (right). The "
        "closer to the upper left corner, the better. The circle is at the threshold.",
        f"ROC curve of the test videos. AUC {number(video['auc'])}.",
        "false-positive rate",
        "true-positive rate",
    )
    if not curve:
        chart.empty = f"Not drawn: {few}."
        return chart
    if band:
        low, high = _points(band, "fpr", "low"), _points(band, "fpr", "high")
        chart.add_band(low, high, f"{metrics['confidence']:.0%} interval, videos")
    chart.add_rule("chance", (0, 0), (1, 1), "chance")
    points = _points(curve, "fpr", "tpr")
    texts = [f"{y:.0%} of the fakes found, {x:.0%} of the real called fake" for x, y in points]
    chart.add_line(points, "videos", f"videos, AUC {number(video['auc'])}", texts)
    chart.add_line(_points(frames, "fpr", "tpr"), "frames", f"frames, AUC {number(frame['auc'])}")
    chart.add_dot(video["fpr"], video["tpr"], "chosen", "at the threshold", r=6)
    return chart


def precision_recall(curve: Rows, video: dict[str, Any], few: str) -> Chart:
    """Precision over recall of videos; chance is the share of fakes."""
    chart = _square(
        "precision_recall",
        "Precision and recall",
        "How many of the videos called fake are fake (up), when so many of all fakes are found "
        "(right).",
        "Precision over recall of the test videos. Average precision "
        f"{number(video['average_precision'])}.",
        "recall",
        "precision",
    )
    if not curve:
        chart.empty = f"Not drawn: {few}."
        return chart
    share = video["n_fake"] / (video["n_fake"] + video["n_real"])
    chart.add_rule("chance", (0, share), (1, share), f"chance, {share:.2f}")
    points = _points(curve, "recall", "precision")
    texts = [f"recall {x:.0%}, precision {y:.0%}" for x, y in points]
    name = f"videos, AP {number(video['average_precision'])}"
    chart.add_line(points, "videos", name, texts, steps=True)
    if video["precision"] is not None:
        chart.add_dot(video["recall"], video["precision"], "chosen", "at the threshold", r=6)
    return chart


def scores(bins: Rows, video: dict[str, Any]) -> Chart:
    """How many real and fake videos have which score, side by side in each of the bins."""
    width = 1 / max(len(bins) // 2, 1)
    most = max((int(row["count"]) for row in bins), default=0) or 1
    chart = Chart(
        "score_histogram",
        "Scores of real and of fake videos",
        "Where the two heaps overlap, no threshold can part them. Dashed: the threshold.",
        f"Scores of {video['n_real']} real and {video['n_fake']} fake test videos, as a histogram.",
        Axis(0, 1, _SHARE, "score of the video (p_fake)"),
        Axis(0, most, [tick for tick in round_ticks(0, most, 5) if tick == int(tick)], "videos"),
    )
    for row in bins:
        side = CLASS_NAMES.index(row["label"])
        low = float(row["p_fake"]) - width / 2
        count = int(row["count"])
        if count:
            text = f"{count} {row['label']}, score {low:.2f} to {low + width:.2f}"
            chart.add_bar(low + side * width / 2, width * 0.46, count, row["label"], text)
    level = video["threshold"]
    chart.add_rule("threshold", (level, 0), (level, most))
    chart.legend += [("real-bar", "real"), ("fake-bar", "fake")]
    return chart


def calibration(bins: Rows, video: dict[str, Any]) -> Chart:
    """Share of fakes over mean score in each bin; the area of a dot is how many it stands for."""
    chart = _square(
        "calibration",
        "Calibration",
        "Whether a score can be read as a probability: then the dots lie on the line. The larger "
        "a dot, the more videos it stands for.",
        f"Calibration of the test videos. Expected calibration error {number(video['ece'])}.",
        "mean score in the bin",
        "share of fakes in the bin",
    )
    chart.add_rule("chance", (0, 0), (1, 1), "perfectly calibrated")
    most = max((int(row["count"]) for row in bins), default=1)
    for row in bins:
        x, y, count = float(row["mean_p_fake"]), float(row["share_fake"]), int(row["count"])
        text = f"{count} videos: mean score {x:.3f}, {y:.0%} of them fake"
        chart.add_dot(x, y, "bin", text, r=round(4 + 9 * (count / most) ** 0.5, 1))
    return chart


def training(history: Rows) -> list[Chart]:
    """Loss by epoch, and accuracy and AUC by epoch; nothing without an epoch."""
    drawn = {
        "loss": (
            "Loss",
            "Epoch by epoch. Where validation rises while training falls, the model learns its "
            "training crops by heart.",
            {"loss": ("training", "training"), "val_loss": ("validation", "validation")},
        ),
        "accuracy": (
            "Accuracy and AUC",
            "Accuracy is that of crops, AUC that of whole validation videos.",
            {
                "accuracy": ("training", "training accuracy"),
                "val_accuracy": ("validation", "validation accuracy"),
                "val_auc": ("auc", "validation AUC"),
            },
        ),
    }
    charts = []
    for name, (title, caption, lines) in drawn.items():
        known = {key: _points(history, "epoch", key) for key in lines}
        every = [point for points in known.values() for point in points]
        if not every:
            continue
        last = max(x for x, _ in every)
        top = 1.0 if name == "accuracy" else max(y for _, y in every) * 1.05 or 1.0
        chart = Chart(
            f"training_{name}", title, caption, f"{title} over {last:g} epochs.",
            Axis(1, max(last, 2), [t for t in round_ticks(1, last, 6) if t == int(t)], "epoch"),
            Axis(0, top, round_ticks(0, top, 5)),
        )  # fmt: skip
        for key, (look, label) in lines.items():
            if points := known[key]:
                texts = [f"epoch {x:g}: {label} {y:.3f}" for x, y in points]
                chart.add_line(points, look, label, texts)
        charts.append(chart)
    return charts


def _square(name: str, title: str, caption: str, label: str, x: str, y: str) -> Chart:
    axes = Axis(0, 1, _SHARE, x), Axis(0, 1, _SHARE, y)
    return Chart(name, title, caption, label, *axes, width=360, height=350)


def _points(rows: Rows, x: str, y: str) -> list[Point]:
    return [(float(row[x]), float(row[y])) for row in rows if row.get(y) and row.get(x)]
