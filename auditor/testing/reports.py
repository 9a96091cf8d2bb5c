"""Reports on which output formats are tried: every block, hostile text, and nothing at all."""

from __future__ import annotations

from auditor.document.blocks import (
    Block,
    Chart,
    Curve,
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

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "\x1b[31mred\x1b[0m",
    "\u202ereversed",
    "=HYPERLINK(1)",
    "a|b`c",
    "{{ 7 * 7 }}",
    "two\nlines",
)
"""Texts that would be more than text where they are not escaped; task names come from files."""


def blocks_of(texts: tuple[str, ...]) -> tuple[Block, ...]:
    """Return one block of every type, with these texts wherever it has text."""
    first = texts[0]
    values = tuple(
        tuple(None if i == j else round((i - j) / len(texts), 2) for j in range(len(texts)))
        for i in range(len(texts))
    )
    curves = tuple(
        Curve(text, (1.0, 2.0), (0.5, None), (0.4, None), (0.6, None), names=(text, text)) for text in texts
    )
    return (
        *(Text(text) for text in texts),
        KeyValues(tuple((text, text) for text in texts), first),
        Table((first, "number"), tuple((text, place / 3) for place, text in enumerate(texts)), first),
        Matrix(texts, texts, values, first, scale="diverging", low=-1.0),
        Chart(curves, first, first, first, first),
        Tree(texts, _chain(len(texts)), first, first),
        Molecules(tuple(("CCO", text) for text in texts), first),
        Fold(first, tuple(Text(text) for text in texts), tasks=(first, texts[-1])),
    )


def report_with(texts: tuple[str, ...]) -> Report:
    """Return a report with every type of block and these texts everywhere."""
    return Report(
        title=texts[0],
        verdict=texts[-1],
        verdict_status="partial",
        stamps=texts,
        sections=(Section(texts[0], blocks_of(texts), note=texts[-1], status="warning"),),
        document={"schema_version": 1, "kind": "overlap", "texts": list(texts)},
    )


def empty_report() -> Report:
    """Return a report without any section."""
    return Report("Audit of nothing", "Nothing was audited.", "fail", (), (), {"schema_version": 1})


def _chain(leaves: int) -> tuple[tuple[float, float, float, float], ...]:
    """Return merges that add one leaf after the other (leaves - 1, 4)."""
    merges = [(0.0, 1.0, 1.0, 2.0)]
    for size in range(2, leaves):
        merges.append((float(leaves + size - 2), float(size), float(size), size + 1.0))
    return tuple(merges)
