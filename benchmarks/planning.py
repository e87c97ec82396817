"""Measures how long the workflow takes to plan, to find nothing to do, and to start jobs.

    python benchmarks/planning.py [COUNT ...] [--seconds 60] [--markdown FILE]

For each count of (empty) videos, in a folder of its own: `snakemake --dry-run` with everything to
do, once more with `--quiet`, which lists no jobs, and `unmask plan`, which counts what is lacking
by stage; then the first and the last again with everything made. What is made is put there as empty
files that carry the right keys. Columns: seconds, processor seconds, and the most memory the
process held; and, of a real run with two jobs at a time, from its first job on, how many jobs it
finishes a second. An empty video is quarantined at once, so this is what starting and scheduling a
job takes.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
SNAKEMAKE = ("snakemake", f"--snakefile={ROOT / 'Snakefile'}")
COUNTS = ("unmask", "plan", str(ROOT / "config.yaml"))
COLUMNS = ("videos", "state", "seconds", "CPU s", "GB", "jobs/s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("counts", nargs="*", type=int, default=[400, 8000, 119146])
    parser.add_argument("--seconds", type=float, default=60.0, help="how long to run jobs")
    parser.add_argument("--markdown", type=Path, help="write the table there, too")
    args = parser.parse_args()
    rows = []
    for count in args.counts:
        measurements = measure(count, args.seconds)
        print(*measurements, sep="\n", flush=True)
        rows += measurements
    lines = [" | ".join(COLUMNS), " | ".join("---" for _ in COLUMNS)]
    lines += [" | ".join(str(value) for value in row) for row in rows]
    table = "\n".join(f"| {line} |" for line in lines) + "\n"
    print(table)
    if args.markdown:
        args.markdown.write_text(table)


def measure(count: int, seconds: float) -> list[tuple[object, ...]]:
    """What a project of ``count`` videos takes, half of them fake."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number in range(count):
            label = "fake" if number % 2 else "real"
            path = folder / f"data/mine/{label}/{number // 2:06d}-{label}.mp4"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        config = {"datasets": [{"name": "mine", "kind": "folders", "root": "data/mine"}]}
        (folder / "mine.yaml").write_text(json.dumps(config))
        planned = measured(folder, *SNAKEMAKE, "--dry-run")
        checked = measured(folder, *SNAKEMAKE, "--dry-run", "--quiet")
        counted = measured(folder, *COUNTS)
        rate = jobs_a_second(folder, seconds)
        pretend_made(folder, config)
        idle = measured(folder, *SNAKEMAKE, "--dry-run")
        current = measured(folder, *COUNTS)
    return [
        (count, "all to do", *planned, rate),
        (count, "all to do, --quiet", *checked, ""),
        (count, "all to do, unmask plan", *counted, ""),
        (count, "nothing to do", *idle, ""),
        (count, "nothing to do, unmask plan", *current, ""),
    ]


def pretend_made(folder: Path, config: dict[str, object]) -> None:
    """Put a file that carries the right key where each result would be."""
    import yaml

    from unmask.workflow.expected import expected
    from unmask.workflow.make_plan import make_plan

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


def measured(folder: Path, *command: str) -> tuple[float, float, float]:
    """Seconds, processor seconds and peak memory in GB of a command in a process of its own."""
    began = time.monotonic()
    process = start(folder, *command)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - began
    if status:
        raise SystemExit((folder / "log").read_text()[-2000:])
    return (
        round(seconds, 1),
        round(usage.ru_utime + usage.ru_stime, 1),
        round(usage.ru_maxrss / 1024**2, 2),
    )


def jobs_a_second(folder: Path, seconds: float) -> float:
    """How many jobs a run finishes a second, after its first."""
    process = start(folder, *SNAKEMAKE, "--cores=2", "faces")
    while not (before := finished(folder)) and process.poll() is None:
        time.sleep(0.5)
    began = time.monotonic()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    rate = (finished(folder) - before) / (time.monotonic() - began)
    process.kill()  # its jobs end with it
    process.wait()
    return round(rate, 1)


def finished(folder: Path) -> int:
    """How many jobs a run has finished."""
    return (folder / "log").read_text().count("Finished jobid:")


def start(folder: Path, module: str, *arguments: str) -> subprocess.Popen[bytes]:
    """Start a command in a project, with what it prints going into the file `log` there."""
    command = [sys.executable, "-m", module, *arguments, "--configfile", "mine.yaml"]
    with (folder / "log").open("w") as log:
        return subprocess.Popen(command, cwd=folder, stdout=log, stderr=subprocess.STDOUT)


if __name__ == "__main__":
    main()
