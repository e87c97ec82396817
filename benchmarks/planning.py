"""Measures how long the workflow takes to plan, and to find that there is nothing to do.

    python benchmarks/planning.py [COUNT ...] [--markdown FILE]

For each count of (empty) videos, in a folder of its own: `snakemake --dry-run` with everything to
do, and again with everything made. What is made is put there as empty files that carry the right
keys. Columns: seconds, processor seconds, and the most memory the process held.
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

ROOT = Path(__file__).parent.parent
COLUMNS = ("videos", "state", "seconds", "CPU s", "GB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("counts", nargs="*", type=int, default=[400, 8000, 119146])
    parser.add_argument("--markdown", type=Path, help="write the table there, too")
    args = parser.parse_args()
    rows = []
    for count in args.counts:
        rows += measure(count)
        print(*rows[-2:], sep="\n", flush=True)
    lines = [" | ".join(COLUMNS), " | ".join("---" for _ in COLUMNS)]
    lines += [" | ".join(str(value) for value in row) for row in rows]
    table = "\n".join(f"| {line} |" for line in lines) + "\n"
    print(table)
    if args.markdown:
        args.markdown.write_text(table)


def measure(count: int) -> list[tuple[object, ...]]:
    """Both states of a project of ``count`` videos, half of them fake."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number in range(count):
            label = "fake" if number % 2 else "real"
            path = folder / f"data/mine/{label}/{number // 2:06d}-{label}.mp4"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        config = {"datasets": [{"name": "mine", "kind": "folders", "root": "data/mine"}]}
        (folder / "mine.yaml").write_text(json.dumps(config))
        planned = dry_run(folder)
        pretend_made(folder, config)
        idle = dry_run(folder)
    return [(count, "all to do", *planned), (count, "nothing to do", *idle)]


def pretend_made(folder: Path, config: dict[str, object]) -> None:
    """Put a file that carries the right key where each result would be."""
    import yaml

    from unmask.results import expected
    from unmask.workflow import make_plan

    settings = yaml.safe_load((ROOT / "config.yaml").read_text()) | config
    for result in expected(make_plan(settings, folder)):
        holder, *others = (folder / path for path in result.outputs)
        for path in (holder, *others):
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.suffix:
                path.touch()
            else:
                path.mkdir(exist_ok=True)
        holder.write_text(json.dumps({"made_of": result.made_of, "files": {}}))


def dry_run(folder: Path) -> tuple[float, float, float]:
    """Seconds, processor seconds and peak memory in GB of a dry run in a process of its own."""
    command = [
        *(sys.executable, "-m", "snakemake", "--dry-run", "--cores=2"),
        *(f"--snakefile={ROOT / 'Snakefile'}", f"--directory={folder}"),
        f"--configfile={folder / 'mine.yaml'}",
    ]
    with (folder / "log").open("w") as log:
        began = time.monotonic()
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - began
    if status:
        raise SystemExit((folder / "log").read_text()[-2000:])
    return (
        round(seconds, 1),
        round(usage.ru_utime + usage.ru_stime, 1),
        round(usage.ru_maxrss / 1024**2, 2),
    )


if __name__ == "__main__":
    main()
