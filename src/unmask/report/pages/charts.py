"""Charts as the coordinates of a drawing, which ``charts.html`` puts into a page.

A chart is readable as it stands, on paper too. ``charts.js`` adds the values under the mouse or at
the arrow keys.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

Point = tuple[float, float]

MOST_MARKS = 400
"""So many points of a line tell their values; a line of more is thinned out evenly."""


class Mark(NamedTuple):
    """A place in a drawing, and what is said of it."""

    x: float
    y: float
    text: str


@dataclass(frozen=True)
class Line:
    """A line through ``points`` (SVG coordinates) in the look of a CSS class."""

    look: str
    points: str
    marks: list[Mark] = field(default_factory=list)


@dataclass(frozen=True)
class Dot:
    """A dot of a radius in the look of a CSS class; what is said of it."""

    x: float
    y: float
    r: float
    look: str
    text: str


@dataclass(frozen=True)
class Bar:
    """A bar from its upper left corner; what is said of it."""

    x: float
    y: float
    width: float
    height: float
    look: str
    text: str


@dataclass(frozen=True)
class Axis:
    """One axis: its ends, the values that are written at it, and what it means."""

    low: float
    high: float
    ticks: Sequence[float]
    title: str = ""
    unit: str = ""


@dataclass
class Chart:
    """A drawing of ``width`` x ``height`` units, its origin at the top left.

    Everything that is added is given in the values of the axes. ``title``, ``caption`` and
    ``label`` are its heading, its explanation, and what it shows in a sentence for people who do
    not see it.
    """

    name: str
    title: str
    caption: str
    label: str
    x: Axis
    y: Axis
    width: int = 400
    height: int = 320
    left: int = 44
    right_margin: int = 14
    top: int = 12
    bottom_margin: int = 42
    lines: list[Line] = field(default_factory=list)
    dots: list[Dot] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)
    missing: list[float] = field(default_factory=list)
    rules: list[tuple[str, float, float, float, float]] = field(default_factory=list)
    band: str = ""
    legend: list[tuple[str, str]] = field(default_factory=list)
    empty: str = ""

    @property
    def right(self) -> int:
        """Where the drawing area ends."""
        return self.width - self.right_margin

    @property
    def bottom(self) -> int:
        """Where the drawing area ends."""
        return self.height - self.bottom_margin

    def at_x(self, value: float) -> float:
        """Where a value of the x axis is."""
        return _placed(value, self.x, self.left, self.right)

    def at_y(self, value: float) -> float:
        """Where a value of the y axis is."""
        return _placed(value, self.y, self.bottom, self.top)

    @property
    def x_ticks(self) -> list[tuple[float, str]]:
        """Places and labels of the x axis."""
        return [(self.at_x(value), f"{value:g}{self.x.unit}") for value in self.x.ticks]

    @property
    def y_ticks(self) -> list[tuple[float, str]]:
        """Places and labels of the y axis."""
        return [(self.at_y(value), f"{value:g}{self.y.unit}") for value in self.y.ticks]

    def add_line(
        self,
        points: Sequence[Point],
        look: str,
        name: str = "",
        texts: Sequence[str] = (),
        *,
        steps: bool = False,
    ) -> None:
        """Add a line; ``name`` puts it into the legend, ``texts`` say something of each point.

        With ``steps`` it goes on level from a point and then straight to the next.
        """
        placed = [(self.at_x(x), self.at_y(y)) for x, y in points]
        marks = [Mark(*place, text) for place, text in zip(placed, texts, strict=False)]
        if steps:
            placed = [p for a, b in pairwise(placed) for p in (a, (a[0], b[1]))]
            placed += [(self.at_x(x), self.at_y(y)) for x, y in points[-1:]]
        self.lines.append(Line(look, _path(placed), _thinned(marks)))
        if name:
            self.legend.append((look, name))

    def add_dot(self, x: float, y: float, look: str, text: str, r: float = 4) -> None:
        """Add a dot of ``r`` units."""
        self.dots.append(Dot(self.at_x(x), self.at_y(y), r, look, text))

    def add_bar(self, x: float, width: float, value: float, look: str, text: str) -> None:
        """Add a bar that stands on the x axis."""
        left, top = self.at_x(x), self.at_y(value)
        reach = round(self.at_x(x + width) - left, 1)
        self.bars.append(Bar(left, top, reach, round(self.bottom - top, 1), look, text))

    def add_rule(self, look: str, start: Point, end: Point, name: str = "") -> None:
        """Add a straight line that is no data, such as that of chance."""
        (x1, y1), (x2, y2) = start, end
        places = self.at_x(x1), self.at_y(y1), self.at_x(x2), self.at_y(y2)
        self.rules.append((look, *places))
        if name:
            self.legend.append((look, name))

    def add_band(self, low: Sequence[Point], high: Sequence[Point], name: str = "") -> None:
        """Shade what lies between two lines."""
        around = [*low, *reversed(high)]
        self.band = _path([(self.at_x(x), self.at_y(y)) for x, y in around])
        if name:
            self.legend.append(("band", name))


def round_ticks(low: float, high: float, count: int) -> list[float]:
    """About ``count`` round values from ``low`` to ``high``, multiples of 1, 2 or 5."""
    if high <= low:
        return [low]
    rough = (high - low) / count
    magnitude = 10.0 ** math.floor(math.log10(rough))
    step = next(f * magnitude for f in (1, 2, 5, 10) if f * magnitude >= rough * (1 - 1e-9))
    first = math.ceil(low / step - 1e-9)
    return [round(n * step, 9) for n in range(first, math.floor(high / step + 1e-9) + 1)]


def _placed(value: float, axis: Axis, start: float, end: float) -> float:
    span = axis.high - axis.low
    share = (value - axis.low) / span if span > 0 else 0.5
    return round(start + (end - start) * share, 1)


def _path(points: Sequence[Point]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in points)


def _thinned(marks: list[Mark]) -> list[Mark]:
    step = math.ceil(len(marks) / MOST_MARKS)
    return marks[::step] if step else marks
