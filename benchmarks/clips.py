"""The clips that the benchmarks measure: those they are given, else the demo's."""

from __future__ import annotations

from pathlib import Path

SUFFIXES = (".mp4", ".avi", ".mov", ".mkv", ".webm", ".jpg", ".jpeg", ".png")


def clips(media: list[Path], folder: Path) -> list[Path]:
    """Files and what is in folders, or clips of the demo, filmed into ``folder``."""
    found = [p for m in media for p in (sorted(m.rglob("*")) if m.is_dir() else [m])]
    return [path.resolve() for path in found if path.suffix.lower() in SUFFIXES] or demo(folder)


def demo(folder: Path) -> list[Path]:
    from unmask.videos.demo import film_demo

    return [path for path in film_demo(folder, groups=4, seconds=4.0) if path.suffix == ".mp4"]
