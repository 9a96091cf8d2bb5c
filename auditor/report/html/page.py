"""HTML: one self-contained page, readable without its script, on paper, in the dark and aloud."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from auditor.document.blocks import (
    Block,
    Chart,
    Fold,
    KeyValues,
    Matrix,
    Molecules,
    Report,
    Section,
    Table,
    Text,
    Tree,
)
from auditor.report.html import axes, heatmap, molecules
from auditor.report.html.chart import chart, swatch
from auditor.report.html.download import Budget, address
from auditor.report.html.live import allowed, pairs_of, script
from auditor.report.html.table import is_endless, table_view
from auditor.report.html.tree import tree
from auditor.report.pairs import uniform_sentence
from auditor.report.palette import DARK, LIGHT, ink
from auditor.report.sections.headline import figures_of, first_sentence
from auditor.report.wording import (
    MARKS,
    SHAPES,
    cell,
    is_cloud,
    is_number,
    pair_counts,
    paragraph,
    status_word,
    with_links,
)
from auditor.text import plain

if TYPE_CHECKING:
    from jinja2 import Environment

CSV_BYTES = 2_500_000
"""How much CSV a page carries at most: with it, 617 tasks stay below 5 MB."""

MOST_POINTS = 2_000
"""Points of a chart up to which the page holds them as CSV."""

MOST_NUMBERS = 100
"""Points of a chart up to which their numbers are listed below it."""


def export(report: Report) -> bytes:
    """Return the page."""
    env = environment()
    budget = Budget(CSV_BYTES)
    figures, parts = figures_of(report)
    sections = [_section(env, part, n, budget) for n, part in enumerate(parts, start=1)]
    places = {section["title"]: section["id"] for section in sections}
    page = env.get_template("report.html.j2").render(
        title=report.title,
        read=report.read,
        verdict=report.verdict,
        status=report.verdict_status if report.verdict_status in SHAPES else "other",
        word=status_word(report.verdict_status),
        stamps=report.stamps,
        figures=figures,
        counts=[(name, n) for name, n in pair_counts(report).items() if n],
        sections=sections,
        answers=[(answer, places.get(answer.section, "")) for answer in report.answers],
        allowed=allowed(),
        script=script(),
        pairs=pairs_of(report),
        glance=[] if report.answers else _glance(sections),
    )
    return page.encode()


def environment() -> Environment:
    """Return the templates of all pages, with the filters that they use."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    env = Environment(
        loader=PackageLoader("auditor.report.html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters.update(
        line=paragraph, plain=plain, linked=_linked, ink=ink, first=first_sentence, endless=is_endless
    )
    env.globals.update(light=LIGHT, dark=DARK)
    return env


def _glance(sections: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the sections that say what was found, where there are several."""
    found = [section for section in sections if section["finding"] and section["note"]]
    return found if len(found) > 1 else []


def _section(env: Environment, section: Section, number: int, budget: Budget) -> Mapping[str, Any]:
    return {
        "id": f"section-{number}",
        "title": section.title,
        "note": section.note,
        "mark": MARKS.get(section.status, ""),
        "word": section.status,
        "finding": section.finding,
        "blocks": [_block(env, block, f"b{number}-{k}", budget) for k, block in enumerate(section.blocks)],
    }


def _block(env: Environment, block: Block, name: str, budget: Budget) -> Markup:
    template, view = _view(env, block, budget)
    return Markup(env.get_template(f"{template}.html.j2").render(block=block, id=name, **view))


def _view(env: Environment, block: Block, budget: Budget) -> tuple[str, dict[str, Any]]:
    """Return the template of a block and what it needs beside the block itself."""
    match block:
        case Text():
            return "text", {}
        case KeyValues():
            return "keyvalues", {
                "rows": [(name, cell(value), is_number(value)) for name, value in block.rows]
            }
        case Table():
            return "table", table_view(block)
        case Matrix() if uniform_sentence(block):
            return "uniform", {"sentence": uniform_sentence(block)}
        case Matrix() if heatmap.is_large(block):
            view = heatmap.picture_view(block, budget)
            strongest = _block(env, view.pop("strongest"), "", budget)
            return "picture", {**view, "strongest": strongest}
        case Matrix():
            return "matrix", heatmap.table_view(block, budget)
        case Chart():
            download = address(block, budget) if _carries_numbers(block) else ""
            return "figure", {
                "drawing": chart(block),
                **_legend(block),
                "data": _points(block),
                "download": download,
            }
        case Tree():
            return "figure", {
                "drawing": tree(block),
                "legend": [],
                "data": [],
                "download": address(block, budget),
            }
        case Molecules():
            return "molecules", {"items": [(s, note, molecules.draw(s)) for s, note in block.items]}
        case Fold():
            return "fold", {"parts": [_block(env, part, "", budget) for part in block.blocks]}


def _carries_numbers(block: Chart) -> bool:
    """Tell whether the page holds a chart's CSV; the script makes it of points that say their numbers."""
    named = any(curve.names for curve in block.curves)
    return not named and sum(len(curve.x) for curve in block.curves) <= MOST_POINTS


def _legend(block: Chart) -> dict[str, Any]:
    shown = [(swatch(curve, n), curve.label) for n, curve in enumerate(block.curves) if curve.label]
    return {"legend": shown if len(block.curves) > 1 else []}


def _points(block: Chart) -> list[tuple[str, str, str, str]]:
    """Return curve, x, y and interval of every point of a chart that is small enough to be read."""
    if is_cloud(block) or sum(len(curve.x) for curve in block.curves) > MOST_NUMBERS:
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
