"""The table of the heat maps of test videos."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

from unmask.disk.tables import errors_at_line, read_rows

INDEX = "index.csv"
"""Its name in the folder of the heat maps."""


@dataclass(frozen=True, slots=True)
class HeatMap:
    """A frame that stands out in its video: its crop, and what in it speaks ``toward`` a side.

    ``crop`` and ``heat`` are files beside the index.
    """

    video: str
    frame: int
    time_s: float
    p_fake: float
    toward: str
    crop: str
    heat: str


COLUMNS = tuple(field.name for field in fields(HeatMap))


def read_heat_maps(folder: Path) -> dict[str, list[HeatMap]]:
    """The heat maps of each video, as ``explain_videos`` wrote them."""
    found: dict[str, list[HeatMap]] = {}
    for number, row in enumerate(read_rows(folder / INDEX, COLUMNS), start=2):
        with errors_at_line(folder / INDEX, number):
            place = int(row["frame"]), float(row["time_s"]), float(row["p_fake"])
            one = HeatMap(row["video"], *place, row["toward"], row["crop"], row["heat"])
            found.setdefault(row["video"], []).append(one)
    return found
