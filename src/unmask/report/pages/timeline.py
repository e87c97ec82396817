"""The scores of a video's frames over time, as a chart."""

from __future__ import annotations

from collections.abc import Sequence

from unmask.evaluation.scores import FrameScore
from unmask.report.pages.charts import Axis, Chart, Dot, round_ticks

_TICKS = 6


def timeline(
    sampled: Sequence[tuple[int, float]],
    scores: Sequence[FrameScore],
    threshold: float,
    interval: tuple[float, float] | None = None,
    *,
    video: str = "",
) -> Chart:
    """Lay out the scores of one video.

    Where a sampled frame has no face, the line is broken and a short mark stands at its time.

    Args:
        sampled: number and time in seconds of every sampled frame, in order, with a face or not.
        scores: those that have a score, 0..1.
        threshold: from this score on a frame counts as fake.
        interval: of the video's score.
        video: its name.
    """
    end = max(time for _, time in sampled)
    known = {score.frame: score for score in scores}
    chart = Chart(
        name="timeline",
        title="",
        caption=_caption(len(known) < len(sampled), interval is not None),
        label=f"Scores of {len(known)} frames of {video or 'the video'} over time; all of them are "
        "in the table of frame scores",
        x=Axis(0, end, round_ticks(0, end, _TICKS), unit=" s"),
        y=Axis(0, 1, (0, 0.5, 1)),
        width=640, height=170, left=34, right_margin=16, top=10, bottom_margin=24,
    )  # fmt: skip
    if interval is not None:
        chart.add_band(
            [(0, interval[0]), (end, interval[0])], [(0, interval[1]), (end, interval[1])]
        )
    level = min(max(threshold, 0.0), 1.0)
    chart.add_rule("threshold", (0, level), (end, level))
    run: list[FrameScore] = []
    for frame, time in sampled:
        if frame in known:
            run.append(known[frame])
            continue
        chart.missing.append(chart.at_x(time))
        _add_run(chart, run)
        run = []
    _add_run(chart, run)
    chart.dots += [_dot(chart, known[frame], threshold) for frame, _ in sampled if frame in known]
    return chart


def _add_run(chart: Chart, run: Sequence[FrameScore]) -> None:
    if len(run) > 1:
        chart.add_line([(score.time_s, score.p_fake) for score in run], "scores")


def _dot(chart: Chart, score: FrameScore, threshold: float) -> Dot:
    look = "fake" if score.p_fake >= threshold else "real"
    text = f"frame {score.frame}, {score.time_s:.2f} s: {score.p_fake:.3f}"
    return Dot(chart.at_x(score.time_s), chart.at_y(score.p_fake), 4, look, text)


def _caption(missing: bool, interval: bool) -> str:
    parts = ["Score of each frame. Dashed: the threshold."]
    if interval:
        parts.append("Shaded: the interval of the video's score.")
    if missing:
        parts.append("Short marks: frames without a face.")
    return " ".join(parts)
