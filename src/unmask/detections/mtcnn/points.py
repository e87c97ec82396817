"""The five points of a face whose place is known: MTCNN's last network, asked alone."""

from __future__ import annotations

import numpy as np

from unmask.detections.detector import make_face
from unmask.detections.index import Face
from unmask.detections.mtcnn import boxes
from unmask.detections.mtcnn.cascade import View
from unmask.detections.mtcnn.networks import Networks
from unmask.disk.records import Box

LEAST = 0.5
"""O-Net's score below which there is no face. On real clips, Haar boxes that MTCNN confirms have
0.93 and more in 95 of 100 cases; what is no face has hundredths."""

_DOWN = 0.05
"""Boxes of the Haar cascade lie a little too high for O-Net."""

_ROUNDS = 2
"""O-Net corrects the box that it is given; asked again about that, it places the points better: off
by 2.2 hundredths of the eye distance in the median, by 10 in the worst of 50."""


class FivePoints:
    """Finds the landmarks in a given box.

    Args:
        device: ``auto``, ``cpu`` or ``gpu``.
        threads: CPU threads of the network.
    """

    def __init__(self, *, device: str = "cpu", threads: int = 1) -> None:
        self._networks = Networks(device=device, threads=threads)
        self.version = self._networks.version

    def find(self, view: View, box: Box) -> Face | None:
        """The face in a box, in pixels of the frame, with its five points; None if there is none.

        Its own box is where O-Net would have it, and its confidence is O-Net's score.
        """
        x, y, width, height = box
        half = max(width, height) / 2
        right, down = x + width / 2, y + height / 2 + 2 * half * _DOWN
        square = np.array([[right - half, down - half, right + half, down + half]])
        for _ in range(_ROUNDS):
            scores, offsets, shares = self._networks.finish(view.windows(square, 48))
            points = boxes.place(shares, square)[0]
            moved = boxes.move(square, offsets)
            square = boxes.square(moved)
        return make_face(moved[0], scores[0], points) if scores[0] >= LEAST else None
