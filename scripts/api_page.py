"""``docs/api.md``: the functions for Python, from their docstrings."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

import unmask
from unmask.api import Detector

HEADER = """\
# From Python

<!-- Written by `make generate` from src/unmask/api. -->

```python
import unmask

print(unmask.load().predict("clip.mp4").verdict)
```

These functions call what the commands call. `import unmask` is instant: TensorFlow is imported by
the first function that needs it. What you can mend is an `unmask.errors.UnmaskError`, whose message
says how. The sections and settings are those of [`config.yaml`](settings.md). What a verdict means
[has its own page](verdict.md).

In the examples, which a test runs, `data/crops/` holds face crops in `real/` and
`fake/`, `data/labels.csv` names them, and `results/` has a model.
"""

METHODS = (Detector.predict, Detector.predict_faces, Detector.crop_faces)


def api_page() -> str:
    """The page as Markdown."""
    shown: list[tuple[str, Callable[..., Any]]] = [("unmask.load", unmask.load)]
    shown += [(f"Detector.{method.__name__}", method) for method in METHODS]
    names = ("find_faces", "crop_faces", "train", "evaluate")
    shown += [(f"unmask.{name}", getattr(unmask, name)) for name in names]
    return "\n".join([HEADER, *(_section(name, function) for name, function in shown)])


def _section(name: str, function: Callable[..., Any]) -> str:
    text, _, example = inspect.getdoc(function).partition("Example:\n")
    return (
        f"## {name}\n\n```python\n{name}{_signature(name, function)}\n```\n\n{_prose(text)}\n"
        f"```python\n{inspect.cleandoc(example)}\n```\n"
    )


def _signature(name: str, function: Callable[..., Any]) -> str:
    """Parameters and what is returned; a line a parameter where one line is too short."""
    signature = inspect.signature(function)
    kinds = [each.kind for each in signature.parameters.values()]
    listed = [str(each) for each in signature.parameters.values()]
    if inspect.Parameter.KEYWORD_ONLY in kinds:
        listed.insert(kinds.index(inspect.Parameter.KEYWORD_ONLY), "*")
    listed = [text.replace("'", "") for text in listed if text != "self"]
    text = ", ".join(listed)
    if len(name) + len(text) > 76:
        text = "\n" + "".join(f"    {each},\n" for each in listed)
    return f"({text}) -> {signature.return_annotation}"


def _prose(text: str) -> str:
    """A docstring with its sections as lists."""
    text = re.sub(r":\w+:`([^`]+)`", r"``\1``", text).replace("``", "`")
    lines = []
    for line in text.strip().splitlines():
        if re.fullmatch(r"(Args|Returns|Raises):", line):
            lines += [f"*{line.removesuffix(':')}*", ""]
        elif re.match(r"    \w+: ", line):
            name, _, rest = line.strip().partition(": ")
            lines.append(f"- `{name}`: {rest}")
        else:
            lines.append(line.removeprefix("    "))
    return "\n".join(lines) + "\n"
