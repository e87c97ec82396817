"""Names of files and folders."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from hostile.case import FINISHED, PROOF, QUARANTINED, Case
from hostile.odd_files import ODD
from hostile.texts import validate_one
from unmask.prediction.outputs import Destinations
from unmask.prediction.results import Prediction
from unmask.videos.find_inputs import find_inputs
from unmask.workflow.make_plan import make_plan

NAMES = [name.encode() for name in (
    f"$(touch {PROOF}).mp4", f"`touch {PROOF}`.mp4", f"; touch {PROOF} #.mp4",
    f"a|touch {PROOF}.mp4",
    "'.mp4", '".mp4', "\\.mp4", "a b.mp4", " .mp4", "-.mp4", "--help.mp4", "-rf.mp4", "*.mp4",
    "?.mp4", "[a].mp4", "{video}.mp4", "{}.mp4", "%s%n.mp4", "~.mp4", "a\nb.mp4", "a\rb.mp4",
    "a\tb.mp4", "a\x1b[31mb.mp4", "\N{RIGHT-TO-LEFT OVERRIDE}4pm.mp4", "a\N{ZERO WIDTH SPACE}.mp4",
    "é.mp4", "e\N{COMBINING ACUTE ACCENT}.mp4", "\N{PILE OF POO}.mp4", "con.mp4", "a..mp4",
    "http:a.mp4", "concat:a|b.mp4", "file:a.mp4", "<b>.mp4", "&amp;.mp4", "=1+1.mp4", "#.mp4",
    "x" * 251 + ".mp4", "日本語" * 20 + ".mp4", "..mp4", "...mp4", "a.MP4", "a.mp4.mp4",
)] + [b"\xff.mp4", b"\xc3(.mp4", b"\xed\xa0\x80.mp4"]  # fmt: skip


def cases() -> Iterator[Case]:
    """All of them."""
    for number, name in enumerate(NAMES):
        yield Case("names", f"{number}, planned", _planned(name))
        if number % 3 == 0 or number >= len(NAMES) - 3:
            yield Case("names", f"{number}, scored", _scored(name))
    for name, make in ODD.items():
        yield Case("names", f"a video that is {name}", _odd(make))


def _planned(name: bytes) -> Callable[[Path], str]:
    def attack(folder: Path) -> str:
        for side in ("real", "fake"):
            (folder / "d" / side).mkdir(parents=True)
            for file in (name, b"good.mp4"):
                Path(os.fsdecode(os.fsencode(folder / "d" / side) + b"/" + file)).write_text(side)
        plan = make_plan(validate_one("folders"), folder, write=True)
        if len(plan.inventory.videos) + len(plan.inventory.problems) < 2 + 2 * (name[:1] != b"."):
            raise AssertionError("a video is lost")
        return QUARANTINED if plan.inventory.problems else FINISHED

    return attack


def _scored(name: bytes) -> Callable[[Path], str]:
    """As ``unmask predict`` finds it and writes of it, without the model between."""

    def attack(folder: Path) -> str:
        file = os.fsdecode(os.fsencode(folder) + b"/" + name)
        Path(file).write_text("no video")
        found = find_inputs([file]).files
        results = [Prediction(str(path), reason="the file is a text") for path in found]
        wanted = Destinations(folder / "a.json", folder / "a.csv", None, None, folder / "a.html")
        wanted.write(results, model=Path("m.keras"), threshold=0.5)
        if not all((folder / f"a.{kind}").stat().st_size for kind in ("json", "csv", "html")):
            raise AssertionError("an empty table")
        return FINISHED

    return attack


def _odd(make: Callable[[Path], object]) -> Callable[[Path], str]:
    def attack(folder: Path) -> str:
        for side in ("real", "fake"):
            (folder / "d" / side).mkdir(parents=True)
            (folder / "d" / side / "good.mp4").write_text(side)
        make(folder / "d/fake/odd.mp4")
        plan = make_plan(validate_one("folders"), folder, write=True)
        told = [video.path for video in plan.inventory.videos]
        told += [problem.reason for problem in plan.inventory.problems]
        if not any("odd" in text for text in told) and not (folder / "d/fake/odd.mp4").is_dir():
            raise AssertionError("it is lost")
        return QUARANTINED if plan.inventory.problems else FINISHED

    return attack
