"""Results as JSON, as a table, and as a Kaggle submission."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from unmask.disk.files import write_text
from unmask.disk.tables import write_table
from unmask.errors import UnmaskError
from unmask.evaluation.explain.standouts import standouts
from unmask.prediction import outputs
from unmask.prediction.detector import card_of, trained_on_what
from unmask.prediction.model_test import NOT_TESTED, ModelTest
from unmask.prediction.results import Prediction, Track

COLUMNS = (
    *("file", "verdict", "p_fake", "p_low", "p_high", "decided"),
    *("n_faces", "n_tracks", "coverage", "reason", "why_undecided"),
)
KAGGLE_COLUMNS = ("filename", "label")
KAGGLE_CLIP = 1e-7
"""Log loss, which Kaggle measures, is infinite for a wrong 0 or 1. So ``metrics.json`` does."""

_STANDOUTS = 3


def row(result: Prediction) -> dict[str, Any]:
    """A file's line in a table, by ``COLUMNS``; None where there is no value."""
    values = {name: getattr(result, name) for name in COLUMNS if name != "n_tracks"}
    return {name: values.get(name, len(result.tracks)) for name in COLUMNS}


def content(
    results: Iterable[Prediction], *, model: Path, threshold: float, test: ModelTest = NOT_TESTED
) -> dict[str, Any]:
    """Everything, as JSON values.

    ``most_suspicious`` and ``least_suspicious`` are frame numbers; boxes are x, y, width, height in
    the sampled frames, of which ``sampled_width`` is the width.
    """
    return {
        "model": str(model),
        "trained_on": trained_on_what(model) or None,
        "card": str(card) if (card := card_of(model)) else None,
        "tested": test.told or None,
        "doubt": test.doubt or None,
        "threshold": threshold,
        "files": [_file(result) for result in results],
    }


def _file(result: Prediction) -> dict[str, Any]:
    most, least = standouts(result.frames, _STANDOUTS) if result.frames else ([], [])
    return {
        **row(result),
        "n_sampled": len(result.sampled),
        "sampled_width": result.width,
        "most_suspicious": [frame.frame for frame in most],
        "least_suspicious": [frame.frame for frame in least],
        "tracks": [asdict(track) for track in result.tracks],
        "frames": [
            {"frame": frame.frame, "time_s": frame.time_s, "p_fake": frame.p_fake}
            for frame in result.frames
        ],
        "faces": [asdict(face) for face in result.faces],
    }


def check_kaggle(files: Sequence[Path]) -> None:
    """Raise UnmaskError where two files share a name: a submission knows them by nothing else."""
    names = Counter(file.name for file in files)
    if twice := sorted(name for name, count in names.items() if count > 1):
        raise UnmaskError(
            f"--kaggle: {len(twice)} names are there more than once, for example {twice[0]}. A "
            "submission has a row a file name. Score one folder at a time."
        )


def kaggle_rows(results: Iterable[Prediction], fill: float | None) -> list[dict[str, str]]:
    """The rows of a submission, by file name. A file without a score gets ``fill``, or no row."""
    rows = []
    for result in sorted(results, key=lambda result: Path(result.file).name):
        value = result.p_fake if result.scored else fill
        if value is not None:
            kept = min(max(value, KAGGLE_CLIP), 1 - KAGGLE_CLIP)
            rows.append({"filename": Path(result.file).name, "label": f"{kept:.7f}"})
    return rows


def kaggle_note(results: Sequence[Prediction], file: Path, fill: float | None) -> str:
    """What a user should know of the submission: whether it is whole, and how to make it so."""
    unscored = sorted(Path(result.file).name for result in results if not result.scored)
    if not unscored:
        return f"{file}: {len(results)} rows"
    some = ", ".join(unscored[:5]) + (", ..." if len(unscored) > 5 else "")
    if fill is not None:
        return f"{file}: {len(results)} rows, {len(unscored)} of them filled with {fill:g}: {some}"
    files = "1 file that" if len(unscored) == 1 else f"{len(unscored)} files that"
    return (
        f"{file}: {len(results) - len(unscored)} rows, and none for {files} could not be scored: "
        f"{some}. Kaggle wants a row for every file. Add them by hand, or give all the same "
        "probability with --kaggle-fill 0.5, which costs a log loss of 0.693 each."
    )


