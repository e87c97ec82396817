"""Model files and what lies beside them."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from hostile.case import FINISHED, Case
from hostile.odd_files import ODD
from unmask.errors import UnmaskError
from unmask.faces.index import FaceIndex
from unmask.model.contract import read_contract
from unmask.model.members import check_archive
from unmask.prediction.detector import SHIPPED
from unmask.prediction.prepare import check_preparation
from unmask.prediction.run_settings import scoring_of_run
from unmask.prediction.unlike import unlike_training

NAN, INF = float("nan"), float("inf")
CONTRACTS: dict[str, list[Any]] = {
    "threshold": [2.0, -1, 0, 1, NAN, INF, "0.5", None, [0.5], True, 10**400],
    "undecided": [[0.9, 0.1], [NAN, 1], [0.5], [0, 2], "ab", {"low": 0}],
    "scoring": [{"aggregate": "best"}, {"flip": 1}, {"threshold": 0.1}, [], {"x": 1}],
    "input_size": [0, -5, "160", 1.5, 10**9, None],
    "classes": [["fake", "real"], [], "real", [["real"], ["fake"]], None],
    "channels": ["BGR", 3],
    "scaling": ["else", 1],
    "backbone": [3, "x" * 10**5],
    "crop": [{"size": 0}, {"size": -5}, {"size": "224"}, {"size": 10**6}, {"scale": 1e9},
             {"scale": NAN}, {"out_dir": "/tmp/x"}, {"faces": "none"}, [1], None, {"align": "yes"}],
    "frames": [{"fps": "2"}, {"fps": NAN}, {"fps": INF}, {"fps": 1e12}, [1, 2], {"count": 0},
               {"max_pixels": 10**12}, {"video": "x"}, {"threads": 999}, {"max_size": 1}],
    "detect": [{"detector": "other"}, {"min_face": -1}, {"device": "/dev/x"}, {"threads": 4}, 7],
    "look": [{"sharpness": "x"}, {"eye_line": NAN}, {"other": 1}, []],
    "versions": [{"keras": 3}, []],
    "seed": [-1, "0"],
    "out_dir": ["/tmp/x"],
    "__class__": ["x"],
}  # fmt: skip
MEASURED = ("{}", "[]", "null", '{"video": 1}', '{"video": {"threshold": 2}}',
            '{"video": {"threshold": NaN}}', '{"video": {"threshold": "x"}}',
            '{"video": {"threshold": 0.5}, "scoring": {"x": 1}}',
            '{"video": {"threshold": 0.5}, "undecided": {"low": 0}}',
            '{"video": {"threshold": 0.5}, "scoring": 3}', "[" * 5000)  # fmt: skip
BROKEN = {  # a byte behind the start of the contract's entry in the list of members
    "encrypted": (8, 1), "packed in an unknown way": (10, 99), "packed by LZMA": (10, 14),
    "with another sum": (16, 255), "longer than it is": (27, 1), "elsewhere": (45, 127),
}  # fmt: skip


def cases() -> Iterator[Case]:
    """All of them. No network is loaded: TensorFlow's part has tests of its own."""
    for key, values in CONTRACTS.items():
        for value in values:
            name = f"{key}: {str(value)[:20]}"
            yield Case("models", name, partial(_changed, {key: value}))
    for name, change in BROKEN.items():
        yield Case("models", name, partial(_broken, *change))
    for name in ("unmask.json", "config.json", "model.weights.h5", "../x", "extra.bin"):
        yield Case("models", f"a bomb in {name}", partial(_bomb, name))
    for name, make in ODD.items():
        yield Case("models", f"a model that is {name}", partial(_odd, make))
        yield Case("models", f"metrics that are {name}", partial(_measured, make))
    for number, text in enumerate(MEASURED):
        yield Case("models", f"metrics {number}", partial(_measured, text))


def _use(path: Path) -> str:
    """All that is done before TensorFlow starts."""
    contract = read_contract(path)
    check_archive(path)
    check_preparation(contract, path)
    scoring = scoring_of_run(path, contract)
    unlike_training(contract, [FaceIndex("v")])
    if not 0 <= scoring.threshold <= 1:
        raise AssertionError(f"a threshold of {scoring.threshold}")
    return FINISHED


def _members() -> dict[str, bytes]:
    with zipfile.ZipFile(SHIPPED) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _written(path: Path, members: dict[str, bytes], how: int = zipfile.ZIP_STORED) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", how) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def _changed(change: dict[str, Any], folder: Path) -> str:
    members = _members()
    contract = json.loads(members["unmask.json"]) | change
    members["unmask.json"] = json.dumps(contract).encode()
    became = _use(_written(folder / "m.keras", members))
    raise AssertionError(f"a contract with {change} is {became}")


def _broken(offset: int, value: int, folder: Path) -> str:
    members = _members()
    path = _written(folder / "m.keras", {"unmask.json": members.pop("unmask.json"), **members})
    content = bytearray(path.read_bytes())
    place = content.index(b"PK\1\2")
    content[place + offset] ^= value
    path.write_bytes(content)
    return _use(path)


def _bomb(name: str, folder: Path) -> str:
    content = bytes(200_000_000)
    path = _written(folder / "m.keras", _members() | {name: content}, zipfile.ZIP_DEFLATED)
    del content
    return _use(path)


def _odd(make: Callable[[Path], object], folder: Path) -> str:
    make(folder / "m.keras")
    return _use(folder / "m.keras")


def _measured(content: str | Callable[[Path], object], folder: Path) -> str:
    path = _written(folder / "results/model/m.keras", _members())
    metrics = folder / "results/metrics.json"
    if isinstance(content, str):
        metrics.write_text(content)
    else:
        content(metrics)
    try:
        return _use(path)
    except UnmaskError as error:
        if "Traceback" in str(error):
            raise AssertionError(error) from None
        raise
