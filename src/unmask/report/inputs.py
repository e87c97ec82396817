"""The files that the report is made from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Inputs:
    """Where the results of the stages before are."""

    metrics: Path
    frames_csv: Path
    tracks_csv: Path
    videos_csv: Path
    manifest_csv: Path
    left_out_csv: Path
    notes_csv: Path
    duplicates_csv: Path
    shortcuts_csv: Path
    quarantine_csv: Path
    quality_csv: Path
    dataset_dir: Path
    dataset_csv: Path
    plots_dir: Path
    history_csv: Path
    augmentation: Path
    explanations_dir: Path
    explore_dir: Path
