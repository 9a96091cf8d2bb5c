"""What a process that names molecules does: some molecules to an answer, or carefully one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from auditor.plugin.component import Component

STRIDE = 16
"""Short molecules to an answer: a system call for each would cost a tenth of the naming."""
SHORT = 100
"""Length up to which a molecule cannot take seconds."""
Answer = list[tuple[str | None, str]]
"""Name and reason of some molecules."""


def namer(level: Component) -> Callable[[tuple[Sequence[str], bool]], Iterator[Answer]]:
    """Return a function that names (texts, whether carefully) at an identity level."""
    from rdkit import rdBase

    from auditor.chemistry.named import name_one

    function = level.load()

    def answers(asked: tuple[Sequence[str], bool]) -> Iterator[Answer]:
        with rdBase.BlockLogs():
            for texts in _together(*asked):
                named = [name_one(text, function) for text in texts]
                yield [(one.name, one.reason) for one in named]

    return answers


def _together(texts: Sequence[str], careful: bool) -> Iterator[list[str]]:
    """Yield the texts of each answer; a long one has those before it answered first."""
    some: list[str] = []
    for place, text in enumerate(texts):
        if some and (careful or place % STRIDE == 0 or len(text) > SHORT):
            yield some
            some = []
        some.append(text)
    if some:
        yield some
