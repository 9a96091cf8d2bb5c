"""The script of a page, which sorts, filters and looks up pairs; without it everything can be read."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from markupsafe import Markup

from auditor.document.blocks import Report
from auditor.document.examples import words_for
from auditor.report.pair_columns import compares_tasks, pair_columns, task_names

MOST_TASKS = 60
"""Tasks up to which a page holds the numbers of every pair, so that any one can be looked up."""
DIGITS = 4
LEAST_P = 0.0001
NAMES = {
    "correlation": "E, the correlation of the labels",
    "interval": "95 % interval of E",
    "p": "p of no correlation",
    "support": "shared compounds",
    "verdict": "for comparing gradients",
}
"""What is told first of a pair, in this order; measures and affinities follow by their own names."""
LEFT_OUT = ("task", "other_task", "low", "high", "retention_equivalent", "detectable_correlation")


@cache
def script() -> Markup:
    """Return the text of the script."""
    return Markup((files("auditor.report.html") / "live.js").read_text(encoding="utf-8"))


@cache
def allowed() -> str:
    """Return what the content security policy of a page must allow: this script and no other."""
    digest = base64.b64encode(hashlib.sha256(script().encode()).digest()).decode()
    return f"'sha256-{digest}'"


def pairs_of(report: Report) -> Markup:
    """Return the numbers of every pair as JSON, "" where the report compares no tasks or too many.

    "<" is written as an escape, so that no name of a task ends the element that holds it.
    """
    data: Mapping[str, Any] = report.document.get("data", {})
    if not compares_tasks(data) or len(data["tasks"]) > MOST_TASKS:
        return Markup("")
    words = words_for(report.document)
    found = {name: values.tolist() for name, values in pair_columns(data).items()}
    found["interval"] = [
        _interval(low, high) for low, high in zip(found["low"], found["high"], strict=True)
    ]
    columns = {
        words(NAMES.get(name, name)): [_shown(name, value) for value in found[name]]
        for name in dict.fromkeys((*NAMES, *found))
        if name in found and name not in LEFT_OUT
    }
    text = json.dumps({"tasks": task_names(data), "columns": columns}, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c"))


def _interval(low: float, high: float) -> str | None:
    return f"{low:.2f} to {high:.2f}" if low == low and high == high else None


def _shown(name: str, value: Any) -> Any:
    if name == "p" and value < LEAST_P:
        return f"below {LEAST_P}"
    if isinstance(value, float):
        return None if value != value else float(f"{value:.{DIGITS}g}")
    return value
