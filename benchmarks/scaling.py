"""Measures what a second core brings: the way from videos to crops with one job at a time and two.

    python benchmarks/scaling.py [CLIP_OR_FOLDER ...] [--count 20] [--rounds 3] [--markdown FILE]

Clips, repeated until there are as many as asked for (without any, clips of the demo), go through
`snakemake faces` with `--cores 1` and with `--cores 2`, in turn. Beside it, the bound that the
machine sets: the same clips decoded bare, one at a time and two at a time. Of the rounds, the
median counts.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from clips import clips
from stages import DECODE

ROOT = Path(__file__).parent.parent
CORES = (1, 2)
COLUMNS = ("what", *(f"{cores} at a time, s" for cores in CORES), "times")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("media", nargs="*", type=Path, help="videos, or folders of them")
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--markdown", type=Path, help="write the table there, too")
    args = parser.parse_args()
    seconds = {(what, cores): [] for what in (decode, workflow) for cores in CORES}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found = clips(args.media, folder / "demo")
        videos = copies(found, args.count, folder / "data")
        for _ in range(args.rounds):
            for (what, cores), taken in seconds.items():
                taken.append(what(videos, cores, folder))
    text = f"{args.count} clips, median of {args.rounds} rounds\n\n{table(seconds)}\n"
    print(text)
    if args.markdown:
        args.markdown.write_text(text)


def copies(found: list[Path], count: int, folder: Path) -> list[Path]:
    """So many videos in ``folder/real`` and ``folder/fake``, whatever they are."""
    videos = []
    for number in range(count):
        source = found[number % len(found)]
        label = ("real", "fake")[number % 2]
        video = folder / label / f"{number:04d}-{label}{source.suffix}"
        video.parent.mkdir(parents=True, exist_ok=True)
        # A box at the end tells them apart: the same content twice would count once.
        box = video.name.encode()
        video.write_bytes(source.read_bytes() + struct.pack(">I4s", 8 + len(box), b"free") + box)
        videos.append(video)
    return videos


def decode(videos: list[Path], cores: int, _: Path) -> float:
    """Seconds to decode all of them, each in a process of its own."""

    def one(video: Path) -> None:
        command = [sys.executable, "-c", DECODE, str(video)]
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)

    began = time.monotonic()
    with ThreadPoolExecutor(cores) as pool:
        list(pool.map(one, videos))
    return time.monotonic() - began


def workflow(videos: list[Path], cores: int, folder: Path) -> float:
    """Seconds of `snakemake faces`, from nothing."""
    config = {"datasets": [{"name": "mine", "kind": "folders", "root": str(folder / "data")}]}
    with tempfile.TemporaryDirectory(dir=folder) as name:
        (Path(name) / "mine.yaml").write_text(json.dumps(config))
        command = [
            *(sys.executable, "-m", "snakemake", f"--cores={cores}", "faces"),
            *(f"--snakefile={ROOT / 'Snakefile'}", f"--directory={name}"),
            f"--configfile={name}/mine.yaml",
        ]
        began = time.monotonic()
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=os.environ
        )
        taken = time.monotonic() - began
        if done.returncode:
            raise SystemExit(done.stdout[-2000:])
    return taken


def table(seconds: dict[tuple[object, int], list[float]]) -> str:
    """The medians as Markdown."""
    lines = [COLUMNS, ("---",) * len(COLUMNS)]
    names = {decode: "bare decoding", workflow: "snakemake faces"}
    for what, name in names.items():
        one, two = (statistics.median(seconds[what, cores]) for cores in CORES)
        lines.append((name, f"{one:.1f}", f"{two:.1f}", f"{one / two:.2f}"))
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    main()
