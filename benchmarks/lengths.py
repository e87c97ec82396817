"""Measures video to crops at several lengths, against bare decoding of the same clip.

    python benchmarks/lengths.py CLIP [--rounds 3] [--markdown FILE]

CLIP is about 10 s long. Longer ones are that clip over and over, copied without encoding, so bare
decoding of them is so many times that of CLIP; it is measured for CLIP alone. The three jobs run
as the workflow runs them, one thread each, their starts included. Of the rounds, the median counts.

all frames decoded   CPU of the jobs over that of bare decoding, every frame being decoded; measured
                     once, for it takes long
only what is needed  the same as it is by default
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import av
from stages import DECODE, STAGES, arguments, settings_files, spend

LENGTHS = {"10 s, 2 frames/s": (1, {"fps": 2}), "60 s, 2 frames/s": (6, {"fps": 2})} | {
    "10 min, 32 frames": (60, {"count": 32, "fps": None})
}
ALL = """
import sys
from unmask.frames import packets
packets._KNOWN = frozenset()
from unmask.cli import main
sys.exit(main(sys.argv[1:]))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clip", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--markdown", type=Path, help="write the table there, too")
    args = parser.parse_args()
    lines = [
        "| clip | decode, CPU s | all frames decoded | only what is needed |",
        "|---|---|---|---|",
    ]
    with tempfile.TemporaryDirectory() as name:
        for label, (times, frames) in LENGTHS.items():
            clip = repeated(args.clip, times, Path(name) / f"{times}.mp4")
            found = [
                measure(args.clip, clip, times, frames, every=not number)
                for number in range(args.rounds)
            ]
            decode, needed = (statistics.median(row[i] for row in found) for i in (0, 2))
            every = found[0][1]
            lines.append(f"| {label} | {decode:.2f} | {every:.2f} | {needed:.2f} |")
            print(lines[-1], [round(row[2], 2) for row in found], flush=True)
    if args.markdown:
        args.markdown.write_text("\n".join(lines) + "\n")


def measure(
    original: Path, clip: Path, times: int, frames: dict[str, object], *, every: bool
) -> tuple[float, float, float]:
    """CPU seconds of bare decoding, and the two ways to crops as multiples of them.

    The first of the ways only if ``every``; else 0 stands for it.
    """
    done = subprocess.run(
        [sys.executable, "-c", DECODE, str(original)], capture_output=True, text=True, check=True
    )
    decode = times * float(done.stdout.split()[0])
    with tempfile.TemporaryDirectory() as name:
        settings_files(Path(name), frames)
        whole = job("frames", clip, name, ["-c", ALL]) if every else 0.0
        needed = job("frames", clip, name)
        others = sum(job(stage, clip, name) for stage in STAGES if stage != "frames")
    return decode, (whole + others) / decode, (needed + others) / decode


def job(stage: str, clip: Path, folder: str, how: Sequence[str] = ("-m", "unmask")) -> float:
    """CPU seconds of a job."""
    return spend([sys.executable, *how, *arguments(stage, clip, folder)])[0]


def repeated(clip: Path, times: int, out: Path) -> Path:
    """A clip over and over, its packets copied."""
    if times == 1:
        return clip
    with av.open(str(out), "w") as longer:
        stream, start = None, 0
        for _ in range(times):
            with av.open(str(clip)) as source:
                video = source.streams.video[0]
                stream = stream or longer.add_stream_from_template(video)
                last = 0
                for packet in source.demux(video):
                    if packet.size:
                        last = max(last, packet.pts + (packet.duration or 1))
                        packet.pts, packet.dts = packet.pts + start, packet.dts + start
                        packet.stream = stream
                        longer.mux(packet)
            start += last
    return out


if __name__ == "__main__":
    main()
