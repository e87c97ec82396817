"""Measures the face detectors against the stock ``mtcnn`` package on clips or images of yours.

    python benchmarks/detectors.py [CLIP_OR_FOLDER ...] [--every 15] [--min-face 0.1] [--json FILE]

Every detector gets the same JPEG frames, in a process of its own, one after the other, as many
rounds as asked for; of the rounds, the fastest counts. Ours run on one thread, the package on as
many as it takes. Columns:

start     seconds from the start of Python until the detector is ready
frames/s  reading a JPEG and finding its faces
CPU s     processor seconds for all frames
MB        most memory the process ever held
faces     found, with the larger side of the box from ``--min-face`` up
matched   share of the package's faces (of that size) that were found too: overlap (IoU) of at
          least 0.7, or 0.95 in fidelity mode
extra     faces found where the package finds none (IoU below 0.5): false alarms, or faces that the
          package misses. `--pictures FOLDER` shows each frame in which two detectors disagree.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from clips import clips

PACKAGE, FAST, FIDELITY, OPENCV = "mtcnn package", "mtcnn", "mtcnn fidelity", "opencv"
DETECTORS = (PACKAGE, FAST, FIDELITY, OPENCV)
COLUMNS = ("start", "frames/s", "CPU s", "MB", "faces", "matched", "extra", "speed-up")

Faces = list[list[float]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("media", nargs="*", type=Path, help="videos, images or folders")
    parser.add_argument("--every", type=int, default=15, help="take every n-th frame")
    parser.add_argument("--limit", type=int, default=20, help="frames a video, at most")
    parser.add_argument("--min-face", type=float, default=0.1)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--detectors", nargs="+", choices=DETECTORS, default=DETECTORS)
    parser.add_argument("--markdown", type=Path, help="write the table there, too")
    parser.add_argument("--pictures", type=Path, help="draw what is missed and extra there")
    args = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        media = clips(args.media, Path(folder))
        files = extract(media, Path(folder), args.every, args.limit)
        title = f"{len(files)} frames of {len(media)} files, min_face {args.min_face:g}"
        runs = {name: [] for name in dict.fromkeys([PACKAGE, *args.detectors])}
        for _ in range(args.rounds):
            for name, results in runs.items():
                results.append(in_new_process(name, files, args.min_face))
        best = {name: min(found, key=lambda run: run["seconds"]) for name, found in runs.items()}
        if args.pictures:
            for name in args.detectors:
                draw(args.pictures, name, files, best, args.min_face)
    table = {name: row(name, best, args.min_face) for name in best}
    lines = [["detector", *COLUMNS], ["---"] * (len(COLUMNS) + 1)]
    lines += [[name, *(f"{row[column]:.4g}" for column in COLUMNS)] for name, row in table.items()]
    rows = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    text = f"{title}\n\n{rows}\n"
    print(text)
    if args.markdown:
        args.markdown.write_text(text)


def extract(media: list[Path], folder: Path, every: int, limit: int) -> list[str]:
    """Store frames as JPEG; return their paths."""
    import cv2

    files = []
    for number, path in enumerate(media):
        capture, frame, taken = cv2.VideoCapture(str(path)), 0, 0
        while taken < limit and capture.grab():
            if frame % every == 0:
                file = folder / f"{number:04d}_{frame:06d}.jpg"
                cv2.imwrite(str(file), capture.retrieve()[1], [cv2.IMWRITE_JPEG_QUALITY, 95])
                files.append(str(file))
                taken += 1
            frame += 1
    return files


def in_new_process(name: str, files: list[str], min_face: float) -> dict[str, Any]:
    """Run one detector over all frames in a fresh Python."""
    job = json.dumps({"name": name, "files": files, "min_face": min_face, "began": time.time()})
    environment = os.environ | {"CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(
        [sys.executable, __file__, "--child"],
        input=job,
        stdout=subprocess.PIPE,
        env=environment,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def child() -> None:
    """Measure one detector; the job comes in as JSON, the result goes out as JSON."""
    job = json.loads(sys.stdin.read())
    detect = package() if job["name"] == PACKAGE else ours(job["name"], job["min_face"])
    started = time.time() - job["began"]
    sizes = {file: frame_size(file) for file in job["files"]}
    for size, file in {size: file for file, size in sizes.items()}.items():
        detect(file, *size)  # the first frame of a size costs more
    faces, began, processor = [], time.perf_counter(), time.process_time()
    for file in job["files"]:
        faces.append(detect(file, *sizes[file]))
    result = {
        "start": started,
        "seconds": time.perf_counter() - began,
        "processor": time.process_time() - processor,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "faces": faces,
        "sizes": list(sizes.values()),
    }
    print(json.dumps(result))


def package() -> Any:
    """Load the stock package as its README says."""
    import cv2
    from mtcnn import MTCNN

    detector = MTCNN()

    def detect(file: str, width: int, height: int) -> Faces:
        image = cv2.cvtColor(cv2.imread(file), cv2.COLOR_BGR2RGB)
        return [[float(value) for value in face["box"]] for face in detector.detect_faces(image)]

    return detect


def ours(name: str, min_face: float) -> Any:
    """Load one of our detectors."""
    from unmask.detections.detect import make_detector
    from unmask.frames.images import limit_threads

    limit_threads(1)
    detector = make_detector(
        "opencv" if name == OPENCV else "mtcnn",
        min_face=min_face,
        device="cpu",
        fidelity=name == FIDELITY,
    )

    def detect(file: str, width: int, height: int) -> Faces:
        return [list(face.box) for face in detector.detect_file(Path(file), width, height)]

    return detect


def frame_size(file: str) -> tuple[int, int]:
    """Return width and height, as the index of the frames would."""
    import cv2

    height, width = cv2.imread(file).shape[:2]
    return width, height


def row(name: str, runs: dict[str, dict[str, Any]], min_face: float) -> dict[str, float]:
    """Build one line of the table."""
    run, reference = runs[name], runs[PACKAGE]
    frames = len(run["faces"])
    wanted, found = (
        sum(len(large(*frame, min_face)) for frame in zip(of["faces"], run["sizes"], strict=True))
        for of in (reference, run)
    )
    missed, extra = (sum(map(len, boxes)) for boxes in disagreement(name, run, reference, min_face))
    return {
        "start": run["start"],
        "frames/s": frames / run["seconds"],
        "CPU s": run["processor"],
        "MB": run["megabytes"],
        "faces": found,
        "matched": 1 - missed / wanted if wanted else 1.0,
        "extra": extra,
        "speed-up": reference["seconds"] / run["seconds"],
    }


def disagreement(
    name: str, run: dict[str, Any], reference: dict[str, Any], min_face: float
) -> tuple[list[Faces], list[Faces]]:
    """For each frame: the package's faces that are missed, and those that it does not have."""
    needed = 0.95 if name == FIDELITY else 0.7
    missed, extra = [], []
    for size, mine, theirs in zip(run["sizes"], run["faces"], reference["faces"], strict=True):
        theirs_large, mine_large = (large(boxes, size, min_face) for boxes in (theirs, mine))
        missed.append([box for box in theirs_large if best_overlap(box, mine, size) < needed])
        extra.append([box for box in mine_large if best_overlap(box, theirs, size) < 0.5])
    return missed, extra


