"""HTML: one self-contained page without scripts, readable on paper, in the dark and aloud."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from auditor.console import plain
from auditor.report import axes, heatmap, molecules, svg
from auditor.report.blocks import (
    Block,
    Cell,
    Chart,
    KeyValues,
    Matrix,
    Molecules,
    Report,
    Section,
    Table,
    Text,
    Tree,
)
from auditor.report.palette import DARK, LIGHT, ink
from auditor.report.wording import (
    MARKS,
    SHAPES,
    cell,
    is_number,
    missing,
    pair_counts,
    paragraph,
    status_word,
    with_links,
)

if TYPE_CHECKING:
    from jinja2 import Environment

CSV_BYTES = 2_500_000
"""How much CSV a page carries at most: with it, 617 tasks stay below 5 MB."""

SHOWN_ROWS = 15
"""Rows of a long table that are visible without opening it."""

MOST_ROWS = 1000
"""Rows of a table that a page holds at all; the JSON document holds every one."""

_FIGURES = 6


def export(report: Report) -> bytes:
    """Return the page."""
    env = _environment()
    budget = heatmap.Budget(CSV_BYTES)
    figures, sections = _headline(report)
    page = env.get_template("report.html.j2").render(
        title=report.title,
        verdict=report.verdict,
        status=report.verdict_status if report.verdict_status in SHAPES else "other",
        word=status_word(report.verdict_status),
        stamps=report.stamps,
        figures=figures,
        counts=[(name, n) for name, n in pair_counts(report).items() if n],
        sections=[_section(env, section, n, budget) for n, section in enumerate(sections, start=1)],
    )
    return page.encode()


def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    env = Environment(
        loader=PackageLoader("auditor.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters.update(line=paragraph, plain=plain, linked=_linked, ink=ink)
    env.globals.update(light=LIGHT, dark=DARK)
    return env


def _headline(report: Report) -> tuple[list[tuple[str, str]], tuple[Section, ...]]:
    """Take the leading numbers of the first section: they stand large beside the verdict."""
    first, *rest = report.sections or (Section("", ()),)
    if not first.blocks or not isinstance(first.blocks[0], KeyValues):
        return [], report.sections
    facts = first.blocks[0]
    said = {f"pairs {name}" for name in pair_counts(report)}
    rows = [row for row in facts.rows if row[0] not in said]
    large = [row for row in rows if is_number(row[1]) and not missing(row[1])][:_FIGURES]
    left = tuple(row for row in rows if row not in large)
    blocks = ((KeyValues(left, facts.caption),) if left else ()) + first.blocks[1:]
    kept = (
        () if not blocks and not first.note else (Section(first.title, blocks, first.note, first.status),)
    )
    return [(name, cell(value)) for name, value in large], (*kept, *rest)


def _section(env: Environment, section: Section, number: int, budget: heatmap.Budget) -> Mapping[str, Any]:
    return {
        "id": f"section-{number}",
        "title": section.title,
        "note": section.note,
        "mark": MARKS.get(section.status, ""),
        "word": section.status,
        "blocks": [_block(env, block, f"b{number}-{k}", budget) for k, block in enumerate(section.blocks)],
    }


def _block(env: Environment, block: Block, name: str, budget: heatmap.Budget) -> Markup:
    template, view = _view(env, block, budget)
    return Markup(env.get_template(f"{template}.html.j2").render(block=block, id=name, **view))


def _view(env: Environment, block: Block, budget: heatmap.Budget) -> tuple[str, dict[str, Any]]:
    """Return the template of a block and what it needs beside the block itself."""
    match block:
        case Text():
            return "text", {}
        case KeyValues():
            return "keyvalues", {
                "rows": [(name, cell(value), is_number(value)) for name, value in block.rows]
            }
        case Table():
            return "table", _table(block)
        case Matrix() if heatmap.is_large(block):
            view = heatmap.picture_view(block, budget)
            strongest = _block(env, view.pop("strongest"), "", budget)
            return "picture", {**view, "strongest": strongest}
        case Matrix():
            return "matrix", heatmap.table_view(block)
        case Chart():
            return "figure", {"drawing": svg.chart(block), **_legend(block), "data": _points(block)}
        case Tree():
            return "figure", {"drawing": svg.tree(block), "legend": [], "data": []}
        case Molecules():
            return "molecules", {"items": [(s, note, molecules.draw(s)) for s, note in block.items]}


def _table(block: Table) -> dict[str, Any]:
    numeric = [
        any(is_number(row[place]) for row in block.rows)
        and all(is_number(row[place]) or missing(row[place]) for row in block.rows)
        for place in range(len(block.columns))
    ]
    rows = [_row(row, block.digits) for row in block.rows[:MOST_ROWS]]
    cut = SHOWN_ROWS if len(rows) > SHOWN_ROWS + 5 else len(rows)
    return {
        "numeric": numeric,
        "parts": [part for part in (rows[:cut], rows[cut:]) if part],
        "hidden": len(rows) - cut,
        "left_out": len(block.rows) - len(rows),
    }


def _row(row: Sequence[Cell], digits: int) -> list[str]:
    return [cell(value, digits=digits) for value in row]


def _legend(block: Chart) -> dict[str, Any]:
    shown = [(svg.swatch(curve, n), curve.label) for n, curve in enumerate(block.curves) if curve.label]
    return {"legend": shown if len(block.curves) > 1 else []}


def _points(block: Chart) -> list[tuple[str, str, str, str]]:
    """Return curve, x, y and interval of every point of a chart that is small enough to be read."""
    if sum(len(curve.x) for curve in block.curves) > 100:
        return []
    rows = []
    for curve in block.curves:
        spans = {x: f"{cell(low)} to {cell(high)}" for x, low, high in axes.intervals(curve)}
        rows += [
            (plain(curve.label), cell(x), cell(y), spans.get(float(x), ""))
            for x, y in zip(curve.x, curve.y, strict=True)
        ]
    return rows


def _linked(text: str) -> Markup:
    """Return a paragraph whose references are links."""
    link = Markup('<a href="{}" rel="noreferrer">{}</a>')
    pieces = with_links(paragraph(text))
    return Markup("").join(link.format(address, said) if address else said for said, address in pieces)
