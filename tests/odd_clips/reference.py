"""What FFmpeg's own command makes of a clip: the yardstick."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import numpy as np

SHOWN = "estdif=mode=frame:deint=interlaced,scale=trunc(iw*sar):ih:flags=bicubic,setsar=1"
"""One picture of two fields, by the lines of one alone; square pixels; upright as by default."""


def frames(path: Path) -> tuple[list[float], np.ndarray]:
    """Every frame of a clip: seconds from the first, and n x height x width x 3, uint8, BGR."""
    filters = f"{SHOWN},showinfo"
    command = ["ffmpeg", "-nostdin", "-hide_banner", "-loglevel", "info", "-i", str(path)]
    command += ["-map", "0:v:0", "-an", "-vf", filters, "-vsync", "passthrough"]
    command += ["-pix_fmt", "bgr24", "-f", "rawvideo", "-"]
    done = subprocess.run(command, capture_output=True, check=True)
    log = done.stderr.decode(errors="replace")
    shown = [line for line in log.splitlines() if "Parsed_showinfo" in line]
    found = [re.search(r"pts_time:\s*(\S+).* s:(\d+)x(\d+)", line) for line in shown]
    found = [match for match in found if match]
    width, height = int(found[0][2]), int(found[0][3])
    images = np.frombuffer(done.stdout, np.uint8).reshape(-1, height, width, 3)
    stamps = [float(match[1]) for match in found[: len(images)]]
    return [stamp - stamps[0] for stamp in stamps], images
