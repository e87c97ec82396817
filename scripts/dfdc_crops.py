"""The table of the face crops that the shipped detector is trained on.

    python scripts/dfdc_crops.py FOLDER [--fakes 2]

FOLDER holds `metadata.csv` (videoname, label, original) and `faces_224/` of the public repository
i-Shreyansh/DeepFake-Detection: one face crop of each DFDC video. Writes FOLDER/labels.csv.

An original is on one side with all that was made from it. Which one, the SHA-256 of its name says:
the first 32 bits as a share of all; below 0.06 it is in the test split, below 0.1 in the validation
split. So everyone who has the crops can tell what the detector was never shown.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
from collections import defaultdict
from pathlib import Path

TEST, VAL = 0.06, 0.1
COLUMNS = ("path", "label", "group", "split")


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--fakes", type=int, default=2, help="of each original, for training")
    args = parser.parse_args()
    with (args.folder / "metadata.csv").open(newline="", encoding="utf-8") as lines:
        rows = table(list(csv.DictReader(lines)), args.fakes)
    with (args.folder / "labels.csv").open("w", newline="", encoding="utf-8") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows)
    print(f"{len(rows)} crops in {args.folder / 'labels.csv'}")


def table(videos: list[dict[str, str]], fakes: int) -> list[tuple[str, str, str, str]]:
    """A row for each real crop, and for as many fakes of it, one for validation and test."""
    made_of = defaultdict(list)
    for video in videos:
        if video["label"] == "FAKE":
            made_of[video["original"]].append(video["videoname"])
    rows = []
    for original in sorted(v["videoname"] for v in videos if v["label"] == "REAL"):
        split = side_of(original)
        drawn = sorted(made_of[original], key=share)[: fakes if split == "train" else 1]
        rows.append((crop_of(original), "real", original, split))
        rows += [(crop_of(fake), "fake", original, split) for fake in drawn]
    return rows


def share(name: str) -> float:
    """A number in 0..1 that the name alone decides."""
    return int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) / 2**32


def side_of(original: str) -> str:
    """The split of an original and its fakes."""
    drawn = share(original)
    return "test" if drawn < TEST else "val" if drawn < VAL else "train"


def crop_of(video: str) -> str:
    """The path of a video's crop."""
    return f"faces_224/{Path(video).stem}.jpg"


if __name__ == "__main__":
    main()
