"""The JSON document: sorted keys, null for not estimable, one matrix row to the line."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from auditor.document.blocks import Report

INDENT = "  "


def export(report: Report) -> bytes:
    """Return the document that the report was made from."""
    return dump(report.document)


def dump(document: Mapping[str, Any]) -> bytes:
    """Return a document as JSON with a trailing newline.

    NaN becomes null, NumPy arrays and scalars become lists and numbers, a list of scalars stays on
    one line.

    Raises
    ------
    TypeError, ValueError
        A value that JSON has no form for, named with its place: an object, or an infinite number.
    """
    return ("".join(_encode(_plain(document, "$"), 0)) + "\n").encode()


def _plain(value: Any, place: str) -> Any:
    """Return a value made of dict, list, str, int, float, bool and None alone."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, float):
        return _finite(value, place)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, Mapping):
        return {_key(key, place): _plain(item, f"{place}.{key}") for key, item in value.items()}
    if hasattr(value, "tolist"):  # a NumPy array or scalar, without importing NumPy for it
        return _plain(value.tolist(), place)
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [_plain(item, f"{place}[{number}]") for number, item in enumerate(value)]
    raise TypeError(f"{place}: {type(value).__name__} has no form in JSON")


def _finite(value: float, place: str) -> float | None:
    if math.isinf(value):
        raise ValueError(f"{place}: an infinite number has no form in JSON")
    return None if math.isnan(value) else float(value)


def _key(key: Any, place: str) -> str:
    if not isinstance(key, str):
        raise TypeError(f"{place}: the key {key!r} is not a text")
    return str(key)


def _encode(value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, dict) and value:
        items = ((json.dumps(key) + ": ", value[key]) for key in sorted(value))
        yield from _nested("{", "}", items, depth)
    elif isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
        yield from _nested("[", "]", (("", item) for item in value), depth)
    else:
        yield json.dumps(value, allow_nan=False)


def _nested(opening: str, closing: str, items: Iterator[tuple[str, Any]], depth: int) -> Iterator[str]:
    gap = opening + "\n"
    for label, item in items:
        yield gap + INDENT * (depth + 1) + label
        yield from _encode(item, depth + 1)
        gap = ",\n"
    yield "\n" + INDENT * depth + closing
