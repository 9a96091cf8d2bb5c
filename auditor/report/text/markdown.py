"""A report as GitHub Markdown: verdict first, so that it reads well as a pull-request comment."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

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
from auditor.report.pairs import strongest_table, summary_sentence, uniform_sentence
from auditor.report.palette import stressed, threshold
from auditor.report.text.cells import numeric, points, texts
from auditor.report.wording import (
    ABSENT,
    MARKS,
    SHAPES,
    cell,
    entry,
    is_cloud,
    missing,
    paragraph,
    status_word,
)

LARGEST_TABLE = 20
"""Columns up to which a matrix is a table; GitHub's pages show no more side by side."""

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~$@&])")
_STARTS = re.compile(r"^(\d*)([-+=.)])(?=[\s=+-]|$)")


def export(report: Report) -> bytes:
    """Return the report as Markdown."""
    return ("\n".join(_lines(report)).rstrip() + "\n").encode()


def escape(text: object) -> str:
    """Return text that Markdown shows as it is, on one line."""
    said = _SPECIAL.sub(r"\\\1", paragraph(str(text)))
    said = re.sub(r"(https?|ftp)(:)", r"\1&#58;", said)
    said = said.replace("www.", "www&#46;")
    return _STARTS.sub(r"\1\\\2", said)


def _lines(report: Report) -> Iterator[str]:
    yield f"# {escape(report.title)}"
    yield ""
    yield from _read(report)
    shape = SHAPES.get(report.verdict_status, "")
    yield f"**{shape} {escape(status_word(report.verdict_status))}** {escape(report.verdict)}"
    for stamp in report.stamps:
        yield ""
        yield f"> **{escape(stamp)}**"
    if report.answers:
        yield ""
        yield from (
            f"- **{escape(answer.question)}:** {escape(answer.answer)}" for answer in report.answers
        )
        yield ""
        yield "<details><summary>All that was measured</summary>"
    for section in report.sections:
        yield ""
        yield from _section(section)
    if report.answers:
        yield ""
        yield "</details>"


def _read(report: Report) -> Iterator[str]:
    lines = [f"{escape(label)}: {escape(said)}" for label, said in report.read]
    if lines and report.answers:  # a comment is short
        lines = [" · ".join(lines)]
    elif lines:
        lines = [f"- {line}" for line in lines]
    yield from (*lines, "") if lines else ()


def _section(section: Section) -> Iterator[str]:
    mark = MARKS.get(section.status)
    said = f" {SHAPES[mark]} {section.status}" if mark else ""
    yield f"## {escape(section.title)}{said}"
    if section.note:
        yield ""
        yield escape(section.note)
    for block in section.blocks:
        yield ""
        yield from _block(block)


def _block(block: Block) -> Iterator[str]:
    match block:
        case Text():
            yield escape(block.text)
        case KeyValues():
            yield from _caption(block.caption)
            rows = [(escape(name), escape(cell(value))) for name, value in block.rows]
            yield from _grid(("", ""), rows, (False, False))
        case Table():
            yield from _table(block)
        case Matrix():
            yield from _matrix(block)
        case Chart() if is_cloud(block):
            yield from _caption(block.caption)
            yield escape(block.alt)
        case Chart():
            yield from _table(points(block))
        case Tree():
            yield from _caption(block.caption)
            yield escape(block.alt)
        case Molecules():
            yield from _caption(block.caption)
            rows = [(escape(smiles), escape(said)) for smiles, said in block.items]
            yield from _grid(("SMILES", ""), rows, (False, False))
        case Fold():
            yield f"### {escape(block.title)}"
            for part in block.blocks:
                yield ""
                yield from _block(part)


def _table(block: Table) -> Iterator[str]:
    yield from _caption(block.caption)
    rows = [[escape(text) for text in row] for row in texts(block)]
    yield from _grid([escape(name) for name in block.columns], rows, numeric(block))


def _matrix(block: Matrix) -> Iterator[str]:
    same = uniform_sentence(block)
    if same:
        yield from _caption(block.caption)
        yield escape(same)
        return
    yield from _caption(f"{block.caption}; bold from {threshold(block):g}")
    if len(block.columns) > LARGEST_TABLE:
        yield escape(summary_sentence(block))
        yield ""
        yield from _table(strongest_table(block))
        return
    rows = [
        [escape(name), *(_entry(block, value) for value in values)]
        for name, values in zip(block.rows, block.values, strict=True)
    ]
    columns = ["", *(escape(name) for name in block.columns)]
    yield from _grid(columns, rows, (False, *(True for _ in block.columns)))


def _entry(matrix: Matrix, value: float | None) -> str:
    if value is None or missing(value):
        return ABSENT
    text = escape(entry(matrix, value))
    return f"**{text}**" if stressed(matrix, value) else text


def _caption(text: str) -> Iterator[str]:
    if text:
        yield f"*{escape(text)}*"
        yield ""


def _grid(columns: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[bool]) -> Iterator[str]:
    yield f"| {' | '.join(columns)} |"
    yield f"|{'|'.join('---:' if at_right else '---' for at_right in right)}|"
    for row in rows:
        yield f"| {' | '.join(row)} |"
