"""Writes ``docs/licenses.md``: under which licenses stands what is shipped, and what is installed.

Those of packages are what they say of themselves, in the environment this runs in. ``make lock``
runs it too.
"""

from __future__ import annotations

from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs/licenses.md"
LONGEST = 60
"""Some packages write the whole license into the field for its name."""

SHIPPED = {
    "the code": ("MIT", "`LICENSE`"),
    "`prediction/detector/detector.keras`": (
        "MIT",
        "trained on face crops of DFDC that are published under Apache-2.0, from ImageNet weights "
        "of EfficientNet-Lite0 (Apache-2.0)",
    ),
    "MTCNN's networks, in `detections/mtcnn/`": ("MIT", "the weights of the package `mtcnn`"),
}

HEAD = """\
# Licenses

Written by `python scripts/licenses.py` (`make lock` runs it).

## What is shipped

| what | license | from |
|---|---|---|
"""
INSTALLED = """
## What is installed

What each package says of itself. *run*: `requirements.lock`, *develop*: `requirements-dev.lock`.

| package | license | for |
|---|---|---|
"""


def page() -> str:
    """The page as text."""
    shipped = [f"| {what} | {name} | {source} |" for what, (name, source) in SHIPPED.items()]
    rows = []
    for lock, use in (("requirements.lock", "run"), ("requirements-dev.lock", "develop")):
        lines = (ROOT / lock).read_text("utf-8").splitlines()
        names = [Requirement(line).name for line in lines if line and line[0] != "#"]
        rows += [f"| {name} | {license_of(name)} | {use} |" for name in names]
    return HEAD + "\n".join(shipped) + "\n" + INSTALLED + "\n".join(rows) + "\n"


def license_of(name: str) -> str:
    """The license that an installed package names. TensorFlow's builds have one."""
    for candidate in dict.fromkeys([name, f"{name}-cpu"]):
        try:
            return _named(metadata(candidate))
        except PackageNotFoundError:
            continue
    return "not installed where this was written"


def _named(about: PackageMetadata) -> str:
    if expression := about.get("License-Expression"):
        return expression
    classes = [
        line.rpartition(" :: ")[2]
        for line in about.get_all("Classifier") or ()
        if line.startswith("License ::") and not line.endswith("OSI Approved")
    ]
    if classes:
        return ", ".join(classes)
    text = (about.get("License") or "").strip().splitlines()
    return text[0][:LONGEST].replace("|", "/") if text else "not named"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
