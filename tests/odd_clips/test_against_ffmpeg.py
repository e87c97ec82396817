"""Two hundred odd clips: what we sample of them is what FFmpeg's own command shows."""

from __future__ import annotations

import shutil
import statistics
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from odd_clips import reference, table
from odd_clips.made import CLIPS, make
from odd_clips.table import Row
from unmask.frames.packets import Unforeseen
from unmask.frames.sample import at_rate
from unmask.frames.video import open_clip

pytestmark = pytest.mark.skipif(
    shutil.which("ffmpeg") is None, reason="needs the ffmpeg command, the yardstick here"
)

BAR = 3
"""Mean absolute difference of a frame, of 255."""

FPS = 4


@dataclass
class Read:
    """What our reading gives: seconds and pictures of sampled frames, and if all were decoded."""

    times: list[float]
    images: list[np.ndarray]
    sparing: bool


def read(path: Path, threads: int = 1) -> Read:
    """Sample a clip as the pipeline does, without the JPEGs."""
    with open_clip(path, threads=threads) as clip:
        chosen = at_rate(clip.forecast(), FPS)
        try:
            found = [(time, clip.image()) for _, time in clip.only(chosen)]
            sparing = True
        except Unforeseen:
            every = [(time, clip.image()) for _, time in clip.frames()]
            found = [every[number] for number in at_rate([time for time, _ in every], FPS)]
            sparing = False
    return Read([time for time, _ in found], [image for _, image in found], sparing)


@pytest.fixture(scope="module")
def rows():
    """What came out for each clip; when all were tried, the page with the table is written."""
    found: dict[str, Row] = {}
    yield found
    if len(found) == len(CLIPS):
        table.write(list(found.values()))


@pytest.mark.parametrize("odd", CLIPS, ids=lambda odd: odd.id)
def test_sampled_frames_are_those_that_ffmpeg_shows(tmp_path, rows, odd):
    path = make(odd, tmp_path)
    found = read(path)
    stamps, images = reference.frames(path)
    shown = at_rate(stamps, FPS)
    assert found.times == pytest.approx([stamps[number] for number in shown], abs=0.0015)
    differences = []
    for image, number in zip(found.images, shown, strict=True):
        assert image.shape == images[number].shape
        differences.append(float(np.abs(image.astype(int) - images[number]).mean()))
    worst, mean = max(differences), statistics.fmean(differences)
    rows[odd.id] = Row(odd.kind, len(differences), worst, mean, found.sparing)
    assert max(differences) <= BAR

    again = read(path, threads=2)
    assert again.times == found.times
    assert all(map(np.array_equal, again.images, found.images))
