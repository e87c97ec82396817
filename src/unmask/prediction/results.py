"""What a model makes of a file: plain data, for every form of output."""

from __future__ import annotations

from dataclasses import dataclass, field

from unmask.disk.records import Box
from unmask.evaluation.scores import FrameScore


@dataclass(frozen=True, slots=True)
class FaceScore:
    """One face in one sampled frame: its track, its box in the sampled frame, ``p_fake`` 0..1."""

    frame: int
    time_s: float
    track: int
    box: Box
    confidence: float
    p_fake: float


@dataclass(frozen=True, slots=True)
class Track:
    """One person in a file, as in a table of tracks; ``p_low`` and ``p_high`` may be None."""

    track: int
    start_s: float
    end_s: float
    n_faces: int
    p_fake: float
    p_low: float | None
    p_high: float | None
    verdict: str


@dataclass(frozen=True)
class Heat:
    """A frame that stands out: its crop and the crop's heat map, as data URIs.

    ``share`` of the heat lies on the face's box, which covers ``area`` of the crop.
    """

    frame: int
    time_s: float
    p_fake: float
    crop: str
    heat: str
    share: float
    area: float


@dataclass(frozen=True)
class Thumbnail:
    """A sampled frame as a data URI; ``p_fake`` is None where no face was found in it."""

    frame: int
    time_s: float
    p_fake: float | None
    image: str


@dataclass
class Pictures:
    """What a page shows of a file beside its numbers. ``no_heat`` says why there are no maps."""

    thumbnails: list[Thumbnail] = field(default_factory=list)
    most: list[Heat] = field(default_factory=list)
    least: list[Heat] = field(default_factory=list)
    no_heat: str = ""


@dataclass
class Prediction:
    """What a model makes of one file.

    ``p_fake`` in 0..1 and ``verdict`` (``real`` or ``fake``) are None where the file could not be
    scored; ``reason`` then says why. ``p_low`` and ``p_high`` are its interval, see
    :mod:`unmask.evaluation.uncertainty`; ``decided`` tells whether all of it lies on one side of
    the threshold and the score outside of the model's undecided range, None where there is
    neither. ``why_undecided`` says what is not so. ``coverage`` is the share of the sampled frames
    in which a face was found; ``frames`` holds the score of each of those, ``tracks`` that of each
    person, ``faces`` that of each face. ``sampled`` has number and time of every sampled frame;
    ``width`` is that of the frames that the boxes of faces refer to. ``left_out`` marks what lies
    in a folder and is no video or image: nobody asked for a score of it.
    """

    file: str
    p_fake: float | None = None
    p_low: float | None = None
    p_high: float | None = None
    verdict: str | None = None
    decided: bool | None = None
    n_faces: int = 0
    coverage: float = 0.0
    why_undecided: str = ""
    reason: str = ""
    frames: list[FrameScore] = field(default_factory=list)
    tracks: list[Track] = field(default_factory=list)
    faces: list[FaceScore] = field(default_factory=list)
    sampled: list[tuple[int, float]] = field(default_factory=list)
    width: int = 0
    left_out: bool = False
    pictures: Pictures | None = None

    @property
    def scored(self) -> bool:
        """Whether there is a score."""
        return self.p_fake is not None

    @property
    def interval(self) -> tuple[float, float] | None:
        """``p_low`` and ``p_high``, or None."""
        if self.p_low is None or self.p_high is None:
            return None
        return self.p_low, self.p_high
