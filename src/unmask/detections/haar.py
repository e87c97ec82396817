"""OpenCV's face detector: the cascade of Haar features for frontal faces.

Viola and Jones 2001, Rapid Object Detection using a Boosted Cascade of Simple Features. It comes
with OpenCV 4 and finds few faces seen from the side. The landmarks are found in its boxes by
MTCNN's last network, so that crops are the same whichever of the two detectors found the face.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from unmask.detections import detector
from unmask.detections.index import Face
from unmask.detections.mtcnn.cascade import View
from unmask.detections.mtcnn.points import FivePoints

MODEL = "haarcascade_frontalface_default.xml"

SCALE_STEP = 1.1
"""Ratio of one size that is searched to the next."""

MIN_NEIGHBORS = 5
"""Hits that must agree on a face."""

WEIGHT_SCALE = 1.5
"""Weight of confidence 0.63. On news and interview footage, 95 of 100 faces had weights above 3.3,
and 3 of 4 false alarms below 3.7: a confidence of 0.9 (weight 3.5) lies between."""


class Haar:
    """The detector ``opencv``.

    Args:
        min_face: side from which a face counts: up to 1, a share of the frame's shorter side;
            above, pixels.

    Raises:
        ConfigError: ``min_face`` is not a size.
    """

    def __init__(self, *, min_face: float = 0.1) -> None:
        detector.check_min_face(min_face)
        self._min_face = min_face
        self._cascade = cv2.CascadeClassifier(
            str(Path(cv2.data.haarcascades) / MODEL)  # type: ignore[attr-defined]  # not in its stubs
        )
        self._points = FivePoints()

    def describe(self) -> dict[str, Any]:
        """Return the name, the settings and the version of OpenCV."""
        return {
            "name": "opencv",
            "model": MODEL,
            "min_face": self._min_face,
            "scale_step": SCALE_STEP,
            "min_neighbors": MIN_NEIGHBORS,
            "version": cv2.__version__,
            "landmarks": self._points.version,
        }

    def detect(self, image: np.ndarray) -> list[Face]:
        """Find the faces in an image: BGR, uint8, (height, width, 3)."""
        height, width = image.shape[:2]
        min_face = detector.min_face_pixels(self._min_face, width, height)
        reduction = detector.reduction_for(min_face)
        image = detector.reduce_image(image, reduction)
        return self._faces(View(image, (width, height), reduction), min_face)

    def detect_file(self, path: Path, width: int, height: int) -> list[Face]:
        """Find the faces in an image file of this size.

        Raises:
            UnreadableMedia: the file is missing, damaged, or of another size.
        """
        min_face = detector.min_face_pixels(self._min_face, width, height)
        reduction = detector.reduction_for(min_face)
        image = detector.read_frame(path, width, height, reduction)
        return self._faces(View(image, (width, height), reduction), min_face)

    def _faces(self, view: View, min_face: float) -> list[Face]:
        side = math.ceil(min_face / view.reduction)
        squares, _, weights = self._cascade.detectMultiScale3(
            cv2.equalizeHist(cv2.cvtColor(view.image, cv2.COLOR_BGR2GRAY)),
            scaleFactor=SCALE_STEP,
            minNeighbors=MIN_NEIGHBORS,
            minSize=(side, side),
            outputRejectLevels=True,
        )
        corners = [np.array((x, y, x + w, y + h)) * view.reduction for x, y, w, h in squares]
        faces = [
            detector.make_face(box, confidence(weight))
            for box, weight in zip(corners, weights, strict=True)
        ]
        for face in faces:
            seen = self._points.find(view, face.box)
            face.landmarks = seen and seen.landmarks  # type: ignore[assignment]  # no face is falsy
        return detector.in_order(faces)


def confidence(weight: float) -> float:
    """Map the weight that the cascade's last level gave a face into 0..1: 1 - exp(-weight / 1.5).

    The larger the weight, the larger the confidence (0 for weights below 0), so faces can be
    ranked and filtered. It is **not** a probability: nothing was calibrated.
    """
    return 1 - math.exp(-max(weight, 0.0) / WEIGHT_SCALE)
