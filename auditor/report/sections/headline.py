"""What stands at the top of a page: the leading numbers, and what was found, a sentence each."""

from __future__ import annotations

import re
from dataclasses import replace

from auditor.document.blocks import KeyValues, Report, Section
from auditor.report.wording import cell, is_number, missing, pair_counts, paragraph

_FIGURES = 6

_END = re.compile(r"(?<=[^.\s]{3}[.])\s+|(?<=[\d)%][.])\s+")
"""The end of a sentence; an abbreviation ends on fewer letters."""


def figures_of(report: Report) -> tuple[list[tuple[str, str]], tuple[Section, ...]]:
    """Take the leading numbers of the first section: they stand large beside the verdict.

    Returns
    -------
    Names and numbers, and the sections without them.
    """
    first, *rest = report.sections or (Section("", ()),)
    if not first.blocks or not isinstance(first.blocks[0], KeyValues):
        return [], report.sections
    facts = first.blocks[0]
    said = {f"pairs {name}" for name in pair_counts(report)}
    rows = [row for row in facts.rows if row[0] not in said]
    large = [row for row in rows if is_number(row[1]) and not missing(row[1])][:_FIGURES]
    left = tuple(row for row in rows if row not in large)
    blocks = ((KeyValues(left, facts.caption),) if left else ()) + first.blocks[1:]
    kept = (replace(first, blocks=blocks),) if blocks or first.note else ()
    return [(name, cell(value)) for name, value in large], (*kept, *rest)


def first_sentence(text: str) -> str:
    """Return the first sentence of a text, the whole text where it is one."""
    return _END.split(paragraph(text), maxsplit=1)[0]
