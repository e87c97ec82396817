"""How a detector does on face crops that no training saw, of the same set and of another one.

    python benchmarks/generalization.py MODEL --crops NAME=FOLDER [...] [--frames 8] [--work FOLDER]

FOLDER holds `real/` and `fake/`, with face crops `<video>_frame_<number>….jpg` or one a video. Of a
video so many are taken, evenly spread; they are brought to the geometry of the model by their
landmarks. Prints a row for each set: AUC by video with its interval, and what the model's own
threshold makes of the real and of the fake videos. Writes FOLDER/<NAME>.csv with the scores.
"""

from __future__ import annotations

import argparse
import csv
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np


def main() -> None:
    """Score the sets and print their rows."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("--crops", nargs="+", required=True, metavar="NAME=FOLDER")
    parser.add_argument("--frames", type=int, default=8, help="crops a video")
    parser.add_argument("--work", type=Path, default=Path("results/generalization"))
    args = parser.parse_args()
    from unmask.model import runtime

    runtime.start()
    from unmask.model.model_file import load_model

    model, contract = load_model(args.model)
    print("| set | videos | AUC by video | real called fake | fake found |\n|---|---|---|---|---|")
    for given in args.crops:
        name, _, folder = given.partition("=")
        videos = listed(Path(folder), args.frames)
        faces = adopted(videos, args.work / name)
        scores = score(model, contract, faces)
        write(args.work / f"{name}.csv", videos, scores)
        print(row(name, videos, scores, contract["threshold"]), flush=True)


def listed(folder: Path, frames: int) -> dict[str, tuple[int, list[Path]]]:
    """The label and some crops of each video."""
    found: dict[str, tuple[int, list[Path]]] = {}
    for label, kind in enumerate(("real", "fake")):
        of_video = defaultdict(list)
        for file in (folder / kind).iterdir():
            of_video[file.stem.partition("_frame_")[0]].append(file)
        for video, files in sorted(of_video.items()):
            files.sort(key=lambda file: (len(file.name), file.name))
            at = np.linspace(0, len(files) - 1, min(frames, len(files))).round().astype(int)
            found[f"{kind}-{video}"] = label, [files[number] for number in at]
    return found


def adopted(videos: dict[str, tuple[int, list[Path]]], folder: Path) -> dict[str, list[Path]]:
    """The crops of each video in the common geometry; those without a face are left out."""
    from unmask.faces.adopt import adopt_dataset

    sources = {f"{v}-{i}": [f] for v, (_, files) in videos.items() for i, f in enumerate(files)}
    if not folder.is_dir():
        adopt_dataset(sources, folder, size=224, quality=95, keep=False, jobs=1)
    return {
        video: [
            file
            for number in range(len(files))
            for file in (folder / f"{video}-{number}").glob("*.jpg")
        ]
        for video, (_, files) in videos.items()
    }


def score(
    model: Any, contract: dict[str, Any], faces: dict[str, list[Path]]
) -> dict[str, np.ndarray]:
    """The probabilities of each video's crops, with the mirror image."""
    from unmask.model.predict_crops import predict_crops

    files = [file for some in faces.values() for file in some]
    size = contract["input_size"]
    found = iter(predict_crops(model, files, input_size=size, batch_size=32, flip=True))
    return {video: np.array([next(found) for _ in some]) for video, some in faces.items()}


def write(path: Path, videos: dict[str, tuple[int, list[Path]]], scores: dict) -> None:
    """Put the scores of all crops into a table."""
    with path.open("w", newline="", encoding="utf-8") as lines:
        table = csv.writer(lines, lineterminator="\n")
        table.writerow(("video", "label", "p_fake"))
        for video, (label, _) in videos.items():
            table.writerows((video, label, f"{p:.6f}") for p in scores[video])


def row(name: str, videos: dict, scores: dict[str, np.ndarray], threshold: float) -> str:
    """A line of the table. Intervals come from drawing videos with replacement."""
    from sklearn.metrics import roc_auc_score

    kept = [video for video in videos if len(scores[video])]
    label = np.array([videos[video][0] for video in kept])
    mean = np.array([scores[video].mean() for video in kept])
    rng, drawn = np.random.default_rng(0), []
    for _ in range(1000):
        some = rng.integers(0, len(kept), len(kept))
        if 0 < label[some].sum() < len(kept):
            drawn.append(roc_auc_score(label[some], mean[some]))
    low, high = np.quantile(drawn, (0.025, 0.975))
    called = mean > threshold
    return (
        f"| {name} | {int((label == 0).sum())} real, {int(label.sum())} fake "
        f"| {roc_auc_score(label, mean):.3f} ({low:.3f} to {high:.3f}) "
        f"| {called[label == 0].mean():.2f} | {called[label == 1].mean():.2f} |"
    )


if __name__ == "__main__":
    main()
