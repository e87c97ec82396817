"""Scoring many files: the next ones are prepared while one is scored."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from unmask.frames.limits import USUAL, MediaLimits
from unmask.prediction.preparation import Preparation
from unmask.prediction.prepare import Prepared
from unmask.prediction.results import Prediction
from unmask.prediction.run_settings import Scoring

if TYPE_CHECKING:
    from unmask.prediction.cache import ResultCache


def score_files(
    files: Sequence[Path],
    model: Path,
    contract: Mapping[str, Any],
    scoring: Scoring,
    *,
    pictured: int = 0,
    jobs: int = 1,
    memory: ResultCache | None = None,
    remedy: str = "",
    change: str = "",
    limits: MediaLimits = USUAL,
    begin: Callable[[Path], None] = lambda _: None,
) -> Generator[tuple[Prepared | None, Prediction], None, None]:
    """Score files one after the other and yield what each was prepared to, and its result.

    The model is loaded only if there is something to score, while the first file is prepared.

    Args:
        files: what to score, see :func:`unmask.videos.find_inputs.find_inputs`.
        model: the model's file.
        contract: the model's, which says how crops are made.
        scoring: threshold and the way to a score.
        pictured: so many of the files, the first of them, get pictures.
        jobs: so many files are prepared at once, beside the scoring.
        memory: results from before. What comes from there was not prepared: None.
        remedy: what the reason of a file that is not whole says of a way to score it.
        change: what is done to each file first (:class:`unmask.frames.degrade.Degradation`).
        limits: of what is taken on.
        begin: called before each file.
    """
    known: dict[Path, Prediction] = {}
    for place, file in enumerate(files):
        found = memory.recall(file, pictured=place < pictured) if memory else None
        if found is not None:
            known[file] = found
    todo = [file for file in files if file not in known]
    with Preparation(todo, contract, jobs, remedy, limits, change) as preparation:
        if todo:
            from unmask.prediction.predictor import Predictor

            predictor = Predictor(model, **scoring.how)
        prepared_files = iter(preparation)
        for place, file in enumerate(files):
            begin(file)
            if file in known:
                yield None, known[file]
                continue
            prepared = next(prepared_files)
            result = predictor.score(prepared)
            if result.scored and place < pictured:
                predictor.illustrate(prepared, result)
            if memory and not prepared.interrupted:
                memory.keep(file, result, pictured=place < pictured)
            yield prepared, result
