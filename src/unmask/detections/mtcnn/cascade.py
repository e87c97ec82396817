"""MTCNN: three networks in a row, each judging what the one before let through.

Zhang, Zhang, Li and Qiao 2016, Joint Face Detection and Alignment Using Multitask Cascaded
Convolutional Networks (arXiv:1604.02878). Weights, thresholds and arithmetic are those of the
``mtcnn`` package 1.0; what differs is where the pixels come from:

``fast``      the frame is read no larger than the smallest face asked for needs, and the
              pyramid starts at that size. Boxes keep the part beyond the border.
``fidelity``  the frame is read in full and the pyramid starts at 20 pixels. Boxes are cut off
              at the border and, with the landmarks, rounded to whole pixels, as in the package.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np

from unmask.detections import detector
from unmask.detections.index import Face
from unmask.detections.mtcnn import boxes, pyramid, resample
from unmask.detections.mtcnn.boxes import Over
from unmask.detections.mtcnn.networks import Networks

THRESHOLDS = (0.6, 0.7, 0.8)
"""Scores above which P-Net, R-Net and O-Net let a face through; the paper's O-Net takes 0.7."""

LEVEL_OVERLAP, FRAME_OVERLAP, REFINED_OVERLAP, FINAL_OVERLAP = 0.5, 0.7, 0.7, 0.7
"""Overlaps above which the weaker of two boxes goes, in the order in which they are applied."""

TOLERANCE = 0.95
"""Boxes are a few percent smaller or larger from one frame to the next: a face counts from this
share of the smallest size on."""


@dataclass
class Candidates:
    """Boxes (n, 4), their scores (n,), and landmarks (n, 5, 2) once O-Net has seen them."""

    boxes: np.ndarray
    scores: np.ndarray
    landmarks: np.ndarray

    def __getitem__(self, index: np.ndarray) -> Self:
        return type(self)(self.boxes[index], self.scores[index], self.landmarks[index])

    def above(self, threshold: float) -> Self:
        """Keep what scores above the threshold."""
        return self[self.scores > threshold]

    def best(self, overlap: float, over: Over = "union") -> Self:
        """Keep the best, in order, of what overlaps more than this."""
        ordered = self[boxes.by_score(self.scores)]
        return ordered[boxes.suppress(ordered.boxes, overlap, over=over)]


@dataclass
class View:
    """A frame of width and height ``size``, as an image ``reduction`` times smaller."""

    image: np.ndarray
    size: tuple[int, int]
    reduction: int = 1

    def windows(self, squares: np.ndarray, side: int) -> np.ndarray:
        """Cut out squares, (n, 4) in pixels of the frame, as float32 (n, side, side, 3)."""
        return resample.cut(self.image, squares, side, self.size, self.reduction)


class Mtcnn:
    """The detector ``mtcnn``.

    Args:
        min_face: size from which a face counts, its box's larger side: up to 1, a share of the
            frame's shorter side; above, pixels. Faces under 20 pixels are hardly found.
        device: ``auto``, ``cpu`` or ``gpu``.
        threads: threads for the networks on the CPU.
        fidelity: look where the package looks, at the package's cost.

    Raises:
        ConfigError: a setting is not allowed, or there is no GPU.
    """

    def __init__(
        self,
        *,
        min_face: float = 0.1,
        device: str = "auto",
        threads: int = 1,
        fidelity: bool = False,
    ) -> None:
        detector.check_min_face(min_face)
        self._min_face = min_face
        self._fidelity = fidelity
        self._networks = Networks(device=device, threads=threads)

    def describe(self) -> dict[str, Any]:
        """Return the name, the settings and the version of the weights."""
        return {
            "name": "mtcnn",
            "mode": "fidelity" if self._fidelity else "fast",
            "min_face": self._min_face,
            "device": self._networks.device,
            "thresholds": list(THRESHOLDS),
            "weights": self._networks.version,
        }

    def detect(self, image: np.ndarray) -> list[Face]:
        """Find the faces in an image: BGR, uint8, (height, width, 3)."""
        height, width = image.shape[:2]
        reduction = self._reduction(width, height)
        image = detector.reduce_image(image, reduction)
        return self._faces(View(image, (width, height), reduction))

    def detect_file(self, path: Path, width: int, height: int) -> list[Face]:
        """Find the faces in an image file of this size.

        Raises:
            UnreadableMedia: the file is missing, damaged, or of another size.
        """
        reduction = self._reduction(width, height)
        image = detector.read_frame(path, width, height, reduction)
        return self._faces(View(image, (width, height), reduction))

    def _reduction(self, width: int, height: int) -> int:
        if self._fidelity:
            return 1
        return detector.reduction_for(detector.min_face_pixels(self._min_face, width, height))

    def _faces(self, view: View) -> list[Face]:
        min_face = detector.min_face_pixels(self._min_face, *view.size)
        found = self._cascade(view, 0 if self._fidelity else min_face)
        corners = found.boxes
        large = (corners[:, 2:] - corners[:, :2]).max(axis=1) >= min_face * TOLERANCE
        if self._fidelity:
            corners = np.clip(corners, 0, np.tile(view.size, 2) - 1)
        digits = 0 if self._fidelity else 2
        return detector.in_order(
            [
                detector.make_face(corners[i], found.scores[i], found.landmarks[i], digits)
                for i in np.flatnonzero(large)
            ]
        )

    def _cascade(self, view: View, min_face: float) -> Candidates:
        found = self._propose(view, min_face)
        for stage in (self._refine, self._finish):
            if len(found.scores) == 0:
                break
            found = stage(view, boxes.square(found.boxes))
        return found

    def _propose(self, view: View, min_face: float) -> Candidates:
        levels = [_candidates(np.empty((0, 4)), np.empty(0))]
        for scale, image in self._levels(view, pyramid.scales(*view.size, min_face)):
            cells, scores = boxes.from_cells(*self._networks.propose(image), THRESHOLDS[0])
            levels.append(_candidates(cells / scale, scores).best(LEVEL_OVERLAP))
        every = _candidates(
            np.concatenate([level.boxes for level in levels]),
            np.concatenate([level.scores for level in levels]),
        )
        return every.best(FRAME_OVERLAP)

    def _levels(self, view: View, scales: list[float]) -> Iterator[tuple[float, np.ndarray]]:
        shrink: Callable[[np.ndarray, int, int], np.ndarray]
        if self._fidelity:
            source, shrink = view.image.astype(np.float32), resample.shrink
        else:
            source, shrink = resample.area_table(view.image), resample.shrink_table
        for scale in scales:
            yield scale, shrink(source, *(int(side * scale) for side in view.size))

    def _refine(self, view: View, squares: np.ndarray) -> Candidates:
        scores, offsets = self._networks.refine(view.windows(squares, 24))
        moved = _candidates(boxes.move(squares, offsets), scores)
        return moved.above(THRESHOLDS[1]).best(REFINED_OVERLAP)

    def _finish(self, view: View, squares: np.ndarray) -> Candidates:
        scores, offsets, shares = self._networks.finish(view.windows(squares, 48))
        landmarks = boxes.place(shares, squares)
        moved = Candidates(boxes.move(squares, offsets), scores, landmarks)
        return moved.above(THRESHOLDS[2]).best(FINAL_OVERLAP, over="smaller")


def _candidates(corners: np.ndarray, scores: np.ndarray) -> Candidates:
    return Candidates(corners, scores, np.empty((len(scores), 0, 2)))
