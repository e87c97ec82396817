"""What somebody who wrote a wrong value most likely meant by it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

WITHOUT = ("all", "every", "never", "no", "none", "nothing", "off")
"""Words for what `null` says."""

DATASET = {"name": "mine", "kind": "folders", "root": "data/mine"}
"""An entry of ``datasets``, for example."""


def a_share(given: Any, limits: Mapping[str, Any]) -> float | None:
    """A percentage where a share from 0 to 1 belongs."""
    number = isinstance(given, int | float) and not isinstance(given, bool)
    return given / 100 if number and limits.get("le") == 1 and 1 < given <= 100 else None


def is_null(given: Any) -> bool:
    """Whether it is a word for `null`."""
    return isinstance(given, str) and given.lower() in WITHOUT


def a_name(given: Any) -> str | None:
    """The name with what is not allowed in one replaced."""
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", str(given)).strip("-_")
    return name[:64] or None


def a_list(field: str, given: Any) -> list[Any] | None:
    """One thing where a list of such belongs."""
    if field == "datasets":
        if isinstance(given, Mapping):
            return [dict(given)]
        return [a_dataset(given)] if isinstance(given, str) else [DATASET]
    return [given] if isinstance(given, str) else None


def a_dataset(given: Any) -> dict[str, Any]:
    """A folder where a dataset belongs."""
    return DATASET | {"root": given} if isinstance(given, str) else DATASET


def a_key(given: Any) -> str | None:
    """``fps:2`` is one word to YAML; as a key it has a space after the colon."""
    found = re.fullmatch(r"(\w+):(\S.*)", given) if isinstance(given, str) else None
    return f"{found[1]}: {found[2]}" if found else None


def sections_with(key: str, root: type[BaseModel]) -> list[str]:
    """The sections of the configuration that have a key of this name."""
    return [
        name
        for name, info in root.model_fields.items()
        if isinstance(info.annotation, type)
        and issubclass(info.annotation, BaseModel)
        and key in info.annotation.model_fields
    ]
