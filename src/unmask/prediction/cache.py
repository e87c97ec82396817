"""Results of files that were scored before, so that a folder is gone on with, not done again."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from unmask.disk.files import digest, fingerprint, write_text
from unmask.prediction.results import Prediction

_FORM = TypeAdapter(Prediction)


class ResultCache:
    """A folder with the result of each file, by what it was made from.

    ``made_of`` stands for all but the file: model, settings and code.
    """

    def __init__(self, folder: Path, made_of: str) -> None:
        self._folder, self._made_of = folder, made_of

    def recall(self, file: Path, *, pictured: bool) -> Prediction | None:
        """What came out for a file of this content, with or without pictures; None if unknown."""
        path = self._path(file, pictured)
        try:
            found = _FORM.validate_json(path.read_bytes())
        except (OSError, ValidationError):
            return None
        found.file = str(file)
        return found

    def keep(self, file: Path, result: Prediction, *, pictured: bool) -> None:
        """Remember what came out."""
        write_text(self._path(file, pictured), _FORM.dump_json(result).decode())

    def forget_all_but(self, files: Iterable[Path]) -> None:
        """Delete what belongs to none of these files as they are now."""
        wanted = {self._path(file, pictured) for file in files for pictured in (True, False)}
        for path in self._folder.glob("*.json"):
            if path not in wanted:
                path.unlink()

    def _path(self, file: Path, pictured: bool) -> Path:
        key = digest(f"{self._made_of}\n{fingerprint(file)}\n{pictured}")
        return self._folder / f"{key}.json"
