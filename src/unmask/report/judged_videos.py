"""The test videos as the report lists them: what each is, and what it is called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from unmask.evaluation.scores import VideoScore
from unmask.labels import CLASS_NAMES
from unmask.videos.manifest import Video


@dataclass(frozen=True)
class JudgedVideo:
    """A scored test video: its row in the manifest, its score, and what that makes of it."""

    video: str
    dataset: str
    method: str
    group: str
    path: str
    label: int
    called: int
    p_fake: float
    n_faces: int

    @property
    def right(self) -> bool:
        """Whether it is called what it is."""
        return self.called == self.label

    @property
    def is_name(self) -> str:
        """What it is."""
        return CLASS_NAMES[self.label]

    @property
    def called_name(self) -> str:
        """What it is called."""
        return CLASS_NAMES[self.called]

    @property
    def page(self) -> str:
        """Its page, as seen from the report."""
        return f"videos/{self.video}.html"


def judge(
    test: Iterable[VideoScore], threshold: float, manifest: Mapping[str, Video]
) -> list[JudgedVideo]:
    """The test videos, the worst mistakes first, then the hits from the closest to the clearest."""
    rows = []
    for score in test:
        known = manifest.get(score.video)
        rows.append(
            JudgedVideo(
                video=score.video,
                dataset=known.dataset if known else "",
                method=known.method if known else "",
                group=score.group,
                path=known.path if known else "",
                label=score.label,
                called=int(score.p_fake >= threshold),
                p_fake=score.p_fake,
                n_faces=score.n_faces,
            )
        )
    far = {row.video: abs(row.p_fake - threshold) for row in rows}
    return sorted(
        rows,
        key=lambda row: (row.right, far[row.video] if row.right else -far[row.video], row.video),
    )


def table_data(rows: Sequence[JudgedVideo]) -> list[list[str | int | float]]:
    """The rows as ``report.js`` reads them: video, dataset, method, faces, label, called, score."""
    return [
        [r.video, r.dataset, r.method, r.n_faces, r.label, r.called, round(r.p_fake, 4)]
        for r in rows
    ]
