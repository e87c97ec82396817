"""Fakes without a real video in their group: how many there are, and which names look like one.

Nothing keeps such a fake and what it was made from on one side of the split, if the original is
among the videos under a name that says so otherwise.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from re import escape

from unmask.labels import FAKE, REAL
from unmask.videos.inventory import Inventory
from unmask.videos.manifest import Candidate
from unmask.videos.pairs import real_of_same_beginning, stem_of


def fakes_alone(inventory: Inventory) -> list[str]:
    """A line for each dataset that has fakes without a real video in their group.

    Where only names tell, and the names of these fakes hold those of real videos, it proposes what
    to write.
    """
    used: dict[str, list[Candidate]] = defaultdict(list)
    for video in inventory.videos:
        if not video.left_out:
            used[video.dataset].append(video)
    with_real = {video.group for videos in used.values() for video in videos if video.label == REAL}
    lines = []
    for dataset, videos in used.items():
        fakes = [video for video in videos if video.label == FAKE]
        alone = [video for video in fakes if video.group not in with_real]
        if alone and len(videos) > len(fakes):
            line = (
                f"{dataset}: {len(alone)} of {len(fakes)} fakes have no real video in their group."
            )
            if dataset in inventory.unnamed:
                line += _proposal(alone, {stem_of(v.path) for v in videos if v.label == REAL})
            lines.append(line)
    return lines


def _proposal(fakes: Iterable[Candidate], reals: Collection[str]) -> str:
    """What to write, if names of fakes hold names of real videos; empty if not."""
    names = [stem_of(video.path) for video in fakes]
    begin = {name: found[0] for name in names if (found := real_of_same_beginning(name, reals))}
    if begin:
        return _sentence(begin, "prefix")
    end = {name: real for name in names if (real := _real_of_same_end(name, reals))}
    before = Counter(name.removesuffix(real) for name, real in end.items())
    if not before:
        return ""
    beginning = before.most_common(1)[0][0]
    shown = {name: real for name, real in end.items() if name == beginning + real}
    return _sentence(shown, f"'(?:^|/)(?:{escape(beginning)})?([^/]+)$'")


def _sentence(found: dict[str, str], way: str) -> str:
    name, real = next(iter(found.items()))
    return (
        f" By their names {len(found)} may belong to one, such as {name} to {real}. If so, write:\n"
        f"  split:\n    pair_by: {way}"
    )


def _real_of_same_end(fake: str, reals: Collection[str]) -> str:
    """The longest name among ``reals`` with which the name of a fake ends after a sign."""
    starts = (place + 1 for place, char in enumerate(fake) if not char.isalnum())
    return next((fake[place:] for place in starts if fake[place:] in reals), "")
