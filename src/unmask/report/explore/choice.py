"""Which videos the pictures show. Known before any job, so that only these have to be ready."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeVar

from unmask.errors import ConfigError
from unmask.labels import CLASS_NAMES
from unmask.videos.manifest import Video

Item = TypeVar("Item")

OF_A_CLIP = ("frames.jpg", "clip.gif", "crops.jpg")


@dataclass(frozen=True)
class Choice:
    """``clips`` are shown one by one, ``sheets`` on one contact sheet a class.

    ``filmed`` names those in which faces are looked for, ``cropped`` the datasets of the others.
    """

    clips: list[str]
    sheets: dict[str, list[str]]
    filmed: list[str]
    cropped: list[str]

    @property
    def pictures(self) -> list[str]:
        """Names of the pictures, as seen from their folder."""
        sheets = [sheet_name(name) for name, videos in self.sheets.items() if videos]
        return sheets + [f"{video}/{file}" for video in self.clips for file in OF_A_CLIP]


def sheet_name(class_name: str) -> str:
    """Name of the contact sheet of a class."""
    return f"contact_{class_name}.jpg"


def choose(
    videos: Sequence[Video], cropped: Collection[str], *, shown: Sequence[str], sheet: int
) -> Choice:
    """Choose from all videos.

    Args:
        videos: in the order in which they are listed.
        cropped: names of the datasets that are crops already: they have no frames to show.
        shown: ids of the videos to show one by one; empty: the first real and the first fake one.
        sheet: how many videos of a class go on its contact sheet, spread evenly over the list.

    Raises:
        ConfigError: there is no video of an id in ``shown``, or it has no frames.
    """
    filmed = {video.id: video for video in videos if video.dataset not in cropped}
    for name in shown:
        if name not in filmed:
            raise ConfigError(
                f"explore.videos: there is no video {name!r} with frames in the datasets. "
                "results/workflow/settings/videos.csv lists all. To see the first real and the "
                "first fake one, write:\n  explore:\n    videos: []"
            )
    sheets, firsts = {}, []
    for label, name in enumerate(CLASS_NAMES):
        of_class = [video for video in videos if video.label == label]
        sheets[name] = [video.id for video in spread(of_class, sheet)]
        firsts += [video.id for video in of_class if video.id in filmed][:1]
    clips = list(dict.fromkeys(shown)) or firsts
    wanted = set(chain(clips, *sheets.values()))
    return Choice(
        clips,
        sheets,
        [name for name in filmed if name in wanted],
        sorted({v.dataset for v in videos if v.id in wanted and v.dataset in cropped}),
    )


def spread(items: Sequence[Item], count: int) -> list[Item]:
    """So many of a list, evenly spread, the first among them."""
    count = min(count, len(items))
    return [items[place * len(items) // count] for place in range(count)]
