"""The frames of a video that stand out, and a few that stand for all."""

from __future__ import annotations

from collections.abc import Sequence

from unmask.evaluation.scores import FrameScore


def standouts(
    frames: Sequence[FrameScore], count: int
) -> tuple[list[FrameScore], list[FrameScore]]:
    """Up to ``count`` frames with the highest scores, and as many with the lowest.

    No frame is in both. A single frame is its own most suspicious one. Of equals the earlier comes
    first.
    """
    count = min(count, max(1, len(frames) // 2))
    most = sorted(frames, key=lambda frame: (-frame.p_fake, frame.frame))[:count]
    rest = [frame for frame in frames if frame not in most]
    return most, sorted(rest, key=lambda frame: (frame.p_fake, frame.frame))[:count]


def evenly(length: int, count: int) -> list[int]:
    """Up to ``count`` different positions in 0..length-1, evenly spread, both ends among them."""
    if length <= count:
        return list(range(length))
    if count == 1:
        return [0]
    return [round(number * (length - 1) / (count - 1)) for number in range(count)]
