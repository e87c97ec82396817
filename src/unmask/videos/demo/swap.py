"""The face swap: the other portrait's face, aligned, color-matched and blended in.

The classic landmark swap: a similarity transform fitted to five landmarks (Umeyama, "Least-squares
estimation of transformation parameters between two point patterns", 1991), mean and spread of each
channel matched in LAB (Reinhard et al., "Color transfer between images", 2001), and a feathered
ellipse as the blending mask.
"""

from __future__ import annotations

import cv2
import numpy as np

from unmask.videos.demo.detail import match_detail
from unmask.videos.demo.portraits import EYES, SIDE, Still
from unmask.videos.demo.script import Swap, Take

SPREAD_LIMITS = (0.6, 1.6)
"""By how much a channel's spread may be scaled: a full match of unlike faces looks garish."""


def swapped(still: Still, donor: Still, swap: Swap, take: Take) -> np.ndarray:
    """The still's image with the donor's face in it: uint8 BGR (SIDE, SIDE, 3).

    Where :func:`blend_mask` is 0 the pixels are those of ``still.image``. The take is the one the
    still will be filmed in; see :mod:`unmask.videos.demo.detail`.
    """
    move = _nudged(similarity(donor.landmarks, still.landmarks), still, swap)
    face = cv2.warpAffine(
        donor.image, move, (SIDE, SIDE), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    mask = blend_mask(still, swap)
    rows, columns = _bounds(mask)
    weight, mine = mask[rows, columns], still.image[rows, columns]
    theirs = _matched(face[rows, columns], mine, weight > 0.5, swap.color)
    mixed = mine + weight[..., np.newaxis] * (theirs - mine)
    mixed = np.rint(mixed).clip(0, 255).astype(np.uint8)
    result = still.image.copy()
    result[rows, columns] = match_detail(mixed, mine, weight, swap, take)
    return result


def blend_mask(still: Still, swap: Swap) -> np.ndarray:
    """How much of the donor shows: float32 (SIDE, SIDE) in 0..1, exactly 0 off the face."""
    left, right = still.landmarks[:2]
    angle = np.degrees(np.arctan2(*(right - left)[::-1]))
    rim = swap.feather * EYES
    mask: np.ndarray = np.zeros((SIDE, SIDE), np.float32)
    center = tuple(map(float, still.landmarks.mean(axis=0)))
    # The ellipse's border is the middle of the soft rim.
    size = (swap.width * EYES - rim, swap.height * EYES - rim)
    cv2.ellipse(mask, (center, size, float(angle)), 1.0, -1)
    mask = cv2.GaussianBlur(mask, (0, 0), rim)
    mask[mask < 0.01] = 0
    return mask


def similarity(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The 2x3 scale, rotation and shift that brings points (n, 2) closest to others (n, 2)."""
    from_center, to_center = source.mean(axis=0), target.mean(axis=0)
    a, b = (source - from_center) @ (1, 1j), (target - to_center) @ (1, 1j)
    factor = np.vdot(a, b) / np.vdot(a, a)
    linear = np.array([[factor.real, -factor.imag], [factor.imag, factor.real]])
    return np.column_stack([linear, to_center - linear @ from_center])


def _nudged(move: np.ndarray, still: Still, swap: Swap) -> np.ndarray:
    """A little off, as no swap fits exactly, and each a little differently."""
    center = tuple(map(float, still.landmarks.mean(axis=0)))
    nudge: np.ndarray = cv2.getRotationMatrix2D(center, swap.turn, swap.scale)
    nudge[:, 2] += np.array(swap.shift) * EYES
    return nudge @ np.vstack([move, (0, 0, 1)])


def _matched(image: np.ndarray, like: np.ndarray, where: np.ndarray, strength: float) -> np.ndarray:
    """``image`` with the mean and spread of ``like`` in LAB, measured at ``where``."""
    lab, target = (
        cv2.cvtColor(each.astype(np.float32) / 255, cv2.COLOR_BGR2LAB) for each in (image, like)
    )
    mean, spread = lab[where].mean(axis=0), lab[where].std(axis=0)
    ratio = np.clip(target[where].std(axis=0) / spread, *SPREAD_LIMITS)
    matched = (lab - mean) * ratio + target[where].mean(axis=0)
    lab += np.float32(strength) * (matched - lab)
    return cv2.cvtColor(lab.astype(np.float32), cv2.COLOR_LAB2BGR) * 255


def _bounds(mask: np.ndarray) -> tuple[slice, slice]:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
