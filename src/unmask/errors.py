"""Errors a user can mend. The command line prints their text and no traceback."""


class UnmaskError(Exception):
    """Something the user can put right; the message says how."""


class ConfigError(UnmaskError):
    """A setting that is not allowed; the message holds the corrected line."""


class DatasetError(UnmaskError):
    """A dataset that cannot be used as it is described or laid out."""


class UnreadableMedia(UnmaskError):
    """A video or image that cannot be decoded: a reason to quarantine, not to stop."""


class WeightsError(UnmaskError):
    """Pre-trained weights that could not be had; the message says where to put them."""


class ModelError(UnmaskError):
    """A model file that cannot be used, or inputs that do not match it."""


class TrainingError(UnmaskError):
    """Data or settings with which training cannot start or go on."""


class SyncError(UnmaskError):
    """What DVC holds cannot be had, or does not belong to the current settings and data."""
