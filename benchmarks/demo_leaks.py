"""Does anything but the swapped face tell the demo's real clips from its fakes?

    python benchmarks/demo_leaks.py [--groups N] [--seconds S] [--seed K] [--output FILE.md]

Films the demo into a temporary folder and lets classifiers look at everything around the face: the
crop's surroundings, the encoder's traces, brightness and noise. Each is trained and tested on
disjoint groups. An AUC near 0.5 is a guess; the face itself, the last rows, is the control that
must be found. The sharper question is asked too: shown both clips of a group, can a classifier
point at the fake? Takes about five minutes on two cores.
"""

from __future__ import annotations

import argparse
import struct
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from unmask.videos.demo import DemoClip, film_demo, plan_demo, true_box
from unmask.videos.demo.camera import placement
from unmask.videos.demo.film import pictures
from unmask.videos.demo.portraits import still
from unmask.videos.demo.script import PEOPLE
from unmask.videos.demo.swap import blend_mask

PER_SECOND = 2
SIDE = 48
"""Side of the downsampled crops, in pixels."""
SCALE = 1.3
"""Side of the square crop over the larger side of the face box."""
BLOCK = 16
"""Width of an encoder's block: the face's traces reach this far around it."""
FOLDS = 6
RESAMPLES = 2000


@dataclass
class Look:
    """What is seen of one frame: crops (SIDE, SIDE, 3) in 0..1, and figures of the surroundings."""

    around: np.ndarray
    face: np.ndarray
    figures: np.ndarray


def swap_region(clip: DemoClip, frame: int) -> np.ndarray:
    """Where the swap of the clip's group reaches in a frame: bool (height, width)."""
    take = clip.take
    reach = np.uint8(blend_mask(still(clip.person), clip.swap) > 0) * 255
    seen = cv2.warpPerspective(reach, placement(take, frame), (take.width, take.height)) > 0
    return cv2.dilate(np.uint8(seen), np.ones((5, 5))) > 0  # lens blur and interpolation


def look(picture: np.ndarray, region: np.ndarray, box: tuple[float, ...]) -> Look:
    """Crop around the face box, with the face masked out, and with all but the face masked out."""
    blocks = cv2.dilate(np.uint8(region), np.ones((2 * BLOCK + 1, 2 * BLOCK + 1))) > 0
    x, y, width, height = box
    scale = SIDE / (SCALE * max(width, height))
    move = np.array(
        [
            [scale, 0, SIDE / 2 - scale * (x + width / 2)],
            [0, scale, SIDE / 2 - scale * (y + height / 2)],
        ]
    )

    def crop(shown: np.ndarray) -> np.ndarray:
        masked = np.where(shown[..., np.newaxis], picture, 0)
        smooth = cv2.GaussianBlur(masked, (0, 0), 0.5 / scale)
        return cv2.warpAffine(smooth, move, (SIDE, SIDE)) / 255

    gray = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.float32)
    fine = gray - cv2.GaussianBlur(gray, (0, 0), 1.5)
    rest, outside = picture[~blocks].astype(np.float32), fine[~blocks]
    figures = [*rest.mean(axis=0), *rest.std(axis=0), outside.std(), np.abs(outside).mean()]
    return Look(crop(~blocks), crop(region), np.array(figures))


def watch(path: Path, clip: DemoClip, fake: DemoClip) -> list[Look]:
    """The sampled frames of a filmed clip; ``fake`` is the fake of its group."""
    video, looks = cv2.VideoCapture(str(path)), []
    every = clip.take.fps / PER_SECOND
    for frame in range(clip.take.frames):
        read, picture = video.read()
        if not read:
            raise RuntimeError(f"{path} ends at frame {frame}")
        if frame >= len(looks) * every:
            looks.append(look(picture, swap_region(fake, frame), true_box(clip, frame)))
    return looks


def packet_sizes(path: Path) -> np.ndarray:
    """Bytes of each encoded frame, from the MP4's table of sample sizes."""
    data = path.read_bytes()
    at = data.rindex(b"stsz") + 8
    fixed, count = struct.unpack(">II", data[at : at + 8])
    if fixed:
        return np.full(count, fixed)
    return np.frombuffer(data, ">u4", count, at + 8)


def encoder_figures(path: Path, clip: DemoClip) -> np.ndarray:
    """File size and packet sizes, on a log scale, and what an attacker may know besides."""
    packets = packet_sizes(path).astype(float)
    take = clip.take
    sizes = [path.stat().st_size, packets[0], *np.percentile(packets, (5, 25, 50, 75, 95))]
    rate = packets.sum() / take.frames / (take.width * take.height)
    known = [take.width, take.fps, PEOPLE.index(clip.person), packets.std() / packets.mean()]
    return np.array([*np.log(sizes), np.log(rate), *known])


def classifiers() -> dict[str, Callable[[], object]]:
    return {
        "logistic regression": lambda: make_pipeline(
            StandardScaler(), LogisticRegression(C=0.1, max_iter=2000)
        ),
        "random forest": lambda: RandomForestClassifier(300, min_samples_leaf=2, random_state=0),
    }


def scores(
    features: np.ndarray, labels: np.ndarray, groups: np.ndarray, make: Callable
) -> np.ndarray:
    """The probability of being fake of each row, from a model that never saw its group."""
    model = make()
    if features.shape[1] > 100:
        model = make_pipeline(PCA(30, random_state=0), model)
    folds = GroupKFold(FOLDS, shuffle=True, random_state=0)
    return cross_val_predict(
        model, features, labels, groups=groups, cv=folds, method="predict_proba"
    )[:, 1]


