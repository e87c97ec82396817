"""unmask: from a folder of face videos to an honestly evaluated deepfake detector."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from unmask.api import crop_faces, evaluate, find_faces, load, train

__version__ = "0.1.0"

__all__ = ["crop_faces", "evaluate", "find_faces", "load", "train"]


def __getattr__(name: str) -> Any:
    """The functions for Python, imported when they are first asked for."""
    if name in __all__:
        from unmask import api

        return getattr(api, name)
    raise AttributeError(f"module 'unmask' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
