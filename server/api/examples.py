"""Owns the examples of the OpenAPI document, made from the schemas that calls are checked by."""

from __future__ import annotations

import re
from typing import Any

DEPTH = 6
MOMENT = "2026-03-02T10:00:00+08:00"
KNOWN: dict[str, object] = {
    "service": "A", "code": "A", "label": "A012", "ticket": "01JNC8Q5ZK3V7Y2M4T6W8X9B1D",
    "language": "id", "login": "sari", "name": "Ibu Sari", "day": "2026-03-02",
    "zone": "Asia/Makassar",
    "zone_label": "WITA", "priority": "regular", "state": "waiting", "reason": "mengambil fotokopi",
    "first": "2026-03-01", "last": "2026-03-31", "from": "2026-03-01", "to": "2026-03-31",
    "track_url": "http://192.168.1.10:8080/t/f3Kx9", "id": "01JNC8Q5ZK3V7Y2M4T6W8X9B1D",
}  # fmt: skip
"""Values a reader recognises, by the name of the field; used where they fit its type."""


def example(  # noqa: C901, PLR0911, PLR0912 - one branch for each form of a schema
    schema: dict[str, Any], components: dict[str, Any], name: str = "", depth: int = 0
) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Return a value that fits a schema, with the names of a hall where they fit."""
    if "$ref" in schema:
        target = components[schema["$ref"].rpartition("/")[2]]
        return example(target, components, name, depth)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        values = [value for value in schema["enum"] if value is not None] or schema["enum"]
        return KNOWN[name] if KNOWN.get(name) in values else values[0]
    for several in ("anyOf", "oneOf"):
        if several in schema:
            choices = [each for each in schema[several] if each.get("type") != "null"]
            if depth > DEPTH and len(choices) < len(schema[several]):
                return None
            return example((choices or schema[several])[0], components, name, depth)
    match schema.get("type"):
        case "object":
            return _object(schema, components, depth)
        case "array":
            if "prefixItems" in schema:
                return [example(each, components, "", depth + 1) for each in schema["prefixItems"]]
            wanted = max(schema.get("minItems", 0), 0 if depth > DEPTH else 1)
            items = schema.get("items") or {}
            return [example(items, components, _one(name), depth + 1)] * wanted
        case "integer" | "number":
            return _number(schema)
        case "boolean":
            return bool(schema.get("default", True))
        case "string":
            return _text(schema, name)
        case "null":
            return None
    return {}


def _one(name: str) -> str:
    return name.removesuffix("s")


def _object(schema: dict[str, Any], components: dict[str, Any], depth: int) -> dict[str, Any]:
    required = set(schema.get("required", ()))
    made = {
        name: example(each, components, name, depth + 1)
        for name, each in schema.get("properties", {}).items()
        if name in required or depth <= DEPTH
    }
    values = schema.get("additionalProperties")
    if not made and isinstance(values, dict) and values:
        key = "id" if values.get("type") == "string" else "A"
        made[key] = example(values, components, "name", depth + 1)
    return made


def _number(schema: dict[str, Any]) -> int | float:
    least = schema.get("minimum", schema.get("exclusiveMinimum", 0))
    most = schema.get("maximum", schema.get("exclusiveMaximum", least + 10))
    value = schema.get("default")
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    number: int | float = min(max(2, least), most)
    return number


def _text(schema: dict[str, Any], name: str) -> str:
    match schema.get("format"):
        case "date-time":
            return MOMENT
        case "date":
            return MOMENT[:10]
        case "time":
            return MOMENT[11:19]
    known = KNOWN.get(name)
    text = known if isinstance(known, str) else str(schema.get("default") or name or "text")
    pattern = schema.get("pattern", "")
    if pattern and not re.search(pattern, text):
        text = next((each for each in NARROW if re.search(pattern, each)), text)
    text = text.ljust(schema.get("minLength", 0), "x")
    return text[: schema.get("maxLength", len(text))]


NARROW = ("08:00", "2026-03-02", "main", "id", "A", "12", "0a1b2c3d4e5f6071", "1.2.0")
"""Texts for fields whose pattern is narrow; a test finds what is missing."""