def large(boxes: Faces, size: tuple[int, int], min_face: float) -> Faces:
    """Those of at least the smallest size asked for, a share of the frame or pixels."""
    least = min_face * min(size) if min_face <= 1 else min_face
    return [box for box in boxes if max(box[2:]) >= least]


def draw(
    folder: Path, name: str, files: list[str], runs: dict[str, dict[str, Any]], min_face: float
) -> None:
    """Save the frames with disagreements: green is missed, red is extra."""
    import cv2

    folder.mkdir(parents=True, exist_ok=True)
    missed, extra = disagreement(name, runs[name], runs[PACKAGE], min_face)
    for file, *boxes in zip(files, missed, extra, strict=True):
        if not any(boxes):
            continue
        image = cv2.imread(file)
        for color, faces in zip(((0, 255, 0), (0, 0, 255)), boxes, strict=True):
            for x, y, width, height in faces:
                corners = (round(x), round(y)), (round(x + width), round(y + height))
                cv2.rectangle(image, *corners, color, 2)
        cv2.imwrite(str(folder / f"{name.replace(' ', '-')}_{Path(file).name}"), image)


def best_overlap(box: list[float], others: Faces, size: tuple[int, int]) -> float:
    """Return the largest IoU of a box with others, all cut off at the border."""
    return max((iou(inside(box, size), inside(other, size)) for other in others), default=0.0)


def inside(box: list[float], size: tuple[int, int]) -> list[float]:
    x, y, width, height = box
    left, top = max(x, 0), max(y, 0)
    return [left, top, min(x + width, size[0] - 1), min(y + height, size[1] - 1)]


def iou(first: list[float], second: list[float]) -> float:
    width = min(first[2], second[2]) - max(first[0], second[0])
    height = min(first[3], second[3]) - max(first[1], second[1])
    shared = max(width, 0) * max(height, 0)
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (first, second))
    return shared / (areas - shared) if shared else 0.0


if __name__ == "__main__":
    if sys.argv[1:] == ["--child"]:
        child()
    else:
        main()
