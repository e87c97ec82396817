"""Orphans: results of videos that are in no dataset any more.

A run counts what is in the manifest, so orphans do no harm beside it; they are kept until they are
removed, for a dataset that was left out for once would be dear to make again. What is versioned
should hold none.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from unmask.videos.demo.script import MARK, METADATA

_HIDDEN = "."


def prune(folder: Path, sources: Iterable[Mapping[str, str]]) -> list[str]:
    """Remove what belongs to no video and to no dataset. Returns the names of what was removed.

    Args:
        folder: ``results/frames`` or another with files named after videos or datasets, or the
            folder of the demo, in which only clips of ours are removed.
        sources: rows of ``results/workflow/settings/sources.csv``.
    """
    sources = list(sources)
    if (folder / METADATA).is_file():
        known = {Path(row["path"]).name for row in sources}
        orphans = [folder / name for name in _demo_clips(folder) if name not in known]
    else:
        known = {row["video"] for row in sources} | {row["dataset"] for row in sources}
        orphans = [path for path in folder.glob("*") if path.name.split(".")[0] not in known]
    removed = []
    for path in sorted(orphans):
        if path.name.startswith(_HIDDEN) or not path.exists():
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
        removed.append(path.name)
    return removed


def _demo_clips(folder: Path) -> list[str]:
    """Names of the clips that were filmed there; none where the metadata is not ours."""
    try:
        entries = json.loads((folder / METADATA).read_text("utf-8"))
        return [name for name, entry in entries.items() if entry.get(MARK)]
    except (ValueError, AttributeError):
        return []
