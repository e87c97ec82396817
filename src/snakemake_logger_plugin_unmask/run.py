"""A run as the terminal shows it: how far each stage is, what failed, and the answer."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from snakemake_logger_plugin_unmask import logs
from snakemake_logger_plugin_unmask.follow import FOLLOWED, Follower
from snakemake_logger_plugin_unmask.screen import Screen, Stage
from unmask.progress import duration

NAMES = {
    "film_demo": "demo",
    "extract_frames": "frames",
    "detect_faces": "detections",
    "crop_faces": "faces",
    "adopt_crops": "cropped",
}
"""Stages whose jobs have a rule of another name. (The stage's own collects their results.)"""

_COLLECT = ("all", "demo", "frames", "detections", "faces", "evaluate", "exports")
"""Rules that make nothing themselves."""

TOLD = 3
"""So many failures of a stage are told in full."""


class Run:
    """Collects the events of a run. ``at`` is where the user started it."""

    def __init__(self, screen: Screen, at: Path, *, dry: bool, quiet: bool) -> None:
        self.screen, self.at, self.dry, self.quiet = screen, at, dry, quiet
        self.current = False
        self.began_at = time.monotonic()
        self.totals: dict[str, int] = {}
        self.stages: dict[str, Stage] = {}
        self.jobs: dict[int, str] = {}
        self.reasons: dict[str, Counter[str]] = {}
        self.followers: dict[int, Follower] = {}
        self.failures: Counter[str] = Counter()
        self.ended = False

    def say(self, text: str) -> None:
        """Print lines that stay."""
        self.screen.say(text)

    def planned(self, stats: Mapping[str, int]) -> None:
        """So many jobs of each rule are to be run."""
        self.totals = {
            NAMES.get(rule, rule): number
            for rule, number in stats.items()
            if rule not in (*_COLLECT, "total")
        }
        if not self.dry and not self.quiet and self.totals:
            self.say(f"To be made: {', '.join(map(_counted, self.totals.items()))}.")

    def began(self, job: int, rule: str, reason: str, log: Sequence[str]) -> None:
        """A job begins, or would."""
        if rule in _COLLECT:
            return
        name = self.jobs[job] = NAMES.get(rule, rule)
        if self.dry:
            self.reasons.setdefault(name, Counter())[_why(reason)] += 1
            return
        stage = self.stages.setdefault(name, Stage(name, self.totals.get(name, 1)))
        if self.quiet:
            return
        self.screen.show(stage)
        if name in FOLLOWED and log:
            self.followers[job] = Follower(Path(log[0]), self.screen, stage)

    def finished(self, job: int) -> None:
        """A job is done."""
        name = self.jobs.pop(job, "")
        if follower := self.followers.pop(job, None):
            follower.stop()
        if not name:
            return
        stage = self.stages[name]
        stage.done += 1
        if self.quiet:
            return
        if stage.done >= stage.total:
            self.screen.end(stage)
        else:
            self.screen.show(stage)

    def failed(self, rule: str, job: int, log: Sequence[str]) -> None:
        """A job failed: the first few of a stage are told in full."""
        if follower := self.followers.pop(job, None):
            follower.stop(read=False)
        self.jobs.pop(job, None)
        name = NAMES.get(rule, rule)
        self.failures[name] += 1
        if self.failures[name] <= TOLD:
            self.say("\n".join(["", f"{name} failed.", *logs.reason([Path(p) for p in log])]))

    def mistake(self, text: str) -> None:
        """The run cannot go on, for this reason; what failed has been told already."""
        if not self.failures:
            self.screen.close()
            self.say(text)

    def nothing_to_do(self) -> None:
        """All that was asked for is there."""
        self.say("Nothing to be done: all that was asked for is there and up to date.")
        if self.current:
            self._answer()
        self.ended = True

    def plan_told(self) -> None:
        """A dry run has come to its end."""
        if self.ended or not self.totals:
            return
        self.ended = True
        lines = ["", "Would be made (a dry run; nothing was touched):"]
        for name, number in self.totals.items():
            why = "; ".join(_reasons(self.reasons.get(name, Counter())))
            lines.append(f"  {name:<12} {number:>6}   {why}".rstrip())
        self.say("\n".join(lines))

    def over(self) -> None:
        """The last job is done."""
        if self.ended:
            return
        self.ended = True
        self.screen.close()
        if self.failures:
            told = ", ".join(f"{name} ({number})" for name, number in self.failures.items())
            self.say(
                f"\nFailed: {told}. What is done is kept: mend what failed, and run again. "
                "Each job's log is in logs/."
            )
            return
        if not self.quiet:
            self.say(f"\nDone in {duration(time.monotonic() - self.began_at)}.")
        report = self.stages.get("report")
        if report and report.done:
            self._answer()

    def close(self) -> None:
        """The run is over, however it ended."""
        for follower in self.followers.values():
            follower.stop(read=False)
        if self.dry:
            self.plan_told()
        self.screen.close()

    def _answer(self) -> None:
        from unmask.report.closing import closing

        lines = closing(Path("results"), self.at)
        if lines:
            self.say("\n".join(["", *lines]))


def _counted(planned: tuple[str, int]) -> str:
    name, number = planned
    return name if number == 1 else f"{name} ({number})"


def _why(reason: str) -> str:
    """Snakemake's reason in a word or two."""
    if "Missing output files" in reason:
        return "missing"
    if "results/workflow/settings/" in reason:
        return "settings, code or videos changed"
    if "Input files updated by another job" in reason:
        return "follows from the above"
    return "out of date"


def _reasons(counts: Counter[str]) -> list[str]:
    whole = len(counts) == 1
    return [why if whole else f"{number} {why}" for why, number in counts.most_common()]
