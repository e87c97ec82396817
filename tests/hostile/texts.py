"""Settings, metadata and tables."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path

from hostile.case import FINISHED, PROOF, QUARANTINED, Case
from hostile.odd_files import ODD
from unmask.config.load import read_layers, validate
from unmask.config.schema import Config
from unmask.workflow.make_plan import make_plan

DEEP = 5000
LONG = "9" * 5000
PATHS = ("../out.mp4", "/etc/passwd", "~root/a.mp4", "a/../../b.mp4", "", ".", "\\\\host\\a.mp4",
         "C:/a.mp4", "a\nb.mp4", "a\0b.mp4", "x" * 5000, "-rf.mp4", f"$(touch {PROOF}).mp4",
         f"`touch {PROOF}`.mp4", "{video}.mp4", "a,b.mp4", "\N{RIGHT-TO-LEFT OVERRIDE}4pm.a",
         "http://example.invalid/a.mp4")  # fmt: skip
SETTINGS = {
    "an alias bomb": "a: &a [x, x, x, x, x, x, x, x, x]\n"
    + "".join(f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join([f'*{chr(97 + i)}'] * 9)}]\n"
              for i in range(12))
    + "frames: {fps: *k}\n",
    "a bomb of merged keys": "a: &a {x: 1}\n"
    + "".join(f"{chr(98 + i)}: &{chr(98 + i)} {{<<: [{', '.join([f'*{chr(97 + i)}'] * 50)}]}}\n"
              for i in range(8)),
    "an alias of itself": "frames: &a {fps: *a}",
    "a list in itself": "datasets: &a [*a]",
    "deep in brackets": f"frames: {'[' * DEEP}{']' * DEEP}",
    "deep in braces": f"frames: {'{a: ' * DEEP}1{'}' * DEEP}",
    "deep in dashes": "frames:\n" + "- " * DEEP + "a",
    "deep by indenting": "".join(f"{' ' * i}a:\n" for i in range(900)),
    "a long number": f"train: {{epochs: {LONG}}}",
    "a long hexadecimal number": f"train: {{epochs: 0x{LONG}}}",
    "a long number to base 60": "train: {epochs: " + "59:" * 300_000 + "59}",
    "a long float": f"train: {{learning_rate: 1{LONG}.0}}",
    "an infinite number": "frames: {fps: .inf}",
    "no number": "split: {train: .nan}",
    "a huge exponent": "frames: {fps: 1.0e+999}",
    "a call": f"frames: !!python/object/apply:os.system ['touch {PROOF}']",
    "a module": "frames: !!python/module:os",
    "an unknown tag": "frames: !mine {fps: 2}",
    "bytes": "report: {title: !!binary aGFsbG8=}",
    "a set": "frames: !!set {fps, count}",
    "a date": "report: {title: 2020-01-01}",
    "half a character": 'report: {title: "\\ud800"}',
    "a key that is a list": "? [a, b]\n: 1\n",
    "a key that is a map": "{? {a: 1} : 1}",
    "a key that is null": "~: 1",
    "two documents": "frames: {fps: 1}\n---\nframes: {fps: 2}\n",
    "a key twice": "frames: {fps: 1}\nframes: {fps: 2}\n",
    "100,000 keys": "\n".join(f"k{i}: 1" for i in range(60_000)),
    "a directive": "%YAML 9.9\n---\na: 1",
    "tabs": "frames:\n\tfps: 2\n",
    "an unfinished text": 'report: {title: "abc',
    "controls": "report: {title: a\x07b}",
    "a long path": f"datasets: [{{name: a, kind: folders, root: {'x' * 5000}}}]",
    "a path with a zero": 'datasets: [{name: a, kind: folders, root: "a\\0b"}]',
    "a root above everything": "datasets: [{name: a, kind: folders, root: /}]",
    "a root of devices": "datasets: [{name: a, kind: folders, root: /dev}]",
    "a table outside": "datasets: [{name: a, kind: table, root: ., table: ../../x.csv}]",
    "a name for a shell": f"datasets: [{{name: '$(touch {PROOF})', kind: folders, root: .}}]",
    "weights of a device": "model: {weights: /dev/zero}",
    "a pattern that is none": "split: {pair_by: '((('}",
}  # fmt: skip
METADATA = {
    "deep": "[" * DEEP + "]" * DEEP,
    "deep in an entry": f'{{"a.mp4": {"[" * 900}{"]" * 900}}}',
    "a long number": f'{{"a.mp4": {{"label": {LONG}}}}}',
    "no number": '{"a.mp4": {"label": NaN}}',
    "half a character": '{"a\\ud800.mp4": {"label": "FAKE"}}',
    "half a character in a label": '{"a.mp4": {"label": "\\udfff"}}',
    "a list": "[1, 2]",
    "a text": '"a"',
    "null": "null",
    "cut off": '{"a.mp4": {"label"',
    "an entry twice": '{"a.mp4": {"label": "FAKE"}, "a.mp4": {"label": "REAL"}}',
    "a deep entry twice": f'{{"a.mp4": {"[" * 400}{"]" * 400}, "a.mp4": 1}}',
    "6 million values": "[" + "1," * 6_000_000 + "1]",
    "40 MB": '{"a": "' + "x" * 40_000_000 + '"}',
    "a fake of itself": '{"a.mp4": {"label": "FAKE", "original": "a.mp4"}}',
    "a circle of fakes": '{"a.mp4": {"label": "FAKE", "original": "b.mp4"}, '
    '"b.mp4": {"label": "FAKE", "original": "a.mp4"}}',
    "100,000 entries": json.dumps({f"v{i}.mp4": {"label": "REAL"} for i in range(100_000)}),
}
TABLES = {
    "a zero": "path,label\na\0.mp4,0\n",
    "a field of 200,000 letters": f"path,label\n{'x' * 200_000}.mp4,0\n",
    "an open quote": 'path,label\n"a.mp4,0\n',
    "100,000 columns": "path,label" + ",x" * 100_000 + "\n",
    "no columns": "\n\n\n",
    "a column twice": "path,label,path\na.mp4,0,b.mp4\n",
    "more values than columns": "path,label\na.mp4,0,1,2\n",
    "fewer values": "path,label\na.mp4\n",
    "a line break in a name": 'path,label\n"a\nb.mp4",0\n',
    "a formula": "path,label,group\na.mp4,0,=cmd|' /C calc'!A0\n",
    "a label of 5,000 digits": f"path,label\na.mp4,{LONG}\n",
    "a split that is none": "path,label,split\na.mp4,0,tset\n",
    "another label later": "path,label\na.mp4,0\na.mp4,1\n",
    "300,000 rows": "path,label\n" + "".join(f"v{i}.mp4,{i % 2}\n" for i in range(300_000)),
    "over a million rows": "path,label\n" + "a,0\n" * 1_000_002,
    "300 MB": "path,label\n" + "#" * 300_000_000,
}
_VALUES = ("-1", "0", "1e308", ".nan", "[]", "{}", "null", "true", str(10**30), "x" * 3000, "'0'",
           "[[[[1]]]]", "{a: {b: 1}}", "!!binary AA==", "2020-01-01")  # fmt: skip


def cases() -> Iterator[Case]:
    """All of them."""
    for name, text in SETTINGS.items():
        yield Case("settings", name, _settings(text))
    for name, make in ODD.items():
        yield Case("settings", name, _settings(make))
        yield Case("metadata", name, _metadata(make))
        yield Case("tables", name, _table(make))
    draw = random.Random(0)
    for section, field in Config.model_fields.items():
        keys = list(getattr(field.default_factory(), "__pydantic_fields__", ()))  # type: ignore[misc]
        for key in draw.sample(keys, min(2, len(keys))):
            value = draw.choice(_VALUES)
            yield Case(
                "settings",
                f"{section}.{key}: {value[:12]}",
                _settings(f"{section}: {{{key}: {value}}}"),
            )
    for name, text in METADATA.items():
        yield Case("metadata", name, _metadata(text))
    for number, path in enumerate(PATHS):
        yield Case("metadata", f"path {number}", _metadata(json.dumps({path: {"label": "FAKE"}})))
        row = '"' + path.replace('"', '""') + '"'
        yield Case("tables", f"path {number}", _table(f"path,label\n{row},1\n"))
    for field in ("label", "split", "original", "method"):
        for value in (None, True, 1.5, 10**30, [], {}, "", "x" * 3000):
            entry = {"label": "FAKE"} | {field: value}
            yield Case(
                "metadata",
                f"{field}: {json.dumps(value)[:12]}",
                _metadata(json.dumps({"a.mp4": entry})),
            )
    for name, text in TABLES.items():
        yield Case("tables", name, _table(text))


Content = str | Callable[[Path], object]


def _put(path: Path, content: Content) -> None:
    if isinstance(content, str):
        path.write_bytes(content.encode("utf-8", "surrogatepass"))
    else:
        content(path)


def _settings(content: Content) -> Callable[[Path], str]:
    def attack(folder: Path) -> str:
        _put(folder / "config.yaml", content)
        make_plan(read_layers([folder / "config.yaml"]), folder, write=True)
        return FINISHED

    return attack


def _metadata(content: Content) -> Callable[[Path], str]:
    return lambda folder: _dataset(folder, "dfdc", "metadata.json", content)


def _table(content: Content) -> Callable[[Path], str]:
    return lambda folder: _dataset(folder, "table", "labels.csv", content)


def _dataset(folder: Path, kind: str, name: str, content: Content) -> str:
    """Plan a dataset of two good files, of which the labels are hostile."""
    root = folder / "d"
    root.mkdir()
    for clip in ("a.mp4", "b.mp4"):
        (root / clip).write_text(clip)
    _put(root / name, content)
    plan = make_plan(validate_one(kind), folder, write=True)
    named = {problem.reason.split(": ")[1] for problem in plan.inventory.problems}
    named |= {Path(video.path).name for video in plan.inventory.videos}
    if kind == "dfdc" and not {"a.mp4", "b.mp4"} <= named:
        raise AssertionError(f"lost: only {sorted(named)[:5]} are accounted for")
    return QUARANTINED if plan.inventory.problems else FINISHED


def validate_one(kind: str) -> dict[str, object]:
    """Settings of one dataset in the folder ``d``."""
    settings = {"datasets": [{"name": "mine", "kind": kind, "root": "d"}]}
    validate(settings)
    return settings
