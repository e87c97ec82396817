"""Results of earlier versions, brought to where they lie now: none is made again for that."""

from __future__ import annotations

from pathlib import Path

from unmask.disk.files import write_text

MACHINERY = ("settings", "made_of", "accepted.txt")
"""What a run needs and a reader seldom does. It lay in ``results/``, beside the answer."""


def move(where: Path) -> None:
    """Move what an earlier version wrote below ``where``; nothing where there is none."""
    results = where / "results"
    folder = results / "workflow"
    moved = [name for name in MACHINERY if (results / name).exists()]
    for name in moved:
        if not (folder / name).exists():
            folder.mkdir(exist_ok=True)
            (results / name).rename(folder / name)
    if not moved:
        return
    for receipt in (folder / "made_of").glob("*.json"):  # the files that it vouches for moved, too
        text = receipt.read_text("utf-8")
        for name in MACHINERY:
            text = text.replace(f'"results/{name}', f'"results/workflow/{name}')
        write_text(receipt, text)
