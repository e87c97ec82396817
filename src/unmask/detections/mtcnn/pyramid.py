"""Which sizes of a frame P-Net looks at."""

from __future__ import annotations

import math

FACTOR = 0.709
"""Each level is this much smaller than the one before (about the square root of one half)."""

CELL = 12
"""Side of P-Net's window, in pixels of a level."""

FINEST = 0.6
"""Scale of the package's first level, which finds faces from 20 pixels."""

SLACK = 0.8
"""How much smaller than a face P-Net's window may be: 0.8 squared is near the overlap of 0.65
with which it was trained to say yes."""


def scales(width: int, height: int, min_face: float = 0.0) -> list[float]:
    """Return the scales of the pyramid of the ``mtcnn`` package, the largest first.

    Levels that serve only faces smaller than ``min_face`` pixels are left out. The others keep
    the package's sizes: faces that are hard to see come and go with the exact size of a level,
    and levels placed to suit ``min_face`` lost 5 of 100 faces that the package finds.
    """
    count = round(-(math.log(min(width, height) / CELL) / math.log(FACTOR) + 1))
    every = (FINEST * FACTOR**level for level in range(count))
    return [scale for scale in every if CELL / scale >= SLACK * min_face]
