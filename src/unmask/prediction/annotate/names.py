"""Where annotated files go, settled before any work is done."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from unmask.errors import UnmaskError
from unmask.prediction.annotate.video_writer import CODECS
from unmask.videos.media_types import is_still

IMAGES = (".jpg", ".png")


def annotated_names(out: Path, files: Sequence[Path]) -> dict[Path, Path]:
    """The annotated file of each input.

    ``out`` is the file itself for a single input, unless it is a folder or has no suffix. For
    several inputs it is a folder; files in it are named after the inputs, ``a-2`` being the second
    of two that are called ``a``.

    Raises:
        UnmaskError: ``out`` is of no kind that can be written, or is one of the inputs.
    """
    names = _in_folder(out, files) if _is_folder(out, files) else {files[0]: _checked(out, files)}
    taken = {file.resolve() for file in files} & {name.resolve() for name in names.values()}
    if taken:
        raise UnmaskError(
            f"--annotate would write over the input {min(taken)}. Name another file or folder."
        )
    return names


def _is_folder(out: Path, files: Sequence[Path]) -> bool:
    if out.is_dir() or not out.suffix:
        return True
    if len(files) > 1:
        raise UnmaskError(
            f"--annotate {out} is one file, but there are {len(files)} inputs. Name a folder:\n"
            f"  --annotate {out.with_suffix('')}"
        )
    return False


def _in_folder(out: Path, files: Sequence[Path]) -> dict[Path, Path]:
    if out.is_file():
        raise UnmaskError(f"--annotate {out} is a file. Name a folder.")
    names: dict[Path, Path] = {}
    taken: set[str] = set()
    for file in files:
        suffix = ".jpg" if is_still(file) else ".mp4"
        name, number = f"{file.stem}{suffix}", 1
        while name.casefold() in taken:
            number += 1
            name = f"{file.stem}-{number}{suffix}"
        taken.add(name.casefold())
        names[file] = out / name
    return names


def _checked(out: Path, files: Sequence[Path]) -> Path:
    kind, allowed = ("image", IMAGES) if is_still(files[0]) else ("video", tuple(CODECS))
    if out.suffix.lower() not in allowed:
        raise UnmaskError(
            f"--annotate {out}: an annotated {kind} such as {files[0].name} is written as "
            f"{' or '.join(allowed)}. For example:\n"
            f"  --annotate {out.with_suffix(allowed[0])}"
        )
    return out
