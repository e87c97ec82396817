"""The law of reruns: the tables of ``docs/reruns.md``, and what the tools say that they run."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

PAGE = Path(__file__).parent.parent / "docs/reruns.md"
ALL, SOME = "●", "◐"

RULE_OF_STAGE = {
    "demo": "film_demo",
    "frames": "extract_frames",
    "detections": "detect_faces",
    "faces": "crop_faces",
    "cropped": "adopt_crops",
}
"""Where the rule is not called like the stage."""

TARGETS = {"all", "demo", "frames", "detections", "faces", "evaluate", "exports"}
"""Rules that only name files and run nothing."""

FROM_TRAINING = dict.fromkeys(("train", "score", "explain", "metrics", "plots", "report"), 1)
"""The jobs of a run after a change to the training."""

JOBS = Counter(frames=10, detections=10, faces=10)
"""How many jobs the stages have in that project that have more than one."""


def law(section: str) -> dict[str, dict[str, str]]:
    """The marks of each row of a section's table, by stage. Rows of modules: one a module."""
    text = PAGE.read_text("utf-8").split(f"\n## {section}\n")[1].split("\n## ")[0]
    lines = [line.strip().strip("|").split("|") for line in text.splitlines() if line[:1] == "|"]
    stages = [cell.strip() for cell in lines[0][1:]]
    rows = {}
    for name, *marks in lines[2:]:
        found = {s: m.strip() for s, m in zip(stages, marks, strict=True) if m.strip()}
        for one in re.findall(r"`([^`]+)`", name) or [name.strip()]:
            rows[one] = found
    return rows


SECTIONS = ("Settings", "Videos, labels, files", "Code")
LAW = {row: marks for section in SECTIONS for row, marks in law(section).items()}
"""The marks of every row, but for what is made on request."""


def kinds() -> list[list[str]]:
    """The rows, those together that have the same marks."""
    found: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for row, marks in LAW.items():
        found.setdefault(tuple(sorted(marks.items())), []).append(row)
    return list(found.values())


def expected_jobs(marks: dict[str, str], concerned: int = 1) -> Counter[str]:
    """How often each rule runs, where ``concerned`` videos are meant by the half marks."""
    return Counter(
        {
            RULE_OF_STAGE.get(stage, stage): concerned if mark == SOME else JOBS[stage] or 1
            for stage, mark in marks.items()
        }
    )


def planned_jobs(output: str) -> Counter[str]:
    """How often each rule would run, from the table of a dry run."""
    table = re.search(r"Job stats:\n.*?\n-.*?\n(.*?)\ntotal", output, re.DOTALL)
    lines = table.group(1).splitlines() if table else []
    return _without_targets({line.split()[0]: int(line.split()[1]) for line in lines})


def jobs_run(output: str) -> Counter[str]:
    """How often each rule ran, from what Snakemake prints as it runs, also below DVC."""
    return _without_targets(Counter(re.findall(r"^(?:local)?rule (\w+):$", output, re.MULTILINE)))


def _without_targets(jobs: dict[str, int]) -> Counter[str]:
    return Counter({rule: n for rule, n in jobs.items() if rule not in TARGETS})
