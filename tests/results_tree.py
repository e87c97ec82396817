"""A small, complete set of result files, as the stages leave them, with scores made by hand."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

MANIFEST = ("video", "path", "label", "group", "split", "method", "dataset")
FRAMES = ("video", "frame", "time_s", "p_fake")
TRACKS = ("video", "track", "start_s", "end_s", "n_faces", "p_fake")
HEAT_MAPS = ("video", "frame", "time_s", "p_fake", "toward", "crop", "heat")
VIDEOS = ("video", "label", "group", "split", "n_faces", "p_fake")
DATASET = (
    "file", "video", "frame", "time_s", "track", "label", "group", "split", "method", "dataset",
)  # fmt: skip
PAIRS = ("video", "other", "split", "other_split", "label", "other_label", "difference")
SHORTCUTS = ("property", "auc", "low", "high", "real", "fake", "videos")
QUARANTINE = ("video", "stage", "reason")
QUALITY = (
    *("video", "frames_sampled", "frames_with_face", "median_face_px", "median_confidence"),
    *("eye_distance", "eye_line", "sharpness"),
)
HISTORY = ("epoch", "loss", "accuracy", "val_loss", "val_accuracy", "val_auc", "learning_rate")


@dataclass
class Clip:
    """A video and the scores of its frames; no scores: it is quarantined."""

    video: str
    label: int
    group: str
    split: str
    scores: tuple[float, ...] = ()
    method: str = ""
    dataset: str = "own"


CLIPS = (
    Clip("train_r", 0, "g0", "train", (0.5, 0.5)),
    Clip("train_f", 1, "g0", "train", (0.5, 0.5), "swap"),
    Clip("val_r1", 0, "g1", "val", (0.1, 0.3)),
    Clip("val_f1", 1, "g1", "val", (0.6, 0.6), "swap"),
    Clip("val_r2", 0, "g2", "val", (0.4, 0.4)),
    Clip("val_f2", 1, "g2", "val", (0.9, 0.9), "swap"),
    Clip("test_r1", 0, "g3", "test", (0.2, 0.4)),
    Clip("test_f1", 1, "g3", "test", (0.7, 0.9), "swap"),
    Clip("test_r2", 0, "g4", "test", (0.6, 0.6)),
    Clip("test_f2", 1, "g4", "test", (0.55, 0.55), "reenact"),
    Clip("test_f3", 1, "g4", "test", (), "reenact"),
)


class Results:
    """The files of a result in one folder, by name."""

    def __init__(
        self, folder: Path, clips: tuple[Clip, ...] = CLIPS, *, pictures: bool = True
    ) -> None:
        self.folder = folder
        scored = [clip for clip in clips if clip.scores]
        tested = [clip for clip in scored if clip.split != "train"]
        self.manifest = self.table("manifest.csv", MANIFEST, (
            (c.video, f"data/{c.video}.mp4", c.label, c.group, c.split, c.method, c.dataset)
            for c in clips
        ))  # fmt: skip
        self.left_out = self.table("left_out.csv", ("video", "dataset", "path", "reason"), ())
        self.notes = self.table("notes.csv", ("note",), ())
        self.duplicates = self.table("duplicates.csv", PAIRS, ())
        self.shortcuts = self.table("shortcuts.csv", SHORTCUTS, (
            ("all together", "0.5200", "0.4000", "0.6300", "", "", 11),
            ("width", "0.5100", "0.4100", "0.6100", "640 px", "640 px", 11),
            ("codec", "nan", "nan", "nan", "h264 (100%)", "h264 (100%)", 11),
        ))  # fmt: skip
        self.frames = self.table("frames.csv", FRAMES, (
            (c.video, 15 * number, 0.5 * number, f"{score:.7f}")
            for c in tested for number, score in enumerate(c.scores)
        ))  # fmt: skip
        self.videos = self.table("videos.csv", VIDEOS, (
            (c.video, c.label, c.group, c.split, len(c.scores), f"{np.mean(c.scores):.7f}")
            for c in tested
        ))  # fmt: skip
        self.dataset = self.table("dataset.csv", DATASET, (
            (self._file(c, number), c.video, 15 * number, 0.5 * number, 0, c.label, c.group,
             c.split, c.method, c.dataset)
            for c in scored for number in range(len(c.scores))
        ))  # fmt: skip
        self.tracks = self.table("tracks.csv", TRACKS, (
            (c.video, 0, 0.0, 0.5 * (len(c.scores) - 1), len(c.scores), f"{max(c.scores):.7f}")
            for c in tested
        ))  # fmt: skip
        self.quarantine = self.table("quarantine.csv", QUARANTINE, (
            (c.video, "faces", "no face was found") for c in clips if not c.scores
        ))  # fmt: skip
        self.quality = self.table("quality.csv", QUALITY, (
            (c.video, 2, len(c.scores), 100.0 + 20 * c.label if c.scores else 0.0, 0.99)
            + ((0.4, 0.3, 0.5 - 0.1 * c.label) if c.scores else ("", "", ""))
            for c in clips
        ))  # fmt: skip
        self.history = self.table("history.csv", HISTORY, (
            (1, 0.7, 0.5, 0.69, 0.5, 0.6, 0.001), (2, 0.6, 0.7, 0.65, 0.6, 0.75, 0.001),
        ))  # fmt: skip
        self.crops = folder / "dataset"
        for clip in scored if pictures else ():
            for number in range(len(clip.scores)):
                self._draw(self.crops / self._file(clip, number), clip.label)

        self.explanations = folder / "explanations"
        self.explain([c.video for c in tested if c.video.startswith("test_f1")])

    def explain(self, videos: list[str]) -> None:
        """A heat map toward each side for the first frame of these videos."""
        self.table(f"{self.explanations.name}/index.csv", HEAT_MAPS, (
            (video, 0, 0.0, "0.7", side, f"{video}/0_crop.jpg", f"{video}/0_{side}.jpg")
            for video in videos for side in ("fake", "real")
        ))  # fmt: skip
        for video in videos:
            for name in ("0_crop", "0_fake", "0_real"):
                self._draw(self.explanations / video / f"{name}.jpg", 1)

    def table(self, name: str, columns: tuple[str, ...], rows) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows(rows)
        return path

    def measure(self, **evaluation) -> None:
        """Write what the report is made from beside the tables: metrics, plot tables, a picture."""
        from unmask.evaluation.metrics_file import evaluate, write_metrics
        from unmask.report.plots.write import collect, write_tables

        measured = evaluate(*self.evaluation(), **evaluation)
        metrics = self.folder / "metrics.json"
        write_metrics(metrics, measured)
        data = collect(
            frames_csv=self.frames,
            videos_csv=self.videos,
            metrics=metrics,
            history_csv=self.history,
        )
        write_tables(self.folder / "plots", data)
        cv2.imwrite(str(self.folder / "augmentation.jpg"), np.zeros((8, 8, 3), np.uint8))

    def inputs(self):
        """Where the report finds everything."""
        from unmask.report.inputs import Inputs

        return Inputs(
            metrics=self.folder / "metrics.json",
            frames_csv=self.frames,
            tracks_csv=self.tracks,
            videos_csv=self.videos,
            manifest_csv=self.manifest,
            left_out_csv=self.left_out,
            notes_csv=self.notes,
            duplicates_csv=self.duplicates,
            shortcuts_csv=self.shortcuts,
            quarantine_csv=self.quarantine,
            quality_csv=self.quality,
            dataset_dir=self.crops,
            dataset_csv=self.dataset,
            plots_dir=self.folder / "plots",
            history_csv=self.history,
            augmentation=self.folder / "augmentation.jpg",
            explanations_dir=self.explanations,
            explore_dir=self.folder / "explore",
        )

    def evaluation(self) -> tuple[Path, ...]:
        """The tables that ``evaluate`` reads, in its order."""
        return self.manifest, self.frames, self.videos, self.dataset, self.quarantine

    @staticmethod
    def _file(clip: Clip, number: int) -> str:
        kind = "fake" if clip.label else "real"
        return f"{clip.split}/{kind}/{clip.video}_{15 * number:06d}_0.jpg"

    @staticmethod
    def _draw(path: Path, label: int) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        image = np.full((32, 32, 3), (90, 140, 60 + 150 * label), np.uint8)
        cv2.imwrite(str(path), image)


def read(path: Path) -> list[dict[str, str]]:
    """A CSV file as rows."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
