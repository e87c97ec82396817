"""Measures what each per-video stage costs, against bare decoding of the same clips.

    python benchmarks/stages.py [CLIP_OR_FOLDER ...] [--rounds 3] [--fps 2] [--markdown FILE]

Without clips, the demo is filmed and measured. Each stage runs as the workflow runs it: a command
in a process of its own, one thread. `decode` only decodes every frame, in one process, its start
not counted. Of the rounds, the cheapest counts. Columns:

CPU s     processor seconds a clip, the start of the process included
x decode  the same as a multiple of bare decoding
seconds   wall-clock seconds a clip
MB        most memory the process held
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from clips import clips

COLUMNS = ("stage", "CPU s", "x decode", "seconds", "MB")
STAGES = ("frames", "detections", "faces")
START = "start of Python"

Usage = tuple[float, float, float]
"""Processor seconds, wall-clock seconds, peak memory in MB."""

DECODE = """
import sys, time, cv2
cv2.setNumThreads(1)
began, wall = time.process_time(), time.monotonic()
capture = cv2.VideoCapture(sys.argv[1], cv2.CAP_FFMPEG, (cv2.CAP_PROP_N_THREADS, 1))
while capture.grab():
    pass
print(time.process_time() - began, time.monotonic() - wall)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("media", nargs="*", type=Path, help="videos, or folders of them")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--fps", type=float, default=2.0)
    parser.add_argument("--markdown", type=Path, help="write the table there, too")
    parser.add_argument("--picture", type=Path, help="draw it there (PNG)")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        found = clips(args.media, Path(name))
        best: dict[str, dict[Path, Usage]] = {}
        for _ in range(args.rounds):
            for clip in found:
                for stage, usage in measure(clip, args.fps).items():
                    known = best.setdefault(stage, {}).get(clip, (float("inf"),) * 3)
                    best[stage][clip] = min(known, usage)
    text = table(best, len(found))
    print(text)
    if args.markdown:
        args.markdown.write_text(text)
    if args.picture:
        draw(text, args.picture)


def measure(clip: Path, fps: float) -> dict[str, Usage]:
    """What decoding and each stage cost for one clip."""
    done = subprocess.run(
        [sys.executable, "-c", DECODE, str(clip)], capture_output=True, text=True, check=True
    )
    processor, seconds = map(float, done.stdout.split())
    found = {"decode": (processor, seconds, 0.0), START: spend([sys.executable, "-c", ""])}
    with tempfile.TemporaryDirectory() as name:
        settings_files(Path(name), {"fps": fps})
        for stage in STAGES:
            found[stage] = spend([sys.executable, "-m", "unmask", *arguments(stage, clip, name)])
    return found


def settings_files(folder: Path, frames: dict[str, object]) -> None:
    """Write the settings file of each stage."""
    settings = {
        "frames": frames,
        "detections": {"detector": "mtcnn", "device": "cpu"},
        "faces": {},
    }
    for stage, values in settings.items():
        (folder / f"{stage}.json").write_text(json.dumps({"code": "", "settings": values}))


def arguments(stage: str, clip: Path, folder: str) -> list[str]:
    """The arguments of a stage's command for a clip; results go to a folder."""
    frames = f"--frames {folder}/frames"
    own = {
        "frames": f"--video v {frames} --index {folder}/frames.idx",
        "detections": f"{frames} --index {folder}/frames.idx --output {folder}/found.idx",
        "faces": f"--detections {folder}/found.idx {frames}"
        f" --faces {folder}/faces --index {folder}/faces.idx",
    }
    file = [str(clip)] if stage == "frames" else []
    return [stage, "--settings", f"{folder}/{stage}.json", *own[stage].split(), *file]


def spend(command: list[str]) -> Usage:
    """Run a command; what it spent."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - began
    if status:
        raise SystemExit(f"{' '.join(command)} failed")
    return usage.ru_utime + usage.ru_stime, seconds, usage.ru_maxrss / 1024


def table(best: dict[str, dict[Path, Usage]], count: int) -> str:
    """The means over the clips, as Markdown."""
    means = {
        stage: (
            *(sum(usage[i] for usage in of.values()) / count for i in range(2)),
            max(usage[2] for usage in of.values()),
        )
        for stage, of in best.items()
    }
    total = tuple(sum(means[stage][i] for stage in STAGES) for i in range(2))
    means["video to crops"] = (*total, max(means[stage][2] for stage in STAGES))
    decode = means["decode"][0]
    lines = [COLUMNS, ["---"] * len(COLUMNS)]
    lines += [
        [name, f"{cpu:.2f}", f"{cpu / decode:.2f}", f"{seconds:.2f}", f"{memory:.0f}"]
        for name, (cpu, seconds, memory) in means.items()
    ]
    rows = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return f"{count} clips, CPU seconds a clip\n\n{rows}\n"


def draw(text: str, path: Path) -> None:
    """Draw the column `x decode` of a table as bars."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("|")]
    names, values = [row[0] for row in rows[2:]], [float(row[2]) for row in rows[2:]]
    figure, axes = plt.subplots(figsize=(7, 2.6), layout="constrained")
    bars = axes.barh(names[::-1], values[::-1], color="#4c72b0")
    axes.bar_label(bars, fmt="%.2f", padding=3)
    axes.axvline(1, color="black", linewidth=0.8, linestyle=":")
    axes.set_xlabel("CPU time, bare decoding of the same clips = 1")
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_xlim(0, max(values) * 1.15)
    figure.savefig(path, dpi=110)


if __name__ == "__main__":
    main()
