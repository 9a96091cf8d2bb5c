"""A report for a terminal: any width from 40 columns, with or without colour and Unicode."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console
from rich.text import Text as RichText

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
from auditor.report.sections.headline import first_sentence
from auditor.report.text.cells import numeric, points, texts
from auditor.report.text.grid import cut, lay_out
from auditor.report.text.shades import Piece, explain, form_of, heat_lines
from auditor.report.wording import MARKS, SHAPES, cell, is_cloud, paragraph, status_word
from auditor.text import plain

EXPORT_WIDTH = 100
COLORS = {"pass": "green", "partial": "yellow", "fail": "red"}
ASCII = str.maketrans(
    {"–": "-", "—": "-", "…": "~", "·": "|", "≥": ">=", "≤": "<=", "ρ": "rho", "φ": "phi", "τ": "tau",
     "θ": "theta", "∩": "&", "∪": "|", "±": "+-", "×": "x", "²": "^2", "³": "^3", "→": "->", "●": "o",
     "▲": "^", "■": "#", "µ": "u", "μ": "u", "°": "deg", "−": "-", "’": "'", "“": '"', "”": '"', "│": "|"}
)  # fmt: skip

Line = list[Piece]


def export(report: Report) -> bytes:
    """Return the report as plain text, without colour."""
    return render(report, width=EXPORT_WIDTH, color=False, unicode=True).encode()


def render(report: Report, *, width: int, color: bool, unicode: bool, full: bool = True) -> str:
    """Return the report for a terminal.

    Parameters
    ----------
    width
        Columns of the terminal; no line is longer (40 at least).
    color
        Whether to write escape sequences for colour.
    unicode
        Whether characters beyond ASCII may be written.
    full
        Whether the sections are shown, or their findings in a sentence each; where a report answers
        questions, the answers come last, so that they are what is seen.
    """
    width = max(40, width)
    out = io.StringIO()
    console = Console(
        file=out,
        width=width,
        force_terminal=color,
        color_system="truecolor" if color else None,
        markup=False,
        emoji=False,
        highlight=False,
        legacy_windows=False,
        _environ={},
    )
    for line in _lines(report, width, full or not report.answers):
        text = RichText()
        room = width
        for piece, style in line:
            said = (piece if unicode else _ascii(piece))[:room]
            room -= len(said)
            text.append(said, style if color else "")
        console.print(text, overflow="ignore", no_wrap=True, crop=False)
    return "\n".join(line.rstrip() if not color else line for line in out.getvalue().split("\n"))


def _ascii(text: str) -> str:
    return text.translate(ASCII).encode("ascii", "backslashreplace").decode()


def _lines(report: Report, width: int, full: bool) -> Iterator[Line]:
    yield [(cut(plain(report.title), width, "…"), "bold")]
    yield []
    if report.read:
        yield from _key_values(KeyValues(report.read), width)
        yield []
    if not report.answers:
        yield from _verdict(report, width)
    for section in report.sections if full else ():
        yield from ([] if section is report.sections[0] and report.answers else [[]])
        yield from _section(section, width)
    if report.answers:
        yield from _answers(report, width, full)


def _answers(report: Report, width: int, full: bool) -> Iterator[Line]:
    """Yield what was found, unless the sections have said it, then the answers and the verdict."""
    if full:
        yield []
    else:
        yield from _heading("What was found")
        found = (
            (section.title, first_sentence(section.note)) for section in report.sections if section.finding
        )
        yield from _key_values(KeyValues(tuple(found)), width)
        yield []
    yield from _heading("Answers")
    for answer in report.answers:
        yield [(cut(answer.question, width, "…"), "bold")]
        yield from ([(f"  {line}", "")] for line in _wrapped(answer.answer, width - 2))
    yield []
    yield from _verdict(report, width)
    if not full:
        yield [
            (
                cut("--full shows the rest, --output report.html writes all of it as a page.", width, "…"),
                "dim",
            )
        ]


def _heading(title: str) -> Iterator[Line]:
    yield [(title, "bold")]
    yield [("─" * len(title), "dim")]


def _verdict(report: Report, width: int) -> Iterator[Line]:
    style = f"bold {COLORS.get(report.verdict_status, 'white')}"
    shape = SHAPES.get(report.verdict_status, "")
    word = f"{shape} {status_word(report.verdict_status)}".strip()
    first, *rest = _wrapped(f"{word}  {report.verdict}", width)
    yield [(first[: len(word)], style), (first[len(word) :], "bold")]
    yield from ([(line, "bold")] for line in rest)
    for stamp in report.stamps:
        yield from ([(line, "yellow")] for line in _wrapped(f"! {stamp}", width, hang="  "))


def _section(section: Section, width: int) -> Iterator[Line]:
    mark = MARKS.get(section.status)
    title = f"{SHAPES[mark]} {section.title} ({section.status})" if mark else section.title
    title = cut(plain(title), width, "…")
    yield [(title, f"bold {COLORS[mark]}" if mark else "bold")]
    yield [("─" * len(title), "dim")] if not mark else [("─" * len(title), COLORS[mark])]
    if section.note:
        yield from _plain_lines(_wrapped(section.note, width))
    for block in section.blocks:
        yield []
        yield from _block(block, width)


def _block(block: Block, width: int) -> Iterator[Line]:
    match block:
        case Text():
            yield from _plain_lines(_wrapped(block.text, width))
        case KeyValues():
            yield from _caption(block.caption, width)
            yield from _key_values(block, width)
        case Table():
            yield from _caption(block.caption, width)
            yield from _table(block, width)
        case Matrix():
            yield from _matrix(block, width)
        case Chart() if is_cloud(block):
            yield from _caption(block.caption, width)
            yield from _plain_lines(_wrapped(block.alt, width))
        case Chart():
            yield from _caption(block.caption, width)
            yield from _table(points(block), width)
        case Tree():
            yield from _caption(block.caption, width)
            yield from _plain_lines(_wrapped(block.alt, width))
        case Molecules():
            yield from _caption(block.caption, width)
            rows = tuple((said, smiles) for smiles, said in block.items)
            yield from _table(Table(("what", "SMILES"), rows), width)
        case Fold():
            yield [(cut(plain(block.title), width, "…"), "bold")]
            for part in block.blocks:
                yield from _block(part, width)


def _key_values(block: KeyValues, width: int) -> Iterator[Line]:
    names = [plain(name) for name, _ in block.rows]
    room = min(max(map(len, names), default=0), width // 2)
    for name, (_, value) in zip(names, block.rows, strict=True):
        lines = _wrapped(cell(value), max(10, width - room - 2))
        yield [(cut(name, room, "…").ljust(room), "dim"), (f"  {lines[0]}", "")]
        yield from ([(" " * (room + 2) + line, "")] for line in lines[1:])


def _table(block: Table, width: int) -> Iterator[Line]:
    columns = [plain(name) for name in block.columns]
    lines = lay_out(columns, texts(block), numeric(block), width=width, more="…")
    rule = next((place for place, line in enumerate(lines) if line and set(line) == {"-"}), 0)
    for place, line in enumerate(lines):
        yield [(line, "bold" if place < max(rule, 1) else "dim" if place == rule else "")]


def _matrix(block: Matrix, width: int) -> Iterator[Line]:
    yield from _caption(block.caption, width)
    same = uniform_sentence(block)
    if same:
        yield from _plain_lines(_wrapped(same, width))
        return
    safe = Matrix(
        tuple(map(plain, block.rows)),
        tuple(map(plain, block.columns)),
        block.values,
        block.caption,
        block.scale,
        block.low,
        block.high,
        block.digits,
    )
    form = form_of(safe, width)
    if form is None:
        yield from _plain_lines(_wrapped(summary_sentence(safe), width))
        yield from _block(strongest_table(safe, most=10), width)
        return
    if explain(form):
        yield from _plain_lines(_wrapped(explain(form), width))
    yield from heat_lines(safe, form, absent="–", more="…")


def _caption(text: str, width: int) -> Iterator[Line]:
    for line in _wrapped(text, width) if text else []:
        yield [(line, "italic")]


def _plain_lines(lines: Iterable[str]) -> Iterator[Line]:
    for line in lines:
        yield [(line, "")]


def _wrapped(text: str, width: int, *, hang: str = "") -> Sequence[str]:
    return textwrap.wrap(paragraph(text), width, subsequent_indent=hang) or [""]
