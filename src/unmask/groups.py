"""Joining groups: names that stand for one another, directly or through others."""

from __future__ import annotations

from collections.abc import Iterable


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
