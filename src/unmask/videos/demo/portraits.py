"""The two portraits, cut out, at one scale.

Grace Hopper (official US Navy portrait, in matplotlib's sample data) and Eileen Collins (official
NASA portrait, in scikit-image) are in the public domain and come inside packages we depend on.
Landmarks and boxes were measured once with the ``mtcnn`` package, outlines were traced by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from unmask.videos.demo.script import PEOPLE

EYES = 64.0
"""Distance between the eyes in a still, in pixels."""
COARSE_EYES = 41.0
"""The same in the coarser portrait. Both are brought to its sharpness, or sharpness alone would
give a swapped face away."""
SIDE = 640
"""Width and height of a still."""
BETWEEN_EYES = (320.0, 230.0)
"""Where the point between the eyes lies in a still."""


@dataclass(frozen=True)
class Portrait:
    """A portrait as it comes: how to read it, and what was measured on it, in its pixels."""

    read: Callable[[], np.ndarray]
    landmarks: tuple[tuple[int, int], ...]
    """In the order of ``records.LANDMARKS``."""
    box: tuple[int, int, int, int]
    """The face box: x, y, width, height."""
    outline: tuple[tuple[int, int], ...]
    """The person, from the bottom edge around to the bottom edge."""


@dataclass(frozen=True)
class Still:
    """A portrait ready to be filmed: SIDE x SIDE pixels, EYES between the eyes."""

    image: np.ndarray
    """uint8 BGR, (SIDE, SIDE, 3); outside the person it shows the portrait's own background."""
    matte: np.ndarray
    """uint8 (SIDE, SIDE), 255 on the person, 0 off it, soft at the edge."""
    landmarks: np.ndarray
    """float64 (5, 2)."""
    box: np.ndarray
    """float64 (4, 2): the corners of the face box, clockwise from the top left."""


def _read_hopper() -> np.ndarray:
    from matplotlib import cbook

    return cv2.imread(  # type: ignore[return-value]  # it is there, as Matplotlib brings it
        str(cbook.get_sample_data("grace_hopper.jpg", asfileobj=False))
    )


def _read_collins() -> np.ndarray:
    from skimage import data

    return np.ascontiguousarray(data.astronaut()[:, :, ::-1])


# fmt: off
PORTRAITS = {
    "hopper": Portrait(
        read=_read_hopper,
        landmarks=((220, 190), (308, 186), (268, 237), (232, 277), (304, 273)),
        box=(178, 110, 173, 220),
        outline=(
            (11, 600), (16, 540), (24, 465), (28, 432), (38, 405), (46, 385), (62, 377), (80, 370),
            (100, 362), (130, 355), (150, 348), (170, 341), (185, 333), (195, 322), (203, 311),
            (203, 301), (185, 294), (170, 285), (162, 268), (160, 245), (157, 225), (153, 205),
            (153, 192), (149, 186), (147, 160), (147, 130), (150, 105), (160, 93), (172, 86),
            (174, 80), (177, 70), (185, 58), (195, 48), (207, 42), (217, 40), (222, 33), (235, 25),
            (250, 22), (265, 23), (280, 26), (293, 33), (301, 41), (315, 46), (330, 54), (343, 68),
            (350, 80), (353, 87), (362, 86), (367, 93), (368, 110), (369, 130), (371, 145),
            (369, 165), (367, 180), (373, 188), (376, 200), (374, 215), (369, 235), (364, 252),
            (361, 265), (359, 285), (352, 298), (343, 305), (333, 308), (330, 312), (335, 318),
            (350, 329), (365, 338), (395, 350), (425, 362), (455, 370), (480, 380), (490, 385),
            (495, 393), (500, 410), (506, 430), (512, 450), (512, 600),
        ),
    ),
    "collins": Portrait(
        read=_read_collins,
        landmarks=((204, 100), (245, 102), (224, 126), (202, 139), (244, 140)),
        box=(182, 64, 83, 107),
        outline=(
            (42, 512), (38, 500), (30, 480), (26, 450), (22, 430), (20, 400), (24, 380), (27, 340),
            (34, 320), (42, 300), (50, 270), (60, 256), (78, 239), (93, 222), (112, 206),
            (115, 196), (113, 188), (119, 184), (122, 180), (128, 168), (138, 158), (150, 152),
            (165, 148), (183, 149), (182, 133), (178, 131), (172, 124), (170, 118), (166, 114),
            (157, 103), (154, 90), (153, 75), (154, 62), (160, 53), (170, 43), (180, 38), (188, 35),
            (192, 28), (203, 22), (217, 18), (230, 15), (243, 18), (257, 23), (272, 33), (283, 39),
            (291, 50), (297, 62), (300, 75), (301, 88), (299, 98), (294, 110), (285, 120),
            (277, 127), (275, 133), (269, 136), (267, 140), (264, 155), (258, 162), (256, 174),
            (262, 178), (275, 188), (288, 201), (298, 218), (303, 232), (325, 245), (337, 255),
            (347, 275), (352, 290), (357, 310), (361, 330), (363, 348), (375, 345), (395, 343),
            (420, 346), (440, 353), (460, 365), (475, 380), (487, 400), (494, 425), (497, 455),
            (503, 462), (508, 480), (505, 500), (500, 512),
        ),
    ),
}
# fmt: on


