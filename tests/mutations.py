"""Breaks the code in forty ways, one at a time, and sees that `make test` notices each.

    python tests/mutations.py [--only N] [--write]

Each mutation is tried in a copy of the checkout, with the test files that ought to notice it and
without what is marked as long. ``--write`` brings the table in CONTRIBUTING.md up to date. It ends
with status 1 if one is not noticed.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from commands import REPOSITORY, environment
from projects import tracked_files

PAGE = REPOSITORY / "CONTRIBUTING.md"
MARKS = "<!-- mutations: written by `make test-mutations ARGS=--write` -->", "<!-- end -->"


@dataclass(frozen=True)
class Mutation:
    """In ``module`` the text ``old``, which stands there once, becomes ``new``."""

    what: str
    module: str
    old: str
    new: str
    tests: str

    def apply(self, root: Path) -> None:
        """Break the copy of the code below ``root``."""
        path = root / self.module
        text = path.read_text("utf-8")
        assert text.count(self.old) == 1, f"{self.module}: not there once: {self.old}"
        path.write_text(text.replace(self.old, self.new), "utf-8")


MUTATIONS = [
    # --- labels, groups, splits
    Mutation(
        "real and fake trade their numbers",
        "src/unmask/labels.py",
        "REAL, FAKE = 0, 1",
        "REAL, FAKE = 1, 0",
        "tests/unit/videos/test_datasets.py",
    ),
    Mutation(
        "the names of the classes stand in the order of the alphabet",
        "src/unmask/labels.py",
        'CLASS_NAMES = ("real", "fake")',
        'CLASS_NAMES = ("fake", "real")',
        "tests/unit/dataset/test_dataset.py",
    ),
    Mutation(
        "a group on two sides of the split is no leak",
        "src/unmask/videos/split.py",
        "for group, s in sides.items() if len(s) > 1]",
        "for group, s in sides.items() if len(s) > 2]",
        "tests/unit/videos/test_split.py",
    ),
    Mutation(
        "the split does not depend on the seed",
        "src/unmask/videos/split.py",
        'f"{seed}/{group}"',
        'f"{group}"',
        "tests/unit/videos/test_split.py",
    ),
    Mutation(
        "classes are not spread over the sides",
        "src/unmask/videos/split.py",
        "sizes[video.group][video.dataset, video.label] += 1",
        "sizes[video.group][video.dataset, 0] += 1",
        "tests/unit/videos/test_split.py",
    ),
    Mutation(
        "groups taken for validation stay in training",
        "src/unmask/videos/split.py",
        "chosen = own | dealt",
        "chosen = dealt | own",
        "tests/unit/videos/test_split.py",
    ),
    Mutation(
        "a fake is not in the group of its original",
        "src/unmask/videos/readers/dfdc.py",
        'original = entry.get("original") if label == FAKE else None',
        "original = None",
        "tests/unit/videos/test_datasets.py",
    ),
    Mutation(
        "a fake of a fake is not in the group of the first original",
        "src/unmask/videos/readers/dfdc.py",
        "clip.group = made_from[clip.group]",
        "break",
        "tests/unit/videos/test_datasets.py",
    ),
    Mutation(
        "dataset folders are filled without looking for leaks",
        "src/unmask/dataset/build.py",
        'assert_no_leak((row["group"], row["split"]) for row in rows)',
        "assert_no_leak([])",
        "tests/unit/dataset/test_dataset.py",
    ),
    # --- nothing is lost in silence
    Mutation(
        "quarantined videos are left out without a word",
        "src/unmask/dataset/quarantine.py",
        "for index in indexes if not index.ok]",
        "for index in indexes if None]",
        "tests/unit/dataset/test_dataset.py",
    ),
    Mutation(
        "a run stops at the limit of bad videos, not above",
        "src/unmask/dataset/quarantine.py",
        "if fraction > max_bad_fraction:",
        "if fraction >= max_bad_fraction:",
        "tests/unit/dataset/test_dataset.py",
    ),
    Mutation(
        "files that were never videos count as bad videos",
        "src/unmask/dataset/quarantine.py",
        "for problem in problems if problem.stage != LISTED}",
        "for problem in problems}",
        "tests/unit/dataset/test_dataset.py",
    ),
    Mutation(
        "a clip that is cut short passes",
        "src/unmask/frames/sample.py",
        "if index.decoded >= min(min_decoded * clip.promised, clip.promised - _SLACK):",
        "if index.decoded:",
        "tests/unit/frames/test_frames.py",
    ),
    # --- times and frames
    Mutation(
        "frames are sampled by count, not by time",
        "src/unmask/frames/sample.py",
        "due = math.floor(position) + 1",
        "due = due + 1",
        "tests/unit/frames/test_frames.py",
    ),
    Mutation(
        "so many frames are taken from the start of each part, not its middle",
        "src/unmask/frames/sample.py",
        "middles = (np.arange(count) + 0.5) / count",
        "middles = np.arange(count) / count",
        "tests/unit/frames/test_frames.py",
    ),
    Mutation(
        "the time of a frame is not counted from the first",
        "src/unmask/frames/video.py",
        "time = stamp - start if stamp - start > previous else",
        "time = stamp if stamp - start > previous else",
        "tests/unit/frames/test_video.py",
    ),
    Mutation(
        "frames that a trimmed clip hides are promised",
        "src/unmask/frames/video.py",
        "self.promised = round(self.promised * track.shown)",
        "self.promised = round(self.promised)",
        "tests/unit/frames",
    ),
    # --- boxes and crops
    Mutation(
        "the square is cut around the shorter side of the box",
        "src/unmask/faces/geometry.py",
        "side = max(1.0, scale * max(width, height))\n    if landmarks is None:\n        return",
        "side = max(1.0, scale * min(width, height))\n    if landmarks is None:\n        return",
        "tests/unit/faces/test_geometry.py",
    ),
    Mutation(
        "the edge pixel is mirrored twice",
        "src/unmask/faces/geometry.py",
        "return np.minimum(folded, 2 * length - 2 - folded)",
        "return np.minimum(folded, np.abs(2 * length - 1 - folded)).clip(0, length - 1)",
        "tests/unit/faces/test_geometry.py",
    ),
    Mutation(
        "landmarks are moved by the wrong side of the crop",
        "src/unmask/faces/geometry.py",
        "return [((px - left) / side, (py - top) / side) for px, py in points]",
        "return [((px - left) / side, (py - left) / side) for px, py in points]",
        "tests/unit/faces",
    ),
    Mutation(
        "a face at the lowest confidence allowed is dropped",
        "src/unmask/faces/select.py",
        "if face.confidence >= min_confidence",
        "if face.confidence > min_confidence",
        "tests/unit/faces/test_faces.py",
    ),
    Mutation(
        "the smallest face of a frame is taken for the largest",
        "src/unmask/faces/select.py",
        "return [max(seen, key=lambda sighting: sighting.area) for seen in present]",
        "return [min(seen, key=lambda sighting: sighting.area) for seen in present]",
        "tests/unit/faces/test_faces.py",
    ),
    Mutation(
        "a person may be missing for one frame less",
        "src/unmask/faces/tracks.py",
        "position - track.position - 1 <= MAX_GAP",
        "position - track.position - 1 < MAX_GAP",
        "tests/unit/faces/test_tracks.py",
    ),
    Mutation(
        "a face that is seen once is dropped even where there is no other",
        "src/unmask/faces/tracks.py",
        "return short if len(short) < len(lengths) else set()",
        "return short",
        "tests/unit/faces/test_tracks.py",
    ),
    Mutation(
        "the overlap of two boxes counts what they share twice",
        "src/unmask/faces/tracks.py",
        "+ other[2] * other[3] - shared)",
        "+ other[2] * other[3])",
        "tests/unit/faces/test_tracks.py",
    ),
    Mutation(
        "the detector's window starts a pixel early",
        "src/unmask/detections/mtcnn/boxes.py",
        "windows = np.concatenate([corner + 1, corner + CELL], axis=1)",
        "windows = np.concatenate([corner, corner + CELL], axis=1)",
        "tests/unit/detections",
    ),
    # --- scores and measures
    Mutation(
        "a score at the threshold is called real",
        "src/unmask/evaluation/metrics.py",
        "_confusion(labels, scores >= threshold)",
        "_confusion(labels, scores > threshold)",
        "tests/unit/evaluation/test_metrics.py",
    ),
    Mutation(
        "false alarms are counted among what is called fake",
        "src/unmask/evaluation/metrics.py",
        "fp / (fp + tn), no_real)",
        "fp / (fp + tp), no_real)",
        "tests/unit/evaluation/test_metrics.py",
    ),
    Mutation(
        "the threshold is the score below the gap, not its middle",
        "src/unmask/evaluation/threshold.py",
        "middle = np.round((values[:-1] + values[1:]) / 2, 8)",
        "middle = np.round(values[:-1], 8)",
        "tests/unit/evaluation",
    ),
    Mutation(
        "both tails of an interval are as large as their sum",
        "src/unmask/evaluation/bootstrap.py",
        "tail = (1 - confidence) / 2\n    result",
        "tail = 1 - confidence\n    result",
        "tests/unit/evaluation/test_bootstrap.py",
    ),
    Mutation(
        "a frame has the score of its least suspicious face",
        "src/unmask/evaluation/scores.py",
        "crop.p_fake > known.p_fake",
        "crop.p_fake < known.p_fake",
        "tests/unit/evaluation/test_scores.py",
    ),
    Mutation(
        "frames of a video count as independent of each other",
        "src/unmask/evaluation/uncertainty.py",
        "r = min(max(r, 0.0), _MOST_ALIKE)",
        "r = 0.0",
        "tests/unit/prediction/test_prediction.py",
    ),
    # --- training
    Mutation(
        "fakes made of real faces are shown as real",
        "src/unmask/training/examples.py",
        "np.where(blended, 1, crops.labels[crop])",
        "np.where(blended, 0, crops.labels[crop])",
        "tests/unit/training/test_parts.py",
    ),
    Mutation(
        "a training goes on from the checkpoint of another",
        "src/unmask/training/checkpoint.py",
        'if meta["identity"] != self.identity:',
        "if False:",
        "tests/unit/training/test_parts.py",
    ),
    Mutation(
        "a network for BGR is shown RGB",
        "src/unmask/model/scaling.py",
        "bgr = keras.ops.flip(rgb, axis=-1)",
        "bgr = rgb",
        "tests/unit/model/test_artifact.py tests/unit/model/test_build.py",
    ),
    # --- reruns
    Mutation(
        "the key of a result leaves out its settings",
        "src/unmask/workflow/keys.py",
        "[digest(settings), *sorted(sources)]",
        "sorted(sources)",
        "tests/unit/workflow/test_keys.py",
    ),
    Mutation(
        "the digest of a stage's code is not among its settings",
        "src/unmask/workflow/stage_settings.py",
        '{"code": code, "settings": settings}',
        '{"code": "", "settings": settings}',
        "tests/unit/workflow",
    ),
    Mutation(
        "what is stale is made newer than its settings",
        "src/unmask/workflow/mtimes.py",
        "times = _set_times(carriers, settings - _SECOND)",
        "times = _set_times(carriers, settings + _SECOND)",
        "tests/unit/workflow/test_keys.py",
    ),
    Mutation(
        "a receipt vouches for files of which one is another",
        "src/unmask/workflow/receipt.py",
        "return all(fingerprint(where / file) == found",
        "return any(fingerprint(where / file) == found",
        "tests/unit/workflow/test_keys.py",
    ),
    Mutation(
        "the fingerprint of a video is that of its start",
        "src/unmask/files.py",
        "for offset in (0, max(0, size // 2 - SAMPLE // 2), max(0, size - SAMPLE)):",
        "for offset in (0,):",
        "tests/unit/videos/test_inventory.py tests/unit/workflow",
    ),
]


def main() -> int:
    """Try them all, or one, and print a line for each."""
    parser = argparse.ArgumentParser(description="break the code, and see that a test notices")
    parser.add_argument("--only", type=int, metavar="N", help="the one of this number, from 1")
    parser.add_argument("--write", action="store_true", help="write the table in CONTRIBUTING.md")
    args = parser.parse_args()
    noticed = {}
    with TemporaryDirectory() as folder:
        for number, mutation in enumerate(MUTATIONS, start=1):
            if args.only in (None, number):
                noticed[number] = _first_to_notice(mutation, Path(folder) / "checkout")
                print(f"{number}. {mutation.what}: {noticed[number] or 'NOT NOTICED'}", flush=True)
    if args.write:
        _write_table(noticed)
    missed = [number for number, test in noticed.items() if not test]
    print(f"{len(noticed) - len(missed)} of {len(noticed)} mutations were noticed")
    return int(bool(missed))


def _first_to_notice(mutation: Mutation, copy: Path) -> str:
    """The first test that fails on the broken code; empty if none does."""
    shutil.rmtree(copy, ignore_errors=True)
    for name in tracked_files():
        if (REPOSITORY / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(REPOSITORY / name, copy / name)
    mutation.apply(copy)
    options = ["-x", "-q", "-p", "no:cacheprovider", "--no-header", "--tb=no"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *mutation.tests.split()],
        cwd=copy,
        env=environment(copy),
        capture_output=True,
        text=True,
    )
    found = re.search(r"^FAILED \S*?(tests/\S+::\w+)", done.stdout, re.MULTILINE)
    if done.returncode == 1 and found:
        return found[1]
    assert done.returncode == 0, f"{mutation.what}: the tests did not run:\n{done.stdout}"
    return ""


def _write_table(noticed: dict[int, str]) -> None:
    rows = ["", "| broken | in | noticed by |", "|---|---|---|"]
    for number, test in noticed.items():
        mutation = MUTATIONS[number - 1]
        file, _, name = test.partition("::")
        module = mutation.module.removeprefix("src/unmask/")
        noticed_by = f"`{name}` in `{file.removeprefix('tests/')}`" if test else "no test"
        rows.append(f"| {mutation.what} | `{module}` | {noticed_by} |")
    text = PAGE.read_text("utf-8")
    start, end = (text.index(mark) for mark in MARKS)
    table = "\n".join([*rows, "", ""])
    PAGE.write_text(text[: start + len(MARKS[0])] + "\n" + table + text[end:], "utf-8")


if __name__ == "__main__":
    sys.exit(main())
