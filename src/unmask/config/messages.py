"""Turns validation errors into messages that name the key, what is allowed, and the right line."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

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


def explain(error: ValidationError, root: type[BaseModel]) -> str:
    """A message for people: one paragraph a mistake, each with the corrected line."""
    seen: dict[str, str] = {}
    for detail in error.errors():
        key, text = _paragraph(detail, root)
        # A union of types reports one error a member; the first speaks for all.
        seen.setdefault(key, text)
    return "The configuration cannot be used.\n\n" + "\n\n".join(seen.values())


def _paragraph(detail: ErrorDetails, root: type[BaseModel]) -> tuple[str, str]:
    path, model, field = _locate(detail["loc"], root)
    key = _dotted(path) or "configuration"
    kind = detail["type"]
    given = detail.get("input")
    if kind == "value_error":
        text = str(detail["ctx"]["error"]) if "ctx" in detail else detail["msg"]
        return key + text, text if text.startswith(key) or not path else f"{key}: {text}"
    if kind == "extra_forbidden":
        return key, _unknown_key(path, model, given)
    if kind == "missing":
        return key, f"{key}: this key is needed.\n{_line(path, _example(model, field))}"
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        kinds = [_literals(member, "kind")[0] for member in _kinds()]
        wrong = str(given.get("kind", "nothing")) if isinstance(given, dict) else str(given)
        best = _closest(wrong, kinds)
        text = f"{key}.kind: got {wrong!r}, allowed: {', '.join(kinds)}."
        return key, f"{text}\n{_line([*path, 'kind'], best)}"
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


def _unknown_key(path: list[int | str], model: type[BaseModel] | None, given: Any) -> str:
    if moved := MOVED_KEYS.get(_dotted(path)):
        return f"{_dotted(path)}: this key is {moved} now.\n{_line([*moved.split('.')], given)}"
    known = list(model.model_fields) if model else []
    wrong = str(path[-1])
    near = get_close_matches(wrong, known, n=1, cutoff=0.6)
    text = f"{_dotted(path)}: there is no such key. Allowed here: {', '.join(known)}."
    if near and model:
        value = "…" if isinstance(given, dict | list) else given
        return f"{text}\n{_line([*path[:-1], near[0]], value)}"
    return f"{text}\nDelete the line `{wrong}: …`."


def _allowed(
    detail: ErrorDetails, model: type[BaseModel] | None, field: str, given: Any
) -> tuple[str, Any]:
    """What a field takes, in words, and a value that would be right."""
    default = _example(model, field)
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "literal_error":
        options = _literals(model, field)
        return ", ".join(map(str, options)), _closest(str(given), options, default)
    limits = _limits(model, field)
    if kind in _LIMITS and limits:
        bound = context[_LIMITS[kind]]
        inclusive = kind.endswith("equal")
        return _range_text(limits), bound if inclusive else default
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
    base = next((text for start, text in words.items() if kind.startswith(start)), detail["msg"])
    if kind == "too_short":
        base = "at least one"
    if kind == "string_pattern_mismatch":
        base = "letters, digits, - and _"
    if limits and not kind.startswith("string"):
        base = f"{base}, {_range_text(limits)}"
    if model and field in model.model_fields:
        inner = get_args(model.model_fields[field].annotation)
        if type(None) in inner:
            base += ", or null"
        literals = [value for part in inner for value in get_args(part) if isinstance(value, str)]
        if literals:
            base += f", or {', '.join(literals)}"
    return base, default


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


def _closest(wrong: str, options: list[str], default: Any = None) -> Any:
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
    shown = value if value == "…" else yaml.safe_dump(value, default_flow_style=True, width=1000)
    shown = str(shown).removesuffix("\n").removesuffix("\n...")
    lines.append(" " * indent + dash + f"{path[-1]}: {shown}")
    return "Write:\n" + "\n".join(lines)
