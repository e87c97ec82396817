"""Where results are written: checked before anything is scored, filled at the end."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from unmask.errors import UnmaskError
from unmask.prediction import outputs
from unmask.prediction.results import Prediction
from unmask.tables import write_table, write_text


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

    def write(self, results: Sequence[Prediction], *, model: Path, threshold: float) -> list[Path]:
        """Write the results; returns the files."""
        if self.csv:
            write_table(self.csv, outputs.COLUMNS, map(outputs.row, results))
        if self.json:
            found = outputs.content(results, model=model, threshold=threshold)
            text = json.dumps(found, indent=1, ensure_ascii=False) + "\n"
            if self.to_output:
                sys.stdout.write(text)
            else:
                write_text(self.json, text)
        if self.kaggle:
            rows = outputs.kaggle_rows(results, self.kaggle_fill)
            write_table(self.kaggle, outputs.KAGGLE_COLUMNS, rows)
            logging.info("%s", outputs.kaggle_note(results, self.kaggle, self.kaggle_fill))
        if self.html:
            from unmask.prediction.page import prediction_page

            write_text(self.html, prediction_page(results, model=model, threshold=threshold))
        return [path for _, path in self._files()]

    def _files(self) -> Iterator[tuple[str, Path]]:
        for name in ("json", "csv", "kaggle", "html"):
            path = getattr(self, name)
            if path and str(path) != "-":
                yield name, path
