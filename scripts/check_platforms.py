"""Checks that the locks can be installed elsewhere: other versions of Python, other machines.

Asks pip for a wheel of each pinned line, without installing anything. What is only published as
source (pure Python, built on the spot) is named and not held against the platform.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
GLIBC = ("2_28", "2_27", "2_26", "2_17", "2_12", "2_5")
MACS = (
    "14_0_arm64",
    "13_0_arm64",
    "12_0_arm64",
    "11_0_arm64",
    "10_13_universal2",
    "10_9_universal2",
)
PLATFORMS = {
    "Linux x86-64": [f"manylinux_{v}_x86_64" for v in GLIBC] + ["manylinux2014_x86_64"],
    "Linux arm64": [f"manylinux_{v}_aarch64" for v in GLIBC] + ["manylinux2014_aarch64"],
    "macOS arm64": [f"macosx_{v}" for v in MACS],
}
SUPPORTED = {
    "Linux x86-64": ("3.11.2", "3.12", "3.13"),
    "Linux arm64": ("3.11.2", "3.12", "3.13"),
    "macOS arm64": ("3.12", "3.13"),
}
MARKERS = {
    "Linux x86-64": {"sys_platform": "linux", "platform_machine": "x86_64"},
    "Linux arm64": {"sys_platform": "linux", "platform_machine": "aarch64"},
    "macOS arm64": {"sys_platform": "darwin", "platform_machine": "arm64"},
}
SOURCE_ONLY = ("antlr4-python3-runtime", "connection_pool")


def pins(lock: Path, platform: str) -> list[str]:
    """The lines that are for this platform, without their markers: pip looks at its own."""
    from packaging.requirements import Requirement

    lines = [line for line in lock.read_text("utf-8").splitlines() if "==" in line]
    wanted = []
    for line in lines:
        requirement = Requirement(line)
        if requirement.name in SOURCE_ONLY:
            continue
        if requirement.marker is None or requirement.marker.evaluate(MARKERS[platform]):
            wanted.append(f"{requirement.name}{requirement.specifier}")
    return wanted


def lacking(lock: Path, platform: str, python: str) -> list[str]:
    """Pinned lines of which there is no wheel; empty if all can be installed."""
    todo, absent = pins(lock, platform), []
    tags = [word for tag in PLATFORMS[platform] for word in ("--platform", tag)]
    while True:
        done = subprocess.run(
            [
                *(sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--no-deps"),
                *("--ignore-installed", "--disable-pip-version-check", "--only-binary=:all:"),
                *("--target", str(ROOT / "nowhere"), "--python-version", python, *tags, *todo),
            ],
            capture_output=True,
            text=True,
        )
        if not done.returncode:
            return absent
        found = re.search(r"No matching distribution found for (\S+)", done.stderr)
        if not found or found[1] not in todo:
            return [*absent, done.stderr.strip()]
        absent.append(found[1])
        todo.remove(found[1])


def main() -> int:
    """Check every platform, or those named; exit 1 if something is lacking."""
    failed = False
    for platform, pythons in SUPPORTED.items():
        for python in pythons:
            for lock in ("requirements.lock", "requirements-dev.lock"):
                absent = lacking(ROOT / lock, platform, python)
                failed |= bool(absent)
                print(f"{platform}, Python {python}, {lock}: {', '.join(absent) or 'all there'}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