def interval(real: np.ndarray, fake: np.ndarray) -> tuple[float, float]:
    """95 % interval of the AUC: groups are drawn anew, a real clip and its fake together."""
    rng = np.random.default_rng(0)
    draws = rng.integers(len(real), size=(RESAMPLES, len(real)))
    return tuple(np.percentile([auc(real[draw], fake[draw]) for draw in draws], (2.5, 97.5)))


def auc(real: np.ndarray, fake: np.ndarray) -> float:
    return roc_auc_score([0] * len(real) + [1] * len(fake), np.concatenate([real, fake]))


def pointed_at(per_clip: np.ndarray, groups: np.ndarray, make: Callable) -> float:
    """Share of groups whose fake is found by what sets it off from its original."""
    change = per_clip[1::2] - per_clip[::2]
    both = np.concatenate([change, -change])
    labels = np.repeat([1, 0], len(change))
    return float(np.mean(scores(both, labels, np.tile(groups[::2], 2), make).round() == labels))


def by_clip(clips: list[DemoClip], per_clip: list[list[np.ndarray]], what: str) -> list[str]:
    """One table row for each classifier; a clip's score is the mean over its frames."""
    owner = np.repeat(np.arange(len(clips)), [len(rows) for rows in per_clip])
    features = np.array([entry.ravel() for rows in per_clip for entry in rows])
    means = np.array([np.mean(rows, axis=0).ravel() for rows in per_clip])
    labels = np.array([clip.label for clip in clips])
    groups = np.array([clip.group for clip in clips])
    lines = []
    for how, make in classifiers().items():
        each = scores(features, labels[owner], groups[owner], make)
        score = np.bincount(owner, each) / np.bincount(owner)
        real, fake = score[labels == 0], score[labels == 1]
        low, high = interval(real, fake)
        lines.append(
            f"| {what} | {how} | {auc(real, fake):.3f} | {low:.3f} - {high:.3f} | "
            f"{pointed_at(means, groups, make):.2f} |"
        )
    return lines


def pair_rows(folder: Path, pairs: list[tuple[DemoClip, DemoClip]]) -> list[str]:
    """Is a fake's file larger or smaller than its original's, and by how much?"""
    lines = []
    for person in PEOPLE:
        change = np.array(
            [
                (folder / fake.file).stat().st_size / (folder / real.file).stat().st_size - 1
                for real, fake in pairs
                if real.person == person
            ]
        )
        lines.append(
            f"| {person} | {len(change)} | {np.sum(change > 0)} | {100 * change.mean():+.2f} % | "
            f"{100 * change.min():+.2f} % to {100 * change.max():+.2f} % |"
        )
    return lines


def largest_difference(pairs: list[tuple[DemoClip, DemoClip]]) -> int:
    """Largest difference of a pixel off the face before encoding, over the frames of all pairs."""
    worst = 0
    for real, fake in pairs:
        for frame, (one, other) in enumerate(pictures([real, fake])):
            if frame % 10 == 0:
                off = ~swap_region(fake, frame)
                worst = max(worst, int(cv2.absdiff(one, other)[off].max()))
    return worst


def report(folder: Path, clips: list[DemoClip]) -> str:
    pairs = list(zip(clips[::2], clips[1::2], strict=True))
    fakes = {fake.group: fake for _, fake in pairs}
    looks = [watch(folder / clip.file, clip, fakes[clip.group]) for clip in clips]
    encoder = [[encoder_figures(folder / clip.file, clip)] for clip in clips]
    clip_figures = [[np.mean([each.figures for each in seen], axis=0)] for seen in looks]
    rows = [
        *by_clip(clips, [[each.around for each in seen] for seen in looks], "surroundings, pixels"),
        *by_clip(clips, clip_figures, "surroundings, brightness and noise"),
        *by_clip(clips, encoder, "file size and packet sizes"),
        *by_clip(clips, [[each.face for each in seen] for seen in looks], "**face (control)**"),
    ]
    return "\n".join(
        [
            "# Leaks in the demo dataset",
            "",
            "Made by `benchmarks/demo_leaks.py`: can anything but the face tell real from fake?",
            f"{len(pairs)} groups of {clips[0].take.frames / clips[0].take.fps:.0f} s, "
            f"{PER_SECOND} frames a second, crops of scale {SCALE}; {FOLDS}-fold cross-validation "
            "with disjoint groups,",
            "95 % intervals by resampling groups. The last column: shown both clips of a group, "
            f"how often the fake is pointed at (a guess: 0.50 +- {1 / np.sqrt(len(pairs)):.2f}).",
            "A detector sees one clip at a time, so the AUC counts; the last column asks for more.",
            "",
            "| what is seen | classifier | video AUC | 95 % interval | fake found in pair |",
            "|---|---|---|---|---|",
            *rows,
            "",
            f"Largest difference off the face before encoding: {largest_difference(pairs)} of 255.",
            "",
            "File size of a fake against its original:",
            "",
            "| portrait | pairs | fake larger | mean | range |",
            "|---|---|---|---|---|",
            *pair_rows(folder, pairs),
            "",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--groups", type=int, default=48)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--seed", type=int, default=0)
    default = Path(__file__).parent / "results" / "demo_leaks.md"
    parser.add_argument("--output", type=Path, default=default)
    args = parser.parse_args()
    settings = {"groups": args.groups, "seconds": args.seconds, "seed": args.seed}
    with tempfile.TemporaryDirectory() as folder:
        film_demo(Path(folder), **settings)
        text = report(Path(folder), plan_demo(**settings))
    args.output.parent.mkdir(parents=True, exist_ok=True)
    args.output.write_text(text, "utf-8")
    print(text)


if __name__ == "__main__":
    main()
