"""The camera: moves over a still, in changing light, with sensor noise.

Whatever it does depends on the take alone, so the clips of one group differ only where their
stills do.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from unmask.videos.demo.backdrop import MARGIN, paint
from unmask.videos.demo.portraits import BETWEEN_EYES, EYES, still
from unmask.videos.demo.script import DemoClip, Take

NOISE_PLAY = 64
"""The noise of a take is one plate, cut anew for every frame with this much play in pixels."""
FOLLOW = 0.4
"""How much of the person's movement the backdrop shows: it is farther away."""


def shoot(take: Take, images: list[np.ndarray], matte: np.ndarray) -> Iterator[list[np.ndarray]]:
    """Film several stills of one take side by side, frame by frame.

    Args:
        take: camera, light, noise and backdrop.
        images: stills, uint8 BGR (SIDE, SIDE, 3).
        matte: their common cut-out, uint8 (SIDE, SIDE).

    Yields:
        For every frame the pictures of ``images``, uint8 BGR (height, width, 3).
    """
    rng = np.random.default_rng(list(take.seed.encode()))
    backdrop = paint(take.backdrop, take.width, take.height, rng)
    plate = _noise_plate(take, rng)
    size = (take.width, take.height)
    for frame in range(take.frames):
        to_frame = placement(take, frame)
        behind = cv2.warpAffine(
            backdrop, _backdrop_placement(take, frame), size, borderMode=cv2.BORDER_REFLECT
        )
        person = cv2.warpPerspective(matte, to_frame, size) * np.float32(1 / 255)
        rest = 1 - person
        curve = _tone_curve(take, frame)
        noise = _noise(plate, take, rng)
        pictures = []
        for image in images:
            front = cv2.warpPerspective(image, to_frame, size, borderMode=cv2.BORDER_REPLICATE)
            picture = cv2.blendLinear(front, behind, person, rest)
            picture = cv2.GaussianBlur(picture, (3, 3), take.blur)
            pictures.append(cv2.add(cv2.LUT(picture, curve), noise, dtype=cv2.CV_8U))
        yield pictures


def placement(take: Take, frame: int) -> np.ndarray:
    """The homography (3, 3) from a still's pixels to those of a frame."""
    time_s = frame / take.fps
    tilt = np.radians(take.tilt.at(time_s))
    scale = take.zoom.at(time_s) * take.height / EYES
    cos, sin = scale * np.cos(tilt), scale * np.sin(tilt)
    flip = -1 if take.mirror else 1
    x, y = BETWEEN_EYES
    to_eyes = np.array([[1, 0, -x], [0, 1, -y], [0, 0, 1]])
    turn = np.array(
        [[1, 0, 0], [0, 1, 0], [take.yaw.at(time_s) / EYES, take.pitch.at(time_s) / EYES, 1]]
    )
    to_frame = np.array(
        [
            [cos * flip, -sin, take.across.at(time_s) * take.width],
            [sin * flip, cos, take.down.at(time_s) * take.height],
            [0, 0, 1],
        ]
    )
    return to_frame @ turn @ to_eyes


def true_landmarks(clip: DemoClip, frame: int) -> np.ndarray:
    """Where the five landmarks lie in a frame: float64 (5, 2), left and right as seen.

    They are those of the person filmed. The face in a fake is fitted to them as well as two unlike
    faces allow: its own lie up to a sixth of an eye distance off.
    """
    points = project(placement(clip.take, frame), still(clip.person).landmarks)
    return points[[1, 0, 2, 4, 3]] if clip.take.mirror else points


def true_box(clip: DemoClip, frame: int) -> tuple[float, float, float, float]:
    """The upright box around the face in a frame: x, y, width, height in pixels.

    It is the box a detector finds on the portrait, moved as the camera moves; the same for a real
    clip and its fake.
    """
    corners = project(placement(clip.take, frame), still(clip.person).box)
    # The middles of the four sides: a tilted box does not grow by its corners.
    middles = (corners + np.roll(corners, -1, axis=0)) / 2
    (x0, y0), (x1, y1) = middles.min(axis=0), middles.max(axis=0)
    return float(x0), float(y0), float(x1 - x0), float(y1 - y0)


def project(homography: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Points (n, 2) mapped by a homography (3, 3)."""
    return cv2.perspectiveTransform(points.reshape(-1, 1, 2), homography).reshape(-1, 2)


def _backdrop_placement(take: Take, frame: int) -> np.ndarray:
    """The 2x3 map from the backdrop's pixels to a frame's; it follows the person, but less."""
    time_s = frame / take.fps
    zoom = 1 + FOLLOW * (take.zoom.at(time_s) / take.zoom.center - 1)
    tilt = FOLLOW * take.tilt.at(time_s)
    move: np.ndarray = cv2.getRotationMatrix2D(
        (take.width * MARGIN / 2, take.height * MARGIN / 2), -tilt, zoom
    )
    across = 0.5 - MARGIN / 2 + FOLLOW * (take.across.at(time_s) - 0.5)
    down = 0.5 - MARGIN / 2 + FOLLOW * (take.down.at(time_s) - 0.5)
    move[:, 2] += (across * take.width, down * take.height)
    return move


def _tone_curve(take: Take, frame: int) -> np.ndarray:
    """Gain, gamma and color temperature as one lookup table: uint8 (1, 256, 3), BGR."""
    time_s = frame / take.fps
    warmth = take.warmth.at(time_s)
    gains = take.gain.at(time_s) * np.array([1 - warmth, 1, 1 + warmth])
    levels = (np.arange(256) / 255) ** take.gamma.at(time_s)
    curve = 255 * levels[:, np.newaxis] * gains
    return np.rint(curve).clip(0, 255).astype(np.uint8)[np.newaxis]


def _noise_plate(take: Take, rng: np.random.Generator) -> np.ndarray:
    """Sensor noise, int16: three parts common to the channels, two parts each its own."""
    shape = (take.height + NOISE_PLAY, take.width + NOISE_PLAY)
    common = rng.standard_normal((*shape, 1), np.float32)
    own = rng.standard_normal((*shape, 3), np.float32)
    return np.rint(take.noise * (0.83 * common + 0.55 * own)).astype(np.int16)


def _noise(plate: np.ndarray, take: Take, rng: np.random.Generator) -> np.ndarray:
    x, y = rng.integers(NOISE_PLAY, size=2)
    return plate[y : y + take.height, x : x + take.width]
