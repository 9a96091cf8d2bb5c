"""What a process that names molecules does: some molecules to an answer, or carefully one by one."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Sequence

from auditor.chemistry.named import name_one

STRIDE = 16
"""Short molecules to an answer: a system call for each would cost a tenth of the naming."""
SHORT = 100
"""Length up to which a molecule cannot take seconds."""
Answer = list[tuple[str | None, str]]
"""Name and reason of some molecules."""


def namer(target: object) -> Callable[[tuple[Sequence[str], bool]], Iterator[Answer]]:
    """Return a function that names (texts, whether carefully) by the target of an identity level.

    It is given the target alone: what a component imports would be an eighth of a process's start.
    """
    from rdkit import rdBase

    if isinstance(target, str):
        module, _, attribute = target.partition(":")
        target = getattr(importlib.import_module(module), attribute)
    assert callable(target)
    function: Callable[..., object] = target

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
