"""How results look in a notebook: a few lines that go with a light and a dark page."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Any

from auditor.text import plain

if TYPE_CHECKING:
    from auditor.api.result import Found, Result

TITLES = {
    "overlap": "Overlap audit",
    "analysis": "Affinity audit",
    "leakage": "Leakage audit",
    "comparison": "Comparison of audits",
    "recommendation": "Recommendation",
    "forecast": "Dry run",
}
SIGNS = {"pass": ("●", "#12805a"), "partial": ("▲", "#b36b00"), "fail": ("■", "#cc4437")}
"""Shape and colour of a verdict; the colours have contrast on white and on black."""

_BOX = "max-width:60em;line-height:1.45;border-left:4px solid {color};padding:.1em 0 .1em .9em"
_SOFT = "opacity:.75"
_CELL = "text-align:left;vertical-align:top;padding:.15em 1em .15em 0;background:none;border:none"


def result_html(result: Result) -> str:
    """Return what a notebook shows of a result: the verdict first, then a line per finding."""
    verdict = result.verdict
    sign, color = SIGNS.get(verdict.status, ("◆", "#5c7590"))
    parts = [
        f'<div style="{_SOFT}">{TITLES.get(result.kind, "Audit")} of <b>{_text(result.name)}</b></div>',
        f'<div style="margin:.2em 0"><b style="color:{color}">{sign} {_text(verdict.status.upper())}</b> '
        f"{_text(verdict.sentence)}</div>",
        *(f'<div style="{_SOFT}">{_text(stamp)}</div>' for stamp in _stamps(result.data)),
        f'<div style="{_SOFT}">{_facts(result)}</div>' if _facts(result) else "",
        _table(result),
    ]
    return f'<div style="{_BOX.format(color=color)}">{"".join(parts)}</div>'


def finding_html(found: Found) -> str:
    """Return what a notebook shows of a finding: its sentence, and its tables."""
    tables = "".join(table.to_html(index=False, border=0, na_rep="–") for table in found.tables)
    said = f"<b>{_text(_title(found.name))}</b><div>{_text(found.sentence)}</div>"
    return f'<div style="max-width:60em;line-height:1.45">{said}{tables}</div>'


def _stamps(data: Mapping[str, Any]) -> list[str]:
    ignored = ["The gate failed and was ignored on request."] if data.get("gate_ignored") else []
    return [*ignored, *data["benchmark"]["stamps"]]


def _facts(result: Result) -> str:
    benchmark, counts = result.data["benchmark"], result.verdict.counts
    known = (("compounds", "compounds"), ("tasks", "tasks"), ("labels", "labels"))
    told = [f"{benchmark[key]:,} {word}" for key, word in known if isinstance(benchmark.get(key), int)]
    told += [f"{count:,} pairs {_text(name)}" for name, count in counts.items() if count]
    return " · ".join(told)


def _table(result: Result) -> str:
    shown = [found for found in result.findings.values() if found.status != "not applicable"]
    if not shown:
        return ""
    rows = "".join(
        f'<tr style="background:none"><td style="{_CELL};white-space:nowrap">{_mark(found)}'
        f'{_text(_title(found.name))}</td><td style="{_CELL}">{_text(found.sentence)}</td></tr>'
        for found in shown
    )
    return f'<table style="margin:.5em 0 0;border:none;font-size:.95em"><tbody>{rows}</tbody></table>'


def _mark(found: Found) -> str:
    sign, color = SIGNS["fail"]
    return f'<b style="color:{color}">{sign} </b>' if found.status == "error" else ""


def _title(name: str) -> str:
    return name.replace("-", " ").capitalize()


def _text(text: str) -> str:
    return escape(plain(" ".join(text.split())))
