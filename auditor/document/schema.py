"""The published schema of the documents, and what a document that was read lacks of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Rule = Mapping[str, Any]


def schema_text() -> str:
    """Return the JSON Schema (draft 2020-12) of the documents that this version writes and reads."""
    from importlib.resources import files

    return (files("auditor.document") / "audit-1.json").read_text(encoding="utf-8")


def lacking(document: Any) -> Iterator[str]:
    """Yield the place of every key that a report needs and a document lacks.

    Only presence, objects and lists are looked at; the schema itself says more.
    """
    schema = json.loads(schema_text())
    yield from _lacking(document, schema, schema["$defs"], "")


def _lacking(value: Any, rule: Rule, defs: Mapping[str, Rule], place: str) -> Iterator[str]:
    if "$ref" in rule:
        yield from _lacking(value, defs[rule["$ref"].rpartition("/")[2]], defs, place)
    kinds = {"object": dict, "array": list}
    wanted = rule.get("type")
    if isinstance(wanted, str) and wanted in kinds and not isinstance(value, kinds[wanted]):
        yield f"{place or 'the whole'} as an {wanted}"
    elif isinstance(value, dict):
        yield from _lacking_in_object(value, rule, defs, place)
    elif isinstance(value, list) and {"$ref", "items", "properties"} & set(rule.get("items", ())):
        for number, item in enumerate(value):
            yield from _lacking(item, rule["items"], defs, f"{place}[{number}]")


def _lacking_in_object(
    value: Mapping[str, Any], rule: Rule, defs: Mapping[str, Rule], place: str
) -> Iterator[str]:
    at = f"{place}." if place else ""
    yield from (f"{at}{key}" for key in rule.get("required", ()) if key not in value)
    known = rule.get("properties", {})
    others = rule.get("additionalProperties")
    for key, item in value.items():
        part = known.get(key, others)
        if isinstance(part, dict):
            yield from _lacking(item, part, defs, f"{at}{key}")
    for case in rule.get("allOf", ()):
        if all(value.get(key) in _allowed(only) for key, only in case["if"]["properties"].items()):
            yield from _lacking(value, case["then"], defs, place)


def _allowed(rule: Rule) -> Sequence[Any]:
    found: Sequence[Any] = rule["enum"] if "enum" in rule else [rule["const"]]
    return found
