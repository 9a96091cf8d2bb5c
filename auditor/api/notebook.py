"""How results look in a notebook: a few lines that go with a light and a dark page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from auditor.api.asking import in_python
from auditor.document.examples import has_features
from auditor.document.read import read_lines
from auditor.report.wording import VERDICTS, cell, is_number
from auditor.text import count_of, plain

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
MOST_ROWS = 20
"""Rows of a table that are shown."""

_TABLE = "margin:.3em 0;border:none;border-collapse:collapse;color:inherit;font-size:.95em"
_CELL = "text-align:left;vertical-align:top;padding:.15em 1em .15em 0;background:none;border:none"


def result_html(result: Result) -> str:
    """Return what a notebook shows of a result: the verdict first, then a line per finding."""
    verdict = result.verdict
    sign, color = SIGNS.get(verdict.status, ("◆", "#5c7590"))
    parts = [
        f'<div style="{_SOFT}">{TITLES.get(result.kind, "Audit")} of <b>{_text(result.name)}</b></div>',
        _read(read_lines(result.document.get("read", {}))),
        f'<div style="margin:.2em 0"><b style="color:{color}">{sign} {_text(verdict.status.upper())}</b> '
        f"{_text(verdict.sentence)}</div>",
        *(f'<div style="{_SOFT}">{_text(stamp)}</div>' for stamp in _stamps(result.data)),
        f'<div style="{_SOFT}">{_facts(result)}</div>' if _facts(result) else "",
        _table(result),
    ]
    return f'<div style="{_BOX.format(color=color)}">{"".join(parts)}</div>'


def read_html(lines: Sequence[tuple[str, str]]) -> str:
    """Return what a notebook shows of a table that was only looked at."""
    return f'<div style="max-width:60em;line-height:1.45">{_read(lines)}</div>'


def finding_html(found: Found) -> str:
    """Return what a notebook shows of a finding: its sentence, and its tables."""
    tables = "".join(_grid(block) for block in found.blocks if block["type"] == "table")
    said = f"<b>{_text(_title(found.name))}</b><div>{_text(found.sentence)}</div>"
    return f'<div style="max-width:60em;line-height:1.45">{said}{tables}</div>'


def _read(lines: Sequence[tuple[str, str]]) -> str:
    """Return the lines that say what was read, as a table; empty where there are none."""
    rows = "".join(
        f'<tr style="background:none"><td style="{_CELL};{_SOFT};white-space:nowrap">{_text(label)}</td>'
        f'<td style="{_CELL}">{_text(in_python(said))}</td></tr>'
        for label, said in lines
    )
    return f'<table style="{_TABLE}"><tbody>{rows}</tbody></table>' if rows else ""


def _grid(block: Mapping[str, Any]) -> str:
    """Return a table with the digits that a report gives it, its numbers to the right."""
    shown = block["rows"][:MOST_ROWS]
    right = [
        all(is_number(row[at]) or row[at] is None for row in shown) for at in range(len(block["columns"]))
    ]
    head = "".join(_cell("th", name, r) for name, r in zip(block["columns"], right, strict=True))
    body = ""
    for row in shown:
        texts = [cell(v, digits=block["digits"] if isinstance(v, float) else None) for v in row]
        cells = "".join(_cell("td", text, r) for text, r in zip(texts, right, strict=True))
        body += f'<tr style="background:none">{cells}</tr>'
    more = len(block["rows"]) - len(shown)
    rest = f'<div style="{_SOFT}">and {more:,} more rows</div>' if more else ""
    caption = (
        f'<div style="{_SOFT};margin-top:.6em">{_text(block["caption"])}</div>' if block["caption"] else ""
    )
    table = f'<table style="{_TABLE}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    return f"{caption}{table}{rest}"


def _cell(tag: str, text: str, right: bool) -> str:
    return f'<{tag} style="{_CELL};text-align:{"right" if right else "left"}">{_text(text)}</{tag}>'


def _stamps(data: Mapping[str, Any]) -> list[str]:
    ignored = ["The gate failed and was ignored on request."] if data.get("gate_ignored") else []
    return [*ignored, *data["benchmark"]["stamps"]]


def _facts(result: Result) -> str:
    benchmark, counts = result.data["benchmark"], result.verdict.counts
    word = "examples" if has_features(result.document) else "compounds"
    known = (("compounds", word), ("tasks", "tasks"), ("labels", "labels"))
    told = [f"{benchmark[key]:,} {word}" for key, word in known if isinstance(benchmark.get(key), int)]
    judged = [f"{counts[name]:,} {name}" for name in VERDICTS if counts.get(name)]
    if judged:
        told.append(f"{count_of(sum(counts.values()), 'pair')}: {', '.join(judged)}")
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
    return f'<table style="{_TABLE}"><tbody>{rows}</tbody></table>'


def _mark(found: Found) -> str:
    sign, color = SIGNS["fail"]
    return f'<b style="color:{color}">{sign} </b>' if found.status == "error" else ""


def _title(name: str) -> str:
    return name.replace("-", " ").capitalize()


def _text(text: str) -> str:
    return escape(plain(" ".join(text.split())))
