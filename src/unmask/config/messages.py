"""Turns validation errors into messages that name the key, what is allowed, and the right line."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from unmask.config import guesses
from unmask.config.datasets import AnyDataset

_LIMITS = {
    "greater_than": "gt",
    "greater_than_equal": "ge",
    "less_than": "lt",
    "less_than_equal": "le",
}

MOVED_KEYS = {
    "detect.min_confidence": "crop.min_confidence",
    "evaluate.aggregate": "score.aggregate",
    "evaluate.flip": "score.flip",
    "report.heat_maps": "explain.heat_maps",
}
"""Keys of earlier versions, and where they are now."""

_COMPUTED = "intervals are computed from the groups of videos, none is drawn (docs/metrics.md)"
GONE_KEYS = {"evaluate.bootstrap": _COMPUTED, "evaluate.seed": _COMPUTED}
"""Keys of earlier versions that have nothing left to do, and why."""


_MOST_TOLD, _MOST_TEXT = 20, 4000
"""Mistakes in a message, and letters of each."""


def explain(error: ValidationError, root: type[BaseModel]) -> str:
    """A message for people: one paragraph a mistake, each with the corrected line."""
    seen: dict[str, str] = {}
    for detail in error.errors(include_url=False)[:_MOST_TOLD]:
        key, text = _paragraph(detail, root)
        # A union of types reports one error a member; the first speaks for all.
        seen.setdefault(key, text)
    told = [text if len(text) <= _MOST_TEXT else f"{text[:_MOST_TEXT]}…" for text in seen.values()]
    if more := max(0, error.error_count() - _MOST_TOLD):
        told.append(f"… and {more} more.")
    return "The configuration cannot be used.\n\n" + "\n\n".join(told)


def _paragraph(detail: ErrorDetails, root: type[BaseModel]) -> tuple[str, str]:
    path, model, field = _locate(detail["loc"], root)
    key = _dotted(path) or "configuration"
    kind = detail["type"]
    given = detail.get("input")
    if kind == "value_error":
        text = str(detail["ctx"]["error"]) if "ctx" in detail else detail["msg"]
        return key + text, text if text.startswith(key) or not path else f"{key}: {text}"
    if kind == "extra_forbidden":
        return key, _unknown_key(path, model, given, root)
    if kind == "missing":
        return key, f"{key}: this key is needed.\n{_line(path, _example(model, field))}"
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        kinds = [_literals(member, "kind")[0] for member in _kinds()]
        wrong = given.get("kind") if isinstance(given, dict) else given
        best = closest(str(wrong), kinds, "folders")
        told = "this key is needed" if wrong is None else f"got {str(wrong)!r}"
        text = f"{key}.kind: {told}, allowed: {', '.join(kinds)}."
        return key, f"{text}\n{_line([*path, 'kind'], best)}"
    if right := guesses.a_key(given):
        told = f"{key}: got {given!r}. A space belongs after the colon."
        return key, f"{told}\nWrite:\n  {key}:\n    {right}"
    if path and isinstance(path[-1], int) and not isinstance(given, dict):
        entry = guesses.a_dataset(given)
        return key, f"{key}: got {given!r}, allowed: keys and values.\n{_line(path[:-1], [entry])}"
    allowed, best = _allowed(detail, model, field, given)
    return key, f"{key}: got {given!r}, allowed: {allowed}.\n{_line(path, best)}"


def _locate(
    loc: tuple[int | str, ...], root: type[BaseModel]
) -> tuple[list[int | str], type[BaseModel] | None, str]:
    """The path without the union tags pydantic puts in, the model that owns the key, the key."""
    path: list[int | str] = []
    owner: type[BaseModel] | None = root
    model: type[BaseModel] | None = root
    field = ""
    for step in loc:
        if isinstance(step, int):
            path.append(step)
            continue
        if path and isinstance(path[-1], int) and (member := _by_kind(step)):
            owner = model = member
            continue
        if model is None:
            continue  # below a plain field: a union member's name
        path.append(step)
        owner, field = model, step
        info = model.model_fields.get(step)
        model = _model_in(info.annotation) if info is not None else None
    return path, owner, field


def _by_kind(tag: str) -> type[BaseModel] | None:
    return next((member for member in _kinds() if tag in _literals(member, "kind")), None)


def _kinds() -> tuple[type[BaseModel], ...]:
    return get_args(get_args(AnyDataset)[0])


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return None


def _unknown_key(
    path: list[int | str], model: type[BaseModel] | None, given: Any, root: type[BaseModel]
) -> str:
    if moved := MOVED_KEYS.get(_dotted(path)):
        return f"{_dotted(path)}: this key is {moved} now.\n{_line([*moved.split('.')], given)}"
    known = list(model.model_fields) if model else []
    wrong = str(path[-1])
    if path in (["recipe"], ["preset"]):
        told = f"{wrong}: the values of a recipe stand in this file themselves."
        return f"{told} {_delete(wrong, given)} Write:\n  unmask recipe {given}"
    if gone := GONE_KEYS.get(_dotted(path)):
        return f"{_dotted(path)}: there is no such key any more: {gone}.\n{_delete(wrong, given)}"
    near = get_close_matches(wrong, known, n=1, cutoff=0.6)
    text = f"{_dotted(path)}: there is no such key. Allowed here: {', '.join(known)}."
    if near and model:
        value = "…" if isinstance(given, dict | list) else given
        return f"{text}\n{_line([*path[:-1], near[0]], value)}"
    if len(path) == 1 and (homes := guesses.sections_with(wrong, root)):
        return f"{text}\nIt belongs in {' or '.join(homes)}. {_line([homes[0], wrong], given)}"
    return f"{text}\n{_delete(wrong, '…')}"


def _delete(key: str, value: Any) -> str:
    return f"Delete the line `{key}: {value}`."


def _allowed(
    detail: ErrorDetails, model: type[BaseModel] | None, field: str, given: Any
) -> tuple[str, Any]:
    """What a field takes, in words, and a value that would be right."""
    default = _example(model, field)
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "literal_error":
        options = _literals(model, field)
        return ", ".join(map(str, options)), closest(str(given), options, default)
    limits = _limits(model, field)
    if kind in _LIMITS and limits:
        bound = context[_LIMITS[kind]] if kind.endswith("equal") else default
        share = guesses.a_share(given, limits)
        return _range_text(limits), bound if share is None else share
    words = {
        "int": "a whole number",
        "float": "a number",
        "bool": "true or false",
        "string": "text",
        "dict": "keys and values",
        "list": "a list",
        "model": "keys and values",
        "tuple": "a list",
    }
    best = default
    base = next((text for start, text in words.items() if kind.startswith(start)), detail["msg"])
    if kind == "too_short":
        base = "at least one"
    if kind == "list_type" or kind == "too_short":
        best = guesses.a_list(field, given) or default
    if kind == "string_pattern_mismatch":
        base, best = "letters, digits, - and _", guesses.a_name(given) or default
    if limits and not kind.startswith("string"):
        base = f"{base}, {_range_text(limits)}"
    if model and field in model.model_fields:
        inner = get_args(model.model_fields[field].annotation)
        if type(None) in inner:
            base += ", or null"
            best = None if guesses.is_null(given) else best
        literals = [value for part in inner for value in get_args(part) if isinstance(value, str)]
        if literals:
            base += f", or {', '.join(literals)}"
    return base, best


def _metadata(model: type[BaseModel] | None, field: str) -> list[Any]:
    if not model or field not in model.model_fields:
        return []
    info = model.model_fields[field]
    found = list(info.metadata)
    for part in get_args(info.annotation):
        for extra in getattr(part, "__metadata__", ()):
            found += getattr(extra, "metadata", [extra])
    return found


def _limits(model: type[BaseModel] | None, field: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for extra in _metadata(model, field):
        for name in ("gt", "ge", "lt", "le"):
            value = getattr(extra, name, None)
            if value is not None:
                found[name] = value
    return found


def _range_text(limits: dict[str, Any]) -> str:
    words = {"gt": "above {:g}", "ge": "from {:g}", "lt": "below {:g}", "le": "up to {:g}"}
    order = ("gt", "ge", "lt", "le")
    return " ".join(words[name].format(limits[name]) for name in order if name in limits)


def _literals(model: type[BaseModel] | None, field: str) -> list[str]:
    if not model or field not in model.model_fields:
        return []
    annotation = model.model_fields[field].annotation
    parts = [annotation, *get_args(annotation)]
    return [value for part in parts for value in get_args(part) if isinstance(value, str)]


def closest(wrong: str, options: list[str], default: Any = None) -> Any:
    """The option that a mistyped one may have meant, else ``default``."""
    near = get_close_matches(wrong.lower(), options, n=1, cutoff=0.4)
    return near[0] if near else (default if default is not None else options[0])


def _example(model: type[BaseModel] | None, field: str) -> Any:
    examples = {"name": "mine", "root": "data/mine", "kind": "folders"}
    if model and field in model.model_fields:
        info = model.model_fields[field]
        if not info.is_required():
            value = info.get_default(call_default_factory=True)
            return value.model_dump() if isinstance(value, BaseModel) else value
    return examples.get(field, "…")


def _dotted(path: list[int | str]) -> str:
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def _line(path: list[int | str], value: Any) -> str:
    """The corrected lines, nested and indented as they stand in ``config.yaml``."""
    lines, indent, dash = [], 2, ""
    for step in path[:-1]:
        if isinstance(step, int):
            dash = "- "
            continue
        lines.append(" " * indent + dash + f"{step}:")
        indent, dash = indent + 2, ""
    if isinstance(value, list):
        value = [item.model_dump() if isinstance(item, BaseModel) else item for item in value]
        if value and all(isinstance(item, dict) for item in value):
            block = yaml.safe_dump(value, sort_keys=False, width=1000).rstrip().splitlines()
            lines += [" " * indent + dash + f"{path[-1]}:"]
            return "Write:\n" + "\n".join([*lines, *(" " * (indent + 2) + row for row in block)])
    shown = value if value == "…" else yaml.safe_dump(value, default_flow_style=True, width=1000)
    shown = str(shown).removesuffix("\n").removesuffix("\n...")
    lines.append(" " * indent + dash + f"{path[-1]}: {shown}")
    return "Write:\n" + "\n".join(lines)
