"""The demo: its clips are known before they are filmed, so that a dry run shows the whole job."""

from __future__ import annotations

from pathlib import Path

from unmask.config.datasets import AnyDataset
from unmask.datasets.listing import Clip, Listing
from unmask.demo import plan_demo


def read(root: Path, settings: AnyDataset) -> Listing:
    """List the clips that the demo's settings describe, filmed or not."""
    plan = plan_demo(groups=settings.groups, seconds=settings.seconds, seed=settings.seed)
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
