"""Measures the report at many test videos: how long it takes to write and to open, and its size.

    python benchmarks/report.py [--videos 5000] [--frames 20] [--markdown FILE]

The results that it shows are made up here: crops of noise, scores at random. With Chromium and
the playwright package installed the page is opened, too: until it is loaded, and until its table
of videos answers to a search.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from results_tree import Clip, Results
from unmask.report.build import build_report
from unmask.report.inputs import Inputs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--videos", type=int, default=5000)
    parser.add_argument("--frames", type=int, default=20)
    parser.add_argument("--markdown", type=Path, help="write the table there, too")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        inputs = made_up(Path(folder), args.videos, args.frames)
        start = time.perf_counter()
        page = build_report(Path(folder) / "report", inputs, {})
        written = time.perf_counter() - start
        rows = [
            ("test videos, frames of each", f"{args.videos}, {args.frames}"),
            ("written in", f"{written:.1f} s"),
            ("index.html", f"{page.stat().st_size / 1e6:.1f} MB"),
            ("a page of a video, mean", f"{mean_size(page.parent / 'videos') / 1e3:.0f} kB"),
            *opened(page),
        ]
    table = "| what | measured |\n| --- | --- |\n"
    table += "".join(f"| {name} | {value} |\n" for name, value in rows)
    print(table)
    if args.markdown:
        args.markdown.write_text(table)


def made_up(folder: Path, videos: int, frames: int) -> Inputs:
    """Results of so many test videos, half of them fake, four to a group."""
    rng = np.random.default_rng(0)
    clips = tuple(
        Clip(
            f"video_{n:05d}", n % 2, f"g{n // 4}", split,
            tuple(np.clip(rng.normal(0.35 + 0.3 * (n % 2), 0.2, frames), 0, 1)),
            "swap" if n % 2 else "",
        )
        for n in range(videos + 40)
        for split in ["val" if n >= videos else "test"]
    )  # fmt: skip
    results = Results(folder, clips)
    for clip in clips:
        noise = rng.integers(0, 256, (56, 56, 3), dtype=np.uint8)
        cv2.imwrite(str(folder / "crop.jpg"), cv2.resize(noise, (224, 224)))
        for number in range(frames):
            shutil.copyfile(folder / "crop.jpg", results.crops / Results._file(clip, number))
    results.explain([clip.video for clip in clips[:100]])
    results.measure()
    return results.inputs()


def mean_size(folder: Path) -> float:
    sizes = [path.stat().st_size for path in folder.iterdir()]
    return sum(sizes) / len(sizes)


def opened(page: Path) -> list[tuple[str, str]]:
    """Times of opening the page in Chromium and of a search; nothing where there is none."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        return []
    if chromium is None:
        return []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        tab = browser.new_page()
        start = time.perf_counter()
        tab.goto(page.as_uri(), wait_until="load")
        tab.locator("#scores tbody tr").first.wait_for()
        loaded = time.perf_counter() - start
        start = time.perf_counter()
        tab.locator("#find input").fill("video_00042")
        tab.locator("#find [role=status]", has_text="of 1 videos").wait_for()
        found = time.perf_counter() - start
        browser.close()
    return [
        ("opened in Chromium, table there", f"{loaded:.2f} s"),
        ("search in the table", f"{found:.2f} s"),
    ]


if __name__ == "__main__":
    main()
