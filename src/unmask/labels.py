"""The two classes and the three sides of the split, in the order they have everywhere."""

REAL, FAKE = 0, 1
CLASS_NAMES = ("real", "fake")
"""Names in the order of the labels. The alphabet would turn them around."""

SPLITS = ("train", "val", "test")

TRAINING = "train+val"
"""Of a dataset's own split: for training or for validation, whichever it is dealt to."""
