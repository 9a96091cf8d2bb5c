"""The words of a document about examples that are no molecules: no compound is named in it.

All that audits say is written of compounds. Where the examples are rows of features, their texts are
given the general words, in one place, so that no sentence has to be written twice. Names that users gave
stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

WORDS = {
    "compounds": "examples",
    "compound": "example",
    "molecules": "examples",
    "molecule": "example",
    "smiles": "key",
    "assays": "measurements",
    "assay": "measurement",
}
_WORD = re.compile(rf"\b({'|'.join(WORDS)})\b", re.IGNORECASE)


def has_features(document: Mapping[str, Any]) -> bool:
    """Return whether a document is about examples that have features."""
    return bool(document.get("read", {}).get("features"))


def words_for(document: Mapping[str, Any]) -> Callable[[Any], Any]:
    """Return what gives the texts in any value the words of a document, leaving names of its data alone.

    Parameters
    ----------
    document
        Its part ``read`` at least; it says whether the examples have features.
    """
    if not has_features(document):
        return lambda value: value
    kept = {name for name in _names(document) if _WORD.search(name)}
    names = (rf"(?<!\w){re.escape(name)}(?!\w)" for name in sorted(kept, key=len, reverse=True))
    pattern = re.compile("|".join((*names, _WORD.pattern)), re.IGNORECASE)

    def said(found: re.Match[str]) -> str:
        text = found[0]
        word = WORDS.get(text.lower(), text)
        if text in kept or word == text:
            return text
        return word.capitalize() if text[0].isupper() and not text.isupper() else word

    return lambda value: _mapped(value, lambda text: pattern.sub(said, text))


def _names(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a user has named: columns, tasks, files, the benchmark and the command."""
    read, data = document["read"], document.get("data", {})
    yield from (*read["features"], read["key"], read["name"], *(file["name"] for file in read["files"]))
    yield from (data.get("benchmark", {}).get("name", ""), document.get("meta", {}).get("command", ""))
    yield from (task["name"] for task in (*read["tasks"], *data.get("tasks", ())))
    for part in (*read["left_out"], *read["missing"]):
        yield from (*part.get("columns", ()), *part.get("tasks", ()))


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    """Return a value with all its texts changed, keys of mappings left out."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {key: _mapped(one, change) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_mapped(one, change) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(
            value,
            **{
                part.name: _mapped(getattr(value, part.name), change)
                for part in fields(value)
                if part.init and part.name not in ("document", "type")
            },
        )
    return value
