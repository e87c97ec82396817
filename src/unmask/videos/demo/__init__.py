"""The demo dataset: short clips of two public-domain portraits, real and face-swapped.

Planning is pure and needs only the standard library, so a workflow may plan while it is read.
Filming imports OpenCV and the portraits, and happens inside :func:`film_demo`.

The demo proves the machinery on real faces. It is no benchmark: two people, and fakes of one kind.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from unmask.videos.demo.script import GROUPS, SECONDS, SEED, DemoClip, plan_demo

if TYPE_CHECKING:
    import numpy as np

__all__ = [
    "GROUPS",
    "SECONDS",
    "SEED",
    "DemoClip",
    "film_demo",
    "plan_demo",
    "true_box",
    "true_landmarks",
]


def film_demo(
    out_dir: Path,
    *,
    groups: int = GROUPS,
    seconds: float = SECONDS,
    seed: int = SEED,
    threads: int | None = None,
) -> list[Path]:
    """Film every planned clip into ``out_dir`` and write ``metadata.json``; see ``film.film``."""
    from unmask.videos.demo.film import film

    clips = plan_demo(groups=groups, seconds=seconds, seed=seed)
    return film(Path(out_dir), clips, threads=threads)


def true_landmarks(clip: DemoClip, frame: int) -> np.ndarray:
    """Where the five landmarks lie in a frame; see ``camera.true_landmarks``."""
    from unmask.videos.demo.camera import true_landmarks

    return true_landmarks(clip, frame)


def true_box(clip: DemoClip, frame: int) -> tuple[float, float, float, float]:
    """The face box in a frame as x, y, width, height; see ``camera.true_box``."""
    from unmask.videos.demo.camera import true_box

    return true_box(clip, frame)
