"""Which clips the demo has and how each is filmed: numbers only, nothing is made.

A group is one real clip and the fake made from it. Both have the same take: camera, backdrop,
light and noise. Group ``i`` depends on the seed and on ``i`` alone, so asking for more groups keeps
the ones there are.
"""

from __future__ import annotations

import math
import string
from dataclasses import dataclass
from random import Random

from unmask.errors import ConfigError
from unmask.labels import CLASS_NAMES

GROUPS = 24
SECONDS = 4.0
SEED = 0
REAL, FAKE = 0, 1
METADATA, MARK = "metadata.json", "demo"
"""The labels' file, and the key by which it is known for ours."""

PEOPLE = ("hopper", "collins")
BACKDROPS = ("gradient", "clouds", "curtain", "lamps", "panels")
FRAME_SIZES = ((480, 360), (480, 360), (512, 384), (560, 420))
FRAME_RATES = (24, 25, 30)
MIDDLE = {"hopper": (0.7, 1.1), "collins": (0.45, 0.85)}
DETAIL = {"hopper": (0.975, 1.035), "collins": (0.96, 1.02)}
"""Ranges of a swap's ``middle`` and ``detail`` by whose face is replaced. Chosen by measuring: with
them neither the size of a fake's file nor the share of its key frames leans to one side."""


@dataclass(frozen=True)
class Sway:
    """A number that drifts around ``center`` as the sum of two sines; time in seconds."""

    center: float
    waves: tuple[tuple[float, float, float], ...]
    """Amplitude, frequency in hertz, phase in radians of each sine."""

    def at(self, time_s: float) -> float:
        """The number at a time."""
        return self.center + sum(
            amplitude * math.sin(2 * math.pi * hertz * time_s + phase)
            for amplitude, hertz, phase in self.waves
        )


@dataclass(frozen=True)
class Take:
    """How a group is filmed. Both clips of a group share one take."""

    width: int
    height: int
    fps: int
    frames: int
    mirror: bool
    zoom: Sway
    """Distance between the eyes, as a share of the frame's height."""
    across: Sway
    """Where the point between the eyes lies, as a share of the width, and of the height."""
    down: Sway
    tilt: Sway
    """Roll in degrees."""
    yaw: Sway
    pitch: Sway
    """Turn of the portrait's plane: change of scale over one eye distance."""
    gain: Sway
    gamma: Sway
    warmth: Sway
    """Red up and blue down by this share."""
    blur: float
    """Lens blur: standard deviation in pixels."""
    noise: float
    """Sensor noise: standard deviation in gray levels of 255."""
    backdrop: str
    seed: str


@dataclass(frozen=True)
class Swap:
    """How the other's face is put in; lengths in eye distances."""

    width: float
    height: float
    feather: float
    """Width of the soft rim, as the standard deviation of a Gaussian."""
    scale: float
    turn: float
    """Degrees."""
    shift: tuple[float, float]
    color: float
    """How far the colors are matched to the face replaced: 0 not at all, 1 in full."""
    middle: float
    """Gain on the detail of middle size, such as glasses."""
    detail: float
    """Bytes of the new face relative to the old one, set by the gain on the finest detail."""


@dataclass(frozen=True)
class DemoClip:
    """One clip of the plan. ``label`` is 1 for fake, 0 for real; ``original`` is None if real.

    Its name says whose portrait is filmed, its group from 1 on, and what it is: hopper-01-fake has
    the face of the other. (The name is data of the demo alone: no network ever sees it.)
    """

    name: str
    label: int
    original: str | None
    group: int
    person: str
    """Whose portrait is filmed."""
    take: Take
    swap: Swap | None

    @property
    def file(self) -> str:
        """Its file name."""
        return f"{self.name}.mp4"


def plan_demo(
    *, groups: int = GROUPS, seconds: float = SECONDS, seed: int = SEED
) -> list[DemoClip]:
    """Plan the demo: for each group its real clip, then the fake made from it.

    Args:
        groups: number of groups, at least 1; the two portraits take turns.
        seconds: length of every clip, above 0.
        seed: any whole number; decides cameras, light, backdrops and swaps.

    Raises:
        ConfigError: a number is out of its range.
    """
    if groups < 1:
        raise ConfigError(f"groups is {groups}; the demo needs at least 1. Set `groups: {GROUPS}`.")
    if not seconds > 0:
        raise ConfigError(f"seconds is {seconds}; it must be above 0. Set `seconds: {SECONDS}`.")
    letters = Random(f"names {seed}")
    clips = []
    for group in range(groups):
        rng = Random(f"group {seed} {group}")
        noise = "".join(letters.choices(string.ascii_lowercase, k=20))[:10]
        person = PEOPLE[group % len(PEOPLE)]
        real, fake = (f"{person}-{group + 1:02d}-{name}" for name in CLASS_NAMES)
        take = _take(rng, seconds, seed=f"take {seed} {noise}")
        swap = _swap(rng, person)
        clips.append(DemoClip(real, REAL, None, group, person, take, None))
        clips.append(DemoClip(fake, FAKE, real, group, person, take, swap))
    return clips


def _take(rng: Random, seconds: float, *, seed: str) -> Take:
    width, height = rng.choice(FRAME_SIZES)
    fps = rng.choice(FRAME_RATES)
    return Take(
        width=width,
        height=height,
        fps=fps,
        frames=max(1, round(seconds * fps)),
        mirror=rng.random() < 0.5,
        zoom=_sway(rng, rng.uniform(0.170, 0.212), 0.018),
        across=_sway(rng, rng.uniform(0.44, 0.56), 0.06),
        down=_sway(rng, rng.uniform(0.42, 0.48), 0.035),
        tilt=_sway(rng, rng.uniform(-4, 4), 5.0),
        yaw=_sway(rng, 0.0, 0.035),
        pitch=_sway(rng, 0.0, 0.025),
        gain=_sway(rng, rng.uniform(0.78, 1.08), 0.08),
        gamma=_sway(rng, rng.uniform(0.85, 1.20), 0.06),
        warmth=_sway(rng, rng.uniform(-0.09, 0.09), 0.03),
        blur=rng.uniform(0.3, 0.8),
        noise=rng.uniform(3.0, 5.0),
        backdrop=rng.choice(BACKDROPS),
        seed=seed,
    )


def _swap(rng: Random, person: str) -> Swap:
    return Swap(
        width=1.9 * rng.uniform(0.95, 1.05),
        height=2.6 * rng.uniform(0.95, 1.05),
        feather=rng.uniform(0.10, 0.16),
        scale=rng.uniform(0.97, 1.03),
        turn=rng.uniform(-1.5, 1.5),
        shift=(rng.uniform(-0.02, 0.02), rng.uniform(-0.02, 0.02)),
        color=rng.uniform(0.85, 1.0),
        middle=rng.uniform(*MIDDLE[person]),
        detail=rng.uniform(*DETAIL[person]),
    )


def _sway(rng: Random, center: float, reach: float) -> Sway:
    """Drift that never leaves ``center`` by more than ``reach``."""
    slow = rng.uniform(0.5, 0.7)
    return Sway(
        center,
        tuple(
            (reach * share, rng.uniform(*hertz), rng.uniform(0, 2 * math.pi))
            for share, hertz in ((slow, (0.1, 0.25)), (1 - slow, (0.3, 0.7)))
        ),
    )
