"""The demo: its clips are known before they are filmed, so that a dry run shows the whole job."""

from __future__ import annotations

from pathlib import Path

from unmask.config.datasets import Demo
from unmask.errors import DatasetError
from unmask.videos.demo import plan_demo
from unmask.videos.demo.script import MARK, METADATA
from unmask.videos.readers.listing import Clip, Listing, find_media


def read(root: Path, settings: Demo) -> Listing:
    """List the clips that the demo's settings describe, filmed or not."""
    plan = plan_demo(groups=settings.groups, seconds=settings.seconds, seed=settings.seed)
    _refuse_foreign(root, settings, {clip.file for clip in plan})
    clips = [
        Clip(
            path=clip.file,
            name=clip.name,
            label=clip.label,
            group=clip.original or clip.name,
            method="swap" if clip.label else "",
        )
        for clip in plan
    ]
    return Listing(namespace=settings.name, clips=clips)


def _refuse_foreign(root: Path, settings: Demo, planned: set[str]) -> None:
    """Stop before clips are filmed among, or over, what somebody else put there."""
    path = root / METADATA
    if path.is_file():
        ours = f'"{MARK}"' in path.read_text("utf-8", errors="replace")
    else:
        ours = planned.issuperset(find_media(root).media)
    if not ours:
        raise DatasetError(
            f"Dataset '{settings.name}': {settings.root} holds other videos, and the demo would be "
            "filmed over them. For your own videos write `kind: folders` or `kind: dfdc`, for the "
            "demo another `root:`."
        )
