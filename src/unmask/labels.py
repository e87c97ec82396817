"""The two classes and the three sides of the split, in the order they have everywhere."""

REAL, FAKE = 0, 1
CLASS_NAMES = ("real", "fake")
"""Names in the order of the labels. The alphabet would turn them around."""

SPLITS = ("train", "val", "test")
