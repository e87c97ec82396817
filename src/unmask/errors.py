"""Errors a user can mend. The command line prints their text and no traceback."""

from __future__ import annotations

import errno

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NOT_ALLOWED = {errno.EACCES, errno.EPERM, errno.EROFS}
_BROKEN = {errno.EIO, errno.ESTALE, errno.EMFILE, errno.ENFILE}


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


def of_the_machine(error: BaseException) -> str:
    """What to do about a full disk, a folder that may not be written to, or too little memory.

    Empty for an error that is none of these.
    """
    if isinstance(error, MemoryError) or getattr(error, "errno", None) == errno.ENOMEM:
        return (
            "not enough memory. Let fewer jobs run at once (--cores 1), or lower the setting that "
            "takes it: frames.max_size, train.batch_size."
        )
    if not isinstance(error, OSError):
        return ""
    where = f"{error.filename}: " if error.filename else ""
    if error.errno in _NO_ROOM:
        return (
            f"{where}{error.strerror}. Make room on that disk and run again; nothing half is kept."
        )
    if error.errno in _NOT_ALLOWED:
        return f"{where}{error.strerror}. See that you may read and write there, then run again."
    if error.errno in _BROKEN:
        return f"{where}{error.strerror}. See to the disk or its limits, then run again."
    return ""
