"""A document without structures: every SMILES, InChIKey and scaffold is a number instead."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from auditor.benchmark.joining import Joined

UNREADABLE = "unreadable structure"
_WORDS = re.compile(r"([^\s'\"]+)")
_QUOTED = re.compile(r"(?<=')([^\s']+)(?=')|(?<=\")([^\s\"]+)(?=\")")
_ENDS = ".,;:"
SHORTEST = 4
"""A shorter word in a sentence may be no structure: it is one where it stands alone or in quotes."""


def without_structures(document: Mapping[str, Any], joined: Joined) -> dict[str, Any]:
    """Return a document in which "compound 17" stands for the 17th compound, wherever one is shown.

    Drawn molecules become tables. Numbers are those of the benchmark's compounds, from 1.
    """
    names = numbers_of(joined)
    return {key: _withheld(value, names) for key, value in document.items()}


def numbers_of(joined: Joined) -> dict[str, str]:
    """Return what is shown in place of every text that tells a structure of a benchmark."""
    benchmark = joined.benchmark
    place = {name: f"compound {number}" for number, name in enumerate(benchmark.compounds, start=1)}
    found: dict[str, str] = {}
    scaffolds = _scaffolds(benchmark.smiles) if benchmark.features is None else set()
    for number, scaffold in enumerate(sorted(scaffolds), start=1):
        found[scaffold] = f"scaffold {number}"
    for text, named in joined.names.items():
        found[text] = place.get(named.name or "", UNREADABLE)
    found |= {text: f"compound {number}" for number, text in enumerate(benchmark.smiles, start=1)}
    return {text: shown for text, shown in (found | place).items() if text}


def _scaffolds(smiles: tuple[str, ...]) -> set[str]:
    from rdkit import Chem, rdBase
    from rdkit.Chem.Scaffolds.MurckoScaffold import MurckoScaffoldSmiles

    found = set()
    with rdBase.BlockLogs():
        for text in smiles:
            mol = Chem.MolFromSmiles(text)
            if mol is not None:
                found.add(MurckoScaffoldSmiles(mol=mol))
                found.add(MurckoScaffoldSmiles(mol=mol, includeChirality=True))
    return found


def _withheld(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return _text(value, names)
    if isinstance(value, Mapping):
        if value.get("type") == "molecules":
            value = _as_table(value)
        return {_text(key, names): _withheld(item, names) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_withheld(item, names) for item in value]
    return value


def _as_table(block: Mapping[str, Any]) -> dict[str, Any]:
    rows = [list(item) for item in block["items"]]
    caption = block.get("caption", "")
    columns = ["compound", "what"]
    return {"columns": columns, "rows": rows, "caption": caption, "digits": 3, "type": "table"}


def _text(text: str, names: Mapping[str, str]) -> str:
    if text in names:
        return names[text]
    quoted = _QUOTED.sub(lambda match: names.get(match[0], match[0]), text)
    return _WORDS.sub(lambda match: _word(match[0], names), quoted)


def _word(word: str, names: Mapping[str, str]) -> str:
    bare = word.rstrip(_ENDS)
    if len(bare) < SHORTEST or bare not in names:
        return word
    return names[bare] + word[len(bare) :]
