"""A trained model, ready to score."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from unmask.api.faces import FaceCrop, Pixels, crop_as, one_file

if TYPE_CHECKING:
    from unmask.prediction.predictor import Predictor
    from unmask.prediction.results import Prediction
    from unmask.prediction.run_settings import Scoring


class Detector:
    """A trained model and how it is asked; :func:`load` makes one."""

    def __init__(self, predictor: Predictor, model: Path, scoring: Scoring) -> None:
        """Bind a loaded model to its file and its scoring."""
        self._predictor, self.model, self.scoring = predictor, model, scoring

    @property
    def threshold(self) -> float:
        """A video that scores this or more is called fake, 0..1."""
        return self.scoring.threshold

    def predict(self, video: str | Path) -> Prediction:
        """Score a video or an image, as ``unmask predict`` does.

        Args:
            video: a file.

        Returns:
            ``p_fake`` in 0..1 and the ``verdict``, ``real`` or ``fake``; ``interval``, and whether
            it is ``decided``; the scores of its ``frames``, ``tracks`` and ``faces``. Where the
            file cannot be scored, ``p_fake`` is None and ``reason`` says why.

        Raises:
            UnmaskError: there is no such file, or several are meant.

        Example:
            >>> result = unmask.load().predict("clip.mp4")
            >>> result.verdict in ("real", "fake")
            True
            >>> 0 <= result.p_fake <= 1
            True
        """
        from unmask.prediction.prepare import prepare

        file = one_file(video)
        with tempfile.TemporaryDirectory(prefix="unmask-") as folder:
            return self._predictor.score(prepare(file, self._predictor.contract, Path(folder)))

    def predict_faces(self, faces: Iterable[Pixels]) -> NDArray[np.float64]:
        """Score face crops that are there as arrays.

        Args:
            faces: RGB (height, width, 3) uint8, cut as the model's crops were: see
                :meth:`Detector.crop_faces`.

        Returns:
            The probability of fake for each, shape (n,), in their order.

        Raises:
            ModelError: an array has another form.

        Example:
            >>> detector = unmask.load()
            >>> faces = detector.crop_faces("clip.mp4")
            >>> scores = detector.predict_faces(face.image for face in faces)
            >>> len(scores) == len(faces)
            True
        """
        from scipy.special import expit

        return expit(self._predictor.logits(faces))

    def crop_faces(self, video: str | Path) -> list[FaceCrop]:
        """Cut the faces out of a video as the crops of the model's training were.

        Args:
            video: a file.

        Returns:
            The crops, in order of their frames, as :func:`unmask.crop_faces` gives them.

        Raises:
            UnreadableMedia: there is no face in the video, or it cannot be read.

        Example:
            >>> faces = unmask.load().crop_faces("clip.mp4")
            >>> faces[0].image.dtype
            dtype('uint8')
        """
        return crop_as(video, self._predictor.contract)


def load(
    model: str | Path | None = None,
    *,
    threshold: float | None = None,
    aggregate: str | None = None,
    flip: bool | None = None,
) -> Detector:
    """Load a trained model.

    Args:
        model: its file. None: what ``unmask predict`` takes, the one trained in this folder, else
            the detector that ships with unmask.
        threshold: from this score on a video is called fake, 0..1. None: the model's own.
        aggregate: how frame scores become a video's score. None: as in the model's run.
        flip: score each face with its mirror image. None: as in the model's run.

    Raises:
        ModelError: there is no such model, or it cannot be used.
        UnmaskError: ``threshold`` or ``aggregate`` is not allowed.

    Example:
        >>> detector = unmask.load("results/model/model.keras")
        >>> 0 < detector.threshold < 1
        True
    """
    file, _, scoring = scoring_of(model, threshold=threshold, aggregate=aggregate, flip=flip)
    from unmask.prediction.predictor import Predictor

    return Detector(Predictor(file, **scoring.how), file, scoring)


def scoring_of(
    model: str | Path | None, *, threshold: float | None = None, **given: Any
) -> tuple[Path, dict[str, Any], Scoring]:
    """The file that is meant, its contract, and how it scores; checked before it is loaded."""
    from unmask.errors import UnmaskError
    from unmask.evaluation.aggregate import check_aggregate
    from unmask.model.contract import read_contract
    from unmask.prediction.detector import model_to_use
    from unmask.prediction.prepare import check_preparation
    from unmask.prediction.run_settings import scoring_of_run

    if threshold is not None and not 0 <= threshold <= 1:
        raise UnmaskError(f"threshold {threshold}: allowed is a number from 0 to 1, such as 0.5")
    file = model_to_use(None if model is None else Path(model).expanduser())
    contract = read_contract(file)
    check_preparation(contract, file)
    scoring = scoring_of_run(file, contract, threshold=threshold, **given)
    check_aggregate(scoring.aggregate)
    return file, contract, scoring
