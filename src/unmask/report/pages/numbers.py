"""Numbers as a reader wants them."""

from __future__ import annotations

from collections.abc import Sequence

NOT_DEFINED = "n/a"


def number(value: float | None, digits: int = 3) -> str:
    """A number as text; ``n/a`` where it is not defined."""
    return NOT_DEFINED if value is None else f"{value:.{digits}f}"


def percent(value: float | None) -> str:
    """A share as a percentage, never rounded up to all or down to none."""
    if value is None:
        return NOT_DEFINED
    if 0 < value < 0.005:
        return "under 1 %"
    if 0.995 <= value < 1:
        return "over 99 %"
    return f"{value:.0%}".replace("%", " %")


def shares(span: Sequence[float] | None) -> str:
    """An interval of shares as text, empty where there is none."""
    return "" if span is None else f"{percent(span[0])} to {percent(span[1])}"


def interval(span: Sequence[float] | None, digits: int = 3) -> str:
    """An interval as text, empty where there is none."""
    return "" if span is None else f"{span[0]:.{digits}f} to {span[1]:.{digits}f}"
