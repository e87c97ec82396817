"""The pictures: contact sheets of a class; frames, clip and crops of one video."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from PIL import Image

from unmask.detections.index import DetectionIndex, FrameFaces
from unmask.disk.files import fresh_directory
from unmask.faces.index import FaceIndex
from unmask.report.explore.choice import Choice, sheet_name, spread
from unmask.report.explore.drawing import animate, grid, mark_faces, open_image, shrink

SHEET_SIDE, CROP_SIDE, FRAME_SIDE, CLIP_SIDE = 128, 144, 420, 320
FRAMES_SHOWN, CROPS_SHOWN, CLIP_FRAMES = 6, 24, 40
QUALITY = 88
SHORTEST_MS, STILL_MS = 40, 500


def write_pictures(
    out_dir: Path,
    choice: Choice,
    indexes: Mapping[str, FaceIndex],
    crops: Mapping[str, Path],
    *,
    frames_dir: Path,
    detections_dir: Path,
) -> list[Path]:
    """Make ``out_dir`` anew with all pictures of a choice. Returns them.

    Args:
        out_dir: the folder to write.
        choice: which videos to show.
        indexes: the face index of each video.
        crops: the folder of the crops of each video.
        frames_dir: where the frames of each video are.
        detections_dir: where the detections of each video are.
    """
    with fresh_directory(out_dir) as folder:
        for name, videos in choice.sheets.items():
            if videos:
                _save(contact_sheet(name, videos, indexes, crops), folder / sheet_name(name))
        for video in choice.clips:
            found = DetectionIndex.load(detections_dir / f"{video}.json")
            (folder / video).mkdir()
            frames = annotated_frames(found, frames_dir / video)
            _save(frames, folder / video / "frames.jpg")
            _save(crops_of_a_video(indexes[video], crops[video]), folder / video / "crops.jpg")
            write_clip(folder / video / "clip.gif", found, frames_dir / video)
    return [out_dir / name for name in choice.pictures]


def contact_sheet(
    name: str, videos: Sequence[str], indexes: Mapping[str, FaceIndex], crops: Mapping[str, Path]
) -> Image.Image:
    """The middle crop of each video. Those without a crop are counted in the title."""
    tiles = []
    for video in videos:
        if indexes[video].ok and (faces := indexes[video].faces):
            path = crops[video] / faces[len(faces) // 2].file
            tiles.append((shrink(open_image(path), SHEET_SIDE), video))
    missing = len(videos) - len(tiles)
    without = f", {missing} more without a crop" if missing else ""
    return grid(tiles, 6, f"{name}: {len(tiles)} videos{without}")


def annotated_frames(found: DetectionIndex, frames: Path) -> Image.Image:
    """Frames of a video, evenly spread, every face found in them in a red dashed box."""
    shown = spread(found.frames, FRAMES_SHOWN)
    tiles = [
        (mark_faces(open_image(frames / f.file), f.faces, FRAME_SIDE), f"{f.time_s:.2f} s")
        for f in shown
    ]
    return grid(tiles, 3, f"{found.video}: {_faces_in(found)}")


def crops_of_a_video(index: FaceIndex, crops: Path) -> Image.Image:
    """The crops of a video, evenly spread."""
    shown = spread(index.faces, CROPS_SHOWN)
    tiles = [
        (shrink(open_image(crops / c.file), CROP_SIDE), f"{c.time_s:.2f} s, {c.confidence:.3f}")
        for c in shown
    ]
    title = f"{len(shown)} of {len(index.faces)} crops" if index.ok else index.reason
    return grid(tiles, 6, f"{index.video}: {title}")


def write_clip(path: Path, found: DetectionIndex, frames: Path) -> None:
    """The sampled frames, one after the other as fast as they were filmed, with faces marked."""
    shown = found.frames[:CLIP_FRAMES]
    images = [
        mark_faces(open_image(frames / f.file), f.faces, CLIP_SIDE, confidence=False) for f in shown
    ]
    if not images:
        images = [grid([], 1, f"{found.video}: {found.reason}")]
    animate(path, images, _durations(shown) if len(images) > 1 else STILL_MS)


def _durations(frames: Sequence[FrameFaces]) -> list[int]:
    """How long to show each frame, in milliseconds; the last as long as the one before."""
    gaps = [
        max(SHORTEST_MS, round(1000 * (after.time_s - before.time_s)))
        for before, after in pairwise(frames)
    ]
    return [*gaps, gaps[-1]]


def _faces_in(found: DetectionIndex) -> str:
    if not found.ok:
        return found.reason
    with_face = sum(bool(frame.faces) for frame in found.frames)
    return f"a face in {with_face} of {len(found.frames)} frames"


def _save(image: Image.Image, path: Path) -> None:
    image.save(path, quality=QUALITY)
