"""A heat map in characters: numbers where they fit, tenths where they do not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from auditor.document.blocks import Matrix
from auditor.report.palette import LIGHT, ink, step
from auditor.report.text.grid import cut
from auditor.report.wording import entry, missing

Piece = tuple[str, str]
"""Text and its rich style; an empty style is plain."""

LONGEST_LABEL = 24


@dataclass(frozen=True)
class Form:
    """How wide a cell is and what stands in it: ``"full"``, ``"tenths"`` or ``"digit"``."""

    name: str
    cell: int
    label: int


def form_of(matrix: Matrix, width: int) -> Form | None:
    """Return the widest form of a heat map that fits into the width, None if none does."""
    columns = len(matrix.columns)
    if 2 * columns > width:  # no form is narrower; the entries need not be looked at
        return None
    label = min(LONGEST_LABEL, max((len(name) for name in matrix.rows), default=0)) + len(str(columns)) + 2
    signed = matrix.scale == "diverging"
    longest = max(
        (len(entry(matrix, v)) for row in matrix.values for v in row if not missing(v)), default=1
    )
    forms = [Form("full", max(longest, len(str(columns))) + 1, label)]
    forms.append(Form("tenths", max(3 if signed else 2, len(str(columns)) + 1), label))
    for form in forms:
        for label_width in (form.label, max(8, min(form.label, 12))):
            if label_width + columns * form.cell <= width:
                return Form(form.name, form.cell, label_width)
    return None


def heat_lines(matrix: Matrix, form: Form, *, absent: str, more: str) -> Iterator[list[Piece]]:
    """Yield the lines of a heat map as styled pieces; columns are numbered like the rows."""
    numbers = [str(place + 1) for place in range(len(matrix.columns))]
    yield [(" " * form.label, ""), *((number.rjust(form.cell), "bold") for number in numbers)]
    for place, (name, values) in enumerate(zip(matrix.rows, matrix.values, strict=True)):
        number = str(place + 1).rjust(len(numbers[-1]) if numbers else 1)
        label = cut(f"{number} {name}", form.label - 1, more).ljust(form.label)
        yield [(label, ""), *(_cell(matrix, value, form, absent) for value in values)]


def explain(form: Form) -> str:
    """Return what the cells of a form show, for the reader."""
    return "cells are tenths: 3 is 0.30 to 0.39, # is 1" if form.name == "tenths" else ""


def _cell(matrix: Matrix, value: float | None, form: Form, absent: str) -> Piece:
    if value is None or missing(value):
        return absent.rjust(form.cell), "dim"
    text = entry(matrix, value) if form.name == "full" else _tenths(matrix, value)
    color = LIGHT.scale(matrix.scale)[step(matrix, value)]
    return text.rjust(form.cell), f"{ink(color)} on {color}"


def _tenths(matrix: Matrix, value: float) -> str:
    if value >= 1 - 1e-9:
        return "#"
    size = min(9, int(abs(value) * 10 + 1e-9))
    if matrix.scale != "diverging":
        return str(size)
    return "0" if size == 0 else f"{'+' if value > 0 else '-'}{size}"
