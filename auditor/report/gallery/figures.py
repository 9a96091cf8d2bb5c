"""The figures of a report as files: each as a drawing and as numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from auditor.document.blocks import Block, Chart, Fold, Matrix, Report, Tree
from auditor.report.figure_numbers import Figure, numbers_of
from auditor.report.html.standalone import svg_of

_LETTERS = 48


def figure_files(report: Report) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of an SVG and a CSV for every figure, numbered as they are read."""
    blocks = (block for section in report.sections for block in section.blocks)
    for number, figure in enumerate(_figures(blocks), start=1):
        name = f"{number:02d}-{_slug(figure.caption)}"
        yield f"{name}.svg", svg_of(figure)
        yield f"{name}.csv", numbers_of(figure).encode()


def _figures(blocks: Iterable[Block]) -> Iterator[Figure]:
    for block in blocks:
        match block:
            case Chart() | Matrix() | Tree():
                yield block
            case Fold():
                yield from _figures(block.blocks)
            case _:
                continue


def _slug(caption: str) -> str:
    first = re.split(r"[,:;]", caption, maxsplit=1)[0].lower()
    return re.sub(r"[^a-z0-9]+", "-", first)[:_LETTERS].strip("-") or "figure"
