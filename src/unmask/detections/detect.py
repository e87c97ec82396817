"""Finds faces in sampled frames."""

from __future__ import annotations

from pathlib import Path

from unmask.detections.detector import Detector
from unmask.detections.index import DetectionIndex, FrameFaces
from unmask.errors import ConfigError, UnreadableMedia
from unmask.frames.index import FrameIndex

__all__ = ["DETECTORS", "Detector", "detect_faces", "make_detector"]

STAGE = "detections"

DETECTORS = ("mtcnn", "opencv")


def make_detector(
    detector: str = "mtcnn",
    *,
    min_face: float = 0.1,
    device: str = "auto",
    fidelity: bool = False,
    threads: int = 1,
) -> Detector:
    """Build a face detector by name.

    Args:
        detector: ``mtcnn`` (:class:`unmask.detections.mtcnn.cascade.Mtcnn`) or ``opencv``
            (:class:`unmask.detections.haar.Haar`).
        min_face: size from which a face counts: up to 1, a share of the frame's shorter side;
            above, pixels.
        device: ``auto``, ``cpu`` or ``gpu``; ``opencv`` always runs on the CPU.
        fidelity: make ``mtcnn`` look where the ``mtcnn`` package looks, at the package's cost.
        threads: CPU threads that ``mtcnn`` may use.

    Raises:
        ConfigError: a setting is not allowed, or there is no GPU.
    """
    # Imported here: a job that uses one detector should not load what the other needs.
    if detector == "mtcnn":
        from unmask.detections.mtcnn.cascade import Mtcnn

        return Mtcnn(min_face=min_face, device=device, fidelity=fidelity, threads=threads)
    if detector == "opencv":
        from unmask.detections.haar import Haar

        return Haar(min_face=min_face)
    raise ConfigError(
        f"detect.detector: {detector!r} is not a detector. Allowed: {', '.join(DETECTORS)}.\n"
        "  detect:\n    detector: mtcnn"
    )


def detect_faces(
    frames: FrameIndex,
    frames_dir: Path,
    *,
    detector: str = "mtcnn",
    min_face: float = 0.1,
    device: str = "auto",
    fidelity: bool = False,
    threads: int = 1,
) -> DetectionIndex:
    """Find every face in the sampled frames of a video.

    A quarantined video is passed on as such. A frame that cannot be read quarantines the video;
    a video without faces does not.

    Args:
        frames: the index of the frames.
        frames_dir: the folder of their files.
        detector: see :func:`make_detector`, as for the other settings.

    Raises:
        ConfigError: a setting is not allowed, or there is no GPU.
    """
    found = DetectionIndex(video=frames.video, width=frames.width, height=frames.height)
    if not frames.ok:
        return found.quarantine(frames.stage, frames.reason)
    finder = make_detector(
        detector, min_face=min_face, device=device, fidelity=fidelity, threads=threads
    )
    found.detector = finder.describe()
    for frame in frames.frames:
        try:
            faces = finder.detect_file(Path(frames_dir) / frame.file, frames.width, frames.height)
        except UnreadableMedia as error:
            found.frames = []
            return found.quarantine(STAGE, f"frame {error}")
        found.frames.append(FrameFaces(frame.frame, frame.time_s, frame.file, faces))
    return found
