"""What a dataset is used for: training, testing, or both."""

from __future__ import annotations

from unmask.config.datasets import AnyDataset
from unmask.errors import DatasetError
from unmask.labels import FAKE, TRAINING
from unmask.videos.readers.listing import Listing


def apply_use(listing: Listing, settings: AnyDataset) -> None:
    """Bring the splits of the clips in line with ``use``; leave out what it has no use for.

    Raises:
        DatasetError: nothing is left, or ``hold_out`` names a method that is not there.
    """
    own = {clip.split for clip in listing.clips if not clip.left_out} - {""}
    for clip in listing.clips:
        if settings.use == "test":
            if "test" in own and clip.split != "test":
                clip.left_out = clip.left_out or "not a test video, and its dataset has `use: test`"
            clip.split = "test"
        elif settings.use == "train":
            if clip.split == "test":
                clip.left_out = clip.left_out or "a test video, and its dataset has `use: train`"
            elif clip.split != "val":
                clip.split = clip.split if "val" in own else TRAINING
    if listing.clips and all(clip.left_out for clip in listing.clips):
        raise DatasetError(
            f"Dataset '{settings.name}': no video is left: {listing.clips[0].left_out}. Write:\n"
            "    use: all"
        )
    methods = {clip.method for clip in listing.clips if clip.label == FAKE}
    if unknown := [name for name in settings.hold_out if name not in methods]:
        raise DatasetError(
            f"Dataset '{settings.name}': hold_out names the method {unknown[0]!r}, and there is "
            f"none. There are: {', '.join(sorted(methods - {''})) or 'none with a name'}."
        )
