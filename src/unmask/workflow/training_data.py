"""The key of what a training reads: the crops of training and validation, not those of the test.

So what is only tested can be added, replaced and removed without another training.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from unmask.disk.files import digest
from unmask.videos.manifest import Video
from unmask.workflow.keys import key_of_many


def training_sources(
    manifest: Iterable[Video], videos: Mapping[str, str], datasets: Mapping[str, str]
) -> list[str]:
    """What a training is made from, as far as it is crops.

    Args:
        manifest: all videos.
        videos: the key of the crops of each video in which faces were looked for, by its id.
        datasets: the key of each dataset whose images are crops already, by its name.
    """
    fitted = [video for video in manifest if video.split in ("train", "val")]
    rows = sorted(f"{video.id},{video.label},{video.split}" for video in fitted)
    ids, names = {video.id for video in fitted}, {video.dataset for video in fitted}
    return [
        digest("\n".join(rows)),
        key_of_many({name: key for name, key in videos.items() if name in ids}),
        key_of_many({name: key for name, key in datasets.items() if name in names}),
    ]