def lines(result: Prediction) -> list[str]:
    """What to print of a file: a line, and one for each person where there are several."""
    if result.left_out:
        return [f"{result.file}: {result.reason}"]
    if not result.scored:
        return [f"{result.file}: not scored, {result.reason}"]
    text = (
        f"{result.file}: {result.verdict}, p_fake {result.p_fake:.3f}{_span(result)}, "
        f"{_faces(result)}, in {result.coverage:.0%} of the frames"
    )
    if result.decided is False:
        text += f"; undecided: {result.why_undecided}"
    people = [
        f"  person {track.track + 1}: {track.verdict}, p_fake {track.p_fake:.3f}{_span(track)}, "
        f"{_faces(track)}, {track.start_s:.1f} to {track.end_s:.1f} s"
        for track in result.tracks
    ]
    return [text, *(people if len(people) > 1 else [])]


def _faces(scored: Prediction | Track) -> str:
    return f"{scored.n_faces} face" + ("s" if scored.n_faces != 1 else "")


def _span(scored: Prediction | Track) -> str:
    return "" if scored.p_low is None else f" ({scored.p_low:.3f} to {scored.p_high:.3f})"


@dataclass(frozen=True)
class Destinations:
    """Files to write, None where none is wanted. ``json`` may be ``-``, the standard output.

    ``kaggle_fill`` is the probability that a submission gives for files without a score.
    """

    json: Path | None = None
    csv: Path | None = None
    kaggle: Path | None = None
    kaggle_fill: float | None = None
    html: Path | None = None

    @property
    def to_output(self) -> bool:
        """Whether the standard output is taken."""
        return str(self.json) == "-"

    def check(self, files: Sequence[Path]) -> None:
        """Find out now what would otherwise go wrong after all ``files`` were scored.

        Raises:
            UnmaskError: a folder in place of a file, a folder that cannot be made or written to, an
                input that would be written over, or names that a submission cannot tell apart.
        """
        inputs = {file.resolve() for file in files}
        for name, path in self._files():
            if path.is_dir():
                raise UnmaskError(
                    f"--{name} {path} is a folder. Name a file: {path / f'out.{name}'}"
                )
            if path.resolve() in inputs:
                raise UnmaskError(f"--{name} would write over the input {path}. Name another file.")
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise UnmaskError(
                    f"--{name}: the folder {path.parent} cannot be made ({error.strerror}). Name "
                    "a file in another."
                ) from error
            if not os.access(path.parent, os.W_OK):
                raise UnmaskError(
                    f"--{name}: nothing may be written to {path.parent}. Name another."
                )
        if self.kaggle:
            outputs.check_kaggle(files)

    def write(
        self,
        results: Sequence[Prediction],
        *,
        model: Path,
        threshold: float,
        test: ModelTest = NOT_TESTED,
    ) -> list[Path]:
        """Write the results; returns the files."""
        if self.csv:
            write_table(self.csv, outputs.COLUMNS, map(outputs.row, results))
        if self.json:
            found = outputs.content(results, model=model, threshold=threshold, test=test)
            text = json.dumps(found, indent=1, ensure_ascii=False) + "\n"
            if self.to_output:
                sys.stdout.write(text)
            else:
                write_text(self.json, text)
        if self.kaggle:
            asked = [result for result in results if not result.left_out]
            rows = outputs.kaggle_rows(asked, self.kaggle_fill)
            write_table(self.kaggle, outputs.KAGGLE_COLUMNS, rows)
            logging.info("%s", outputs.kaggle_note(asked, self.kaggle, self.kaggle_fill))
        if self.html:
            from unmask.prediction.page import prediction_page

            page = prediction_page(results, model=model, threshold=threshold, test=test)
            write_text(self.html, page)
        return [path for _, path in self._files()]

    def _files(self) -> Iterator[tuple[str, Path]]:
        for name in ("json", "csv", "kaggle", "html"):
            path = getattr(self, name)
            if path and str(path) != "-":
                yield name, path
