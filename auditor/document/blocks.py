"""The pieces a report is made of, free of any output format.

An analysis returns blocks; every exporter renders every block. Text in a block is data: task names
and SMILES come from files, so each exporter escapes them in its own way. There is no raw markup.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

Cell = str | int | float | None
Scale = Literal["diverging", "sequential"]


@dataclass(frozen=True)
class Text:
    """A paragraph of plain text."""

    text: str
    type: Literal["text"] = "text"


@dataclass(frozen=True)
class KeyValues:
    """Facts, one per row."""

    rows: tuple[tuple[str, Cell], ...]
    caption: str = ""
    type: Literal["key-values"] = "key-values"


@dataclass(frozen=True)
class Table:
    """A table; a number in a cell is right-aligned, None is "not available".

    ``digits`` gives the decimals of every float in it.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""
    digits: int = 3
    type: Literal["table"] = "table"


@dataclass(frozen=True)
class Matrix:
    """A (rows, columns) heat map; None in ``values`` is "not estimable".

    ``scale`` is ``"diverging"`` (centre 0, colour by sign) or ``"sequential"`` (from ``low``).
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: tuple[tuple[float | None, ...], ...]
    caption: str
    scale: Scale = "sequential"
    low: float = 0.0
    high: float = 1.0
    digits: int = 2
    type: Literal["matrix"] = "matrix"


@dataclass(frozen=True)
class Curve:
    """Points with intervals: x (p,), y (p,), low (p,), high (p,); None where not estimable.

    ``names`` (p,) says what each point is, () where none has a name.
    """

    label: str
    x: tuple[float, ...]
    y: tuple[float | None, ...]
    low: tuple[float | None, ...] = ()
    high: tuple[float | None, ...] = ()
    line: bool = True
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Chart:
    """A chart of curves or scattered points; ``alt`` says in words what is to be seen."""

    curves: tuple[Curve, ...]
    x_label: str
    y_label: str
    caption: str
    alt: str
    type: Literal["chart"] = "chart"


@dataclass(frozen=True)
class Tree:
    """A dendrogram: SciPy linkage ``merges`` (t - 1, 4) over ``leaves`` (t,)."""

    leaves: tuple[str, ...]
    merges: tuple[tuple[float, float, float, float], ...]
    caption: str
    alt: str
    type: Literal["tree"] = "tree"


@dataclass(frozen=True)
class Molecules:
    """Molecules worth drawing: (SMILES, what is said about it) pairs."""

    items: tuple[tuple[str, str], ...]
    caption: str
    type: Literal["molecules"] = "molecules"


@dataclass(frozen=True)
class Fold:
    """Blocks under a title of their own, which a page folds away.

    ``tasks`` names the two tasks that they are about, () where they are of no pair.
    """

    title: str
    blocks: tuple[Block, ...]
    tasks: tuple[str, ...] = ()
    type: Literal["fold"] = "fold"


Block = Text | KeyValues | Table | Matrix | Chart | Tree | Molecules | Fold


@dataclass(frozen=True)
class Section:
    """A titled part of a report; ``note`` is a sentence for the reader in a hurry.

    ``finding`` tells that the note is what an analysis found, not how to read what follows.
    """

    title: str
    blocks: tuple[Block, ...]
    note: str = ""
    status: Literal["ok", "warning", "error"] = "ok"
    finding: bool = False


@dataclass(frozen=True)
class Answer:
    """What an audit answers to a question; ``section`` is the title of its evidence, "" for none."""

    question: str
    answer: str
    section: str = ""


@dataclass(frozen=True)
class Report:
    """Everything an exporter needs.

    Parameters
    ----------
    title, verdict
        The heading and the one sentence that answers the user's question.
    verdict_status
        ``"pass"``, ``"partial"`` or ``"fail"``.
    stamps
        Sentences that every rendering must show beside the title (an ignored gate, a subset).
    sections
        In reading order.
    document
        The JSON document that the report was made from.
    read
        What was read, a label and a sentence each: every rendering says it.
    answers
        What every rendering shows before all else; the sections are the evidence for it.
    """

    title: str
    verdict: str
    verdict_status: str
    stamps: tuple[str, ...]
    sections: tuple[Section, ...]
    document: Mapping[str, Any]
    read: tuple[tuple[str, str], ...] = ()
    answers: tuple[Answer, ...] = ()


_TYPES = {
    "text": Text,
    "key-values": KeyValues,
    "table": Table,
    "matrix": Matrix,
    "chart": Chart,
    "tree": Tree,
    "molecules": Molecules,
    "fold": Fold,
}


def to_json(block: Block) -> dict[str, Any]:
    """Return a block as JSON-able data; a curve without names tells none."""
    data = asdict(block)
    if isinstance(block, Fold):
        data["blocks"] = [to_json(part) for part in block.blocks]
    if isinstance(block, Chart):
        for curve in data["curves"]:
            if not curve["names"]:
                del curve["names"]
    return data


def from_json(data: Mapping[str, Any]) -> Block:
    """Return the block that `to_json` gave.

    Raises
    ------
    ValueError
        The type is not one of this version's blocks.
    """
    fields = dict(data)
    kind = fields.get("type")
    if kind not in _TYPES:
        raise ValueError(f"unknown report block '{kind}'")
    if kind == "chart":
        fields["curves"] = tuple(Curve(**_tuples(curve)) for curve in fields["curves"])
    if kind == "fold":
        fields["blocks"] = tuple(from_json(part) for part in fields["blocks"])
    block: Block = _TYPES[kind](**_tuples(fields))
    return block


def _tuples(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _tuple(value) for name, value in fields.items()}


def _tuple(value: Any) -> Any:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tuple(_tuple(item) for item in value)
    return value
