"""Joining groups: names that stand for one another, directly or through others."""

from __future__ import annotations

from collections.abc import Iterable

from unmask.videos.manifest import Candidate


class Groups:
    """Disjoint sets of names."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}

    def join(self, names: Iterable[str]) -> None:
        """Make one set of all sets that hold one of ``names``."""
        first, *others = names
        for name in others:
            self._parent[self._root(name)] = self._root(first)

    def canonical(self, names: Iterable[str]) -> dict[str, str]:
        """For each of ``names`` the first, by the alphabet, of those in its set."""
        names = list(names)
        least: dict[str, str] = {}
        for name in names:
            root = self._root(name)
            least[root] = min(least.get(root, name), name)
        return {name: least[self._root(name)] for name in names}

    def _root(self, name: str) -> str:
        parent = self._parent
        while parent.setdefault(name, name) != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name


def rename_groups(videos: Iterable[Candidate], joined: Iterable[Iterable[str]]) -> None:
    """Give all videos whose groups are ``joined`` the name of the first of these groups."""
    groups = Groups()
    for names in joined:
        groups.join(names)
    videos = list(videos)
    first = groups.canonical(name for v in videos for name in (v.group, v.donor) if name)
    for video in videos:
        video.group, video.donor = first[video.group], first.get(video.donor, "")
