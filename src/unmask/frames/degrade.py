"""What videos go through on their way: coded anew, shrunk, blurred, noisy.

Done to a video or its frames before faces are looked for, to see what a detector makes of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from unmask.frames.images import read_image, write_jpeg
from unmask.frames.index import FrameIndex
from unmask.frames.video import open_clip

_TICK = 90_000
_BASE = Fraction(1, _TICK)
_QUALITY = 95


def _shrunk(image: np.ndarray, share: float, number: int) -> np.ndarray:
    return cv2.resize(image, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)


def _blurred(image: np.ndarray, sigma: float, number: int) -> np.ndarray:
    return cv2.GaussianBlur(image, (0, 0), sigma)


def _noisy(image: np.ndarray, level: float, number: int) -> np.ndarray:
    noise = np.random.default_rng(number).normal(0, 255 * level, image.shape)
    return np.clip(np.round(image + noise), 0, 255).astype(np.uint8)


OF_FRAMES: dict[str, Callable[[np.ndarray, float, int], np.ndarray]] = {
    "shrink": _shrunk,
    "blur": _blurred,
    "noise": _noisy,
}
CODED = "h264"


@dataclass(frozen=True)
class Degradation:
    """One kind of loss and how much of it, as in ``h264-40`` or ``shrink-0.5``.

    ``amount``: H.264's CRF, a share of the side, a sigma in pixels, or one as a share of the range.
    """

    kind: str
    amount: float

    @classmethod
    def parse(cls, name: str) -> Degradation:
        """Read its name, which the settings have checked."""
        kind, _, amount = name.partition("-")
        return cls(kind, float(amount))

    def of_video(self, path: Path, folder: Path) -> Path:
        """The video to sample: one coded anew in ``folder``, or the file as it is."""
        if self.kind != CODED:
            return path
        folder.mkdir(parents=True, exist_ok=True)
        coded = folder / "coded.mp4"
        _code(path, coded, self.amount)
        return coded

    def of_frames(self, frames: FrameIndex, folder: Path) -> None:
        """Change the sampled frames in ``folder``, which are JPEGs."""
        if self.kind not in OF_FRAMES:
            return
        for frame in frames.frames:
            image = read_image(folder / frame.file)
            changed = OF_FRAMES[self.kind](image, self.amount, frame.frame)
            write_jpeg(folder / frame.file, changed, _QUALITY)
            frames.height, frames.width = changed.shape[:2]


def _code(source: Path, target: Path, crf: float) -> None:
    """Code a video as H.264 with its times; of odd sides the last row or column is lost.

    Raises:
        UnreadableMedia: it cannot be read.
    """
    with open_clip(source) as clip, av.open(str(target), "w") as file:
        stream = file.add_stream(
            "libx264", rate=25, options={"crf": f"{crf:g}", "preset": "medium", "threads": "1"}
        )
        stream.pix_fmt = "yuv420p"
        for number, time in clip.frames():
            image = clip.image()
            height, width = (side - side % 2 for side in image.shape[:2])
            if not number:
                stream.width, stream.height = width, height
                stream.codec_context.time_base = stream.time_base = _BASE
            frame = av.VideoFrame.from_ndarray(
                np.ascontiguousarray(image[:height, :width]), format="bgr24"
            )
            frame.pts, frame.time_base = round(time * _TICK), _BASE
            file.mux(stream.encode(frame))
        file.mux(stream.encode())
