"""Files with the same content: one video under several names.

Fingerprints are samples, so where two agree the whole files are compared, by a digest of all bytes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import file_digest
from pathlib import Path

from unmask.disk.foreign import open_regular
from unmask.errors import DatasetError
from unmask.labels import CLASS_NAMES
from unmask.videos.groups import rename_groups
from unmask.videos.left_out import SAME
from unmask.videos.manifest import Candidate
from unmask.videos.split import narrowest


def content_digest(path: Path) -> str:
    """A digest of all bytes of a file; empty if there are none."""
    if not path.stat().st_size:
        return ""
    with open_regular(path) as file:
        return file_digest(file, "sha256").hexdigest()


def take_one_of_each(
    videos: Sequence[Candidate],
    fingerprints: Mapping[str, str],
    digests: Callable[[Iterable[str]], Mapping[str, str]],
) -> None:
    """Use a video that is there several times once, and make one group of its groups.

    Args:
        videos: of all datasets. All but the first of a content are marked as left out.
        fingerprints: of each file, by its path; files without one are not looked at.
        digests: gives the digests of the whole contents of files; asked only for those whose
            fingerprints agree. A file without any content has none.

    Raises:
        DatasetError: a content is in both classes, or in two splits of the datasets' own.
    """
    alike = _sets(videos, fingerprints)
    if not alike:
        return
    whole = digests(video.path for one in alike for video in one)
    copies = _sets([video for one in alike for video in one], whole)
    _refuse(copies, lambda video: CLASS_NAMES[video.label], "both real and fake")
    _refuse(copies, lambda video: video.split, "in two splits of their own")
    for first, *others in copies:
        first.split = narrowest([video.split for video in (first, *others)])
        for video in others:
            video.left_out = f"{SAME}{first.path}"
    rename_groups(videos, ([video.group for video in one] for one in copies))


def _sets(videos: Iterable[Candidate], known: Mapping[str, str]) -> list[list[Candidate]]:
    """Videos of which the same is known, as far as several are."""
    found: dict[str, list[Candidate]] = defaultdict(list)
    for video in videos:
        if known.get(video.path) and not video.left_out:
            found[known[video.path]].append(video)
    return [one for one in found.values() if len(one) > 1]


def _refuse(copies: Iterable[list[Candidate]], side: Callable[[Candidate], str], what: str) -> None:
    """Stop where copies of one content are on different sides."""
    found = []
    for one in copies:
        by_side = {side(video): video for video in reversed(one) if side(video)}
        if len(by_side) > 1 and narrowest(by_side) == "":
            found.append(by_side)
    if not found:
        return
    named = "".join(
        "\n  " + " and ".join(sorted(f"{video.path} ({side})" for side, video in by_side.items()))
        for by_side in found[:5]
    )
    raise DatasetError(
        f"{len(found)} videos are there several times, with the same content, and are {what}:"
        f"{named}\nDelete the wrong files, or take them out of `datasets:`."
    )
