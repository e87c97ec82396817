"""Charts: values become places in a drawing."""

from __future__ import annotations

import pytest

from unmask.report.pages.charts import MOST_MARKS, Axis, Chart, round_ticks


def chart(x=(0, 1), y=(0, 1)):
    return Chart("c", "", "", "", Axis(*x, x), Axis(*y, y), width=100, height=100, left=10,
                 right_margin=10, top=10, bottom_margin=10)  # fmt: skip


def test_up_is_more_and_right_is_later():
    drawn = chart(x=(0, 2), y=(0, 10))
    assert (drawn.at_x(0), drawn.at_x(1), drawn.at_x(2)) == (10, 50, 90)
    assert (drawn.at_y(0), drawn.at_y(5), drawn.at_y(10)) == (90, 50, 10)
    assert drawn.x_ticks == [(10, "0"), (90, "2")]


def test_an_axis_without_extent_is_drawn_in_its_middle():
    assert chart(x=(3, 3)).at_x(3) == 50


def test_steps_go_level_and_then_straight():
    drawn = chart()
    drawn.add_line([(0, 1), (0.5, 0.5), (1, 0)], "videos", steps=True)
    assert drawn.lines[0].points == "10,10 10,50 50,50 50,90 90,90"


def test_a_line_of_very_many_points_tells_the_values_of_some():
    drawn = chart()
    points = [(n / 9999, n / 9999) for n in range(10000)]
    drawn.add_line(points, "videos", "all", [f"point {n}" for n in range(10000)])
    marks = drawn.lines[0].marks
    assert len(marks) <= MOST_MARKS and marks[0].text == "point 0"
    assert drawn.legend == [("videos", "all")]


def test_a_bar_stands_on_the_axis():
    drawn = chart(y=(0, 4))
    drawn.add_bar(0.5, 0.25, 2, "fake", "2 fakes")
    [bar] = drawn.bars
    assert (bar.x, bar.y, bar.width, bar.y + bar.height) == (50, 50, 20, drawn.bottom)


@pytest.mark.parametrize(
    ("low", "high", "count", "expected"),
    [
        (0, 1, 5, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (0, 3.5, 6, [0, 1, 2, 3]),
        (1, 30, 6, [5, 10, 15, 20, 25, 30]),
        (0, 0, 5, [0]),
        (0, 599, 6, [0, 100, 200, 300, 400, 500]),
    ],
)
def test_ticks_are_round(low, high, count, expected):
    assert round_ticks(low, high, count) == expected