@cache
def still(person: str) -> Still:
    """The still of ``person``, one of ``PEOPLE``; read once, and not to be written to."""
    portrait = PORTRAITS[person]
    image = portrait.read()
    landmarks = np.array(portrait.landmarks, float)
    to_still = _upright(landmarks)
    x, y, width, height = portrait.box
    corners = np.array([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], float)
    made = Still(
        image=_resample(image, to_still),
        matte=_matte(image.shape[:2], portrait.outline, to_still),
        landmarks=landmarks @ to_still[:, :2].T + to_still[:, 2],
        box=corners @ to_still[:, :2].T + to_still[:, 2],
    )
    for array in (made.image, made.matte, made.landmarks, made.box):
        array.setflags(write=False)
    return made


def _upright(landmarks: np.ndarray) -> np.ndarray:
    """The 2x3 map that scales a portrait and moves its eyes to their place in a still."""
    left, right = landmarks[:2]
    scale = EYES / np.hypot(*(right - left))
    offset = np.array(BETWEEN_EYES) - scale * (left + right) / 2
    return np.array([[scale, 0, offset[0]], [0, scale, offset[1]]])


def _resample(image: np.ndarray, to_still: np.ndarray) -> np.ndarray:
    """The image in a still's pixels, made no sharper than the coarser portrait allows."""
    shrink = COARSE_EYES / EYES * to_still[0, 0]
    if shrink < 0.99:
        height, width = image.shape[:2]
        image = cv2.resize(
            image, (round(width * shrink), round(height * shrink)), interpolation=cv2.INTER_AREA
        )
        x, y = width / image.shape[1], height / image.shape[0]
        # Pixel centers lie at whole numbers: 0 of the small image is x / 2 - 1 / 2 of the large.
        enlarge = np.array([[x, 0, x / 2 - 0.5], [0, y, y / 2 - 0.5], [0, 0, 1]])
        to_still = to_still @ enlarge
    return cv2.warpAffine(
        image, to_still, (SIDE, SIDE), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )


def _matte(
    shape: tuple[int, int], outline: tuple[tuple[int, int], ...], to_still: np.ndarray
) -> np.ndarray:
    matte: np.ndarray = np.zeros(shape, np.uint8)
    cv2.fillPoly(matte, [np.array(outline, np.int32)], 255)
    # Off the person on both sides. Below, the border is replicated: there the body goes on.
    matte = cv2.copyMakeBorder(matte, 0, 0, 1, 1, cv2.BORDER_CONSTANT, value=0)
    shifted = to_still.copy()
    shifted[0, 2] -= to_still[0, 0]
    matte = cv2.warpAffine(
        matte, shifted, (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    # Two pixels inside the outline, so that little of the old background shows at the edge.
    return cv2.GaussianBlur(cv2.erode(matte, np.ones((5, 5))), (0, 0), 1.3)


def other(person: str) -> str:
    """Whose face a fake of ``person`` shows."""
    return PEOPLE[1 - PEOPLE.index(person)]
