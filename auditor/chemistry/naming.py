"""Naming many molecules: each once, in parallel processes, remembered per molecule.

The memory is one file per identity level, its code, and the versions of its plugin, of RDKit and of what
it needs: `name_memory.py`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from auditor import console
from auditor.cache.code import digest_of_modules, modules_behind, source_of, versions_of
from auditor.chemistry.levels import refusal
from auditor.chemistry.name_memory import FORMAT, Row, recall, remember
from auditor.chemistry.named import Named, name_one
from auditor.chemistry.naming_pool import CHUNK, name_in_workers
from auditor.plugin.component import Component

PARALLEL_FROM = 3_000
"""Fewer molecules than this are named faster than worker processes start."""
HARMLESS = 300
"""Longest text named outside a worker process; no text this short was found to crash or hang RDKit."""
STORED_TOGETHER = 2_500
RULES = ("auditor.chemistry.levels", "auditor.chemistry.named")
"""What decides every name, with all of `auditor.chemistry` that they import."""


def identify(
    smiles: Sequence[str],
    level: Component,
    *,
    cache: Path,
    workers: int | None = None,
    doing: str = "",
) -> dict[str, Named]:
    """Return the name of every distinct SMILES at an identity level.

    Parameters
    ----------
    smiles
        Published texts, duplicates allowed.
    level
        The registered identity.
    cache
        The cache folder.
    workers
        Number of processes; default the number of cores.
    doing
        What the progress bar says.

    Raises
    ------
    MissingExtra
        The level needs a library that is not installed.
    """
    if level.missing():
        level.load()  # raises, and says what to install
    texts = dict.fromkeys(smiles)
    refused = {text: Named(None, reason) for text in texts if (reason := refusal(text))}
    distinct = [text for text in texts if text not in refused]
    memory = cache / "identity" / _memory_name(level)
    known = {text: Named(name, why) for text, name, why in recall(memory, distinct).values()}
    unknown = [text for text in distinct if text not in known]
    if unknown:
        level.load()
        with console.progress(doing or f"naming compounds by {level.name}", len(unknown)) as advance:
            chunks = _name_chunks(unknown, level, workers or os.cpu_count() or 1)
            for chunk in _remembered(memory, chunks):
                known.update(chunk)
                advance(len(chunk))
    return known | refused


def name_all(smiles: Sequence[str], level: Component) -> dict[str, Named]:
    """Return the names of some molecules, computed here and now."""
    from rdkit import rdBase

    function = level.load()
    with rdBase.BlockLogs():
        return {text: name_one(text, function) for text in smiles}


def _name_chunks(smiles: Sequence[str], level: Component, workers: int) -> Iterator[dict[str, Named]]:
    """Yield the names of some molecules: few and short ones from here, all others from workers."""
    few = len(smiles) < PARALLEL_FROM or workers < 2
    here = [text for text in smiles if few and len(text) <= HARMLESS]
    for i in range(0, len(here), CHUNK):
        yield name_all(here[i : i + CHUNK], level)
    rest = [text for text in smiles if not few or len(text) > HARMLESS]
    if rest:
        yield from name_in_workers(rest, level, workers=workers)


def _memory_name(level: Component) -> str:
    import rdkit

    others = versions_of(name for name in level.needs if name != "rdkit")
    made_by = [level.owner.version, _rules(level), f"rdkit-{rdkit.__version__}"]
    made_by += [f"{name}-{version}" for name, version in others.items()]
    return "-".join([level.owner.plugin, level.name, *made_by, f"{FORMAT}.sqlite"])


def _rules(level: Component) -> str:
    """Return a digest of the code that decides a level's names, importing no module of it."""
    target = level.target
    module = target.partition(":")[0] if isinstance(target, str) else str(getattr(target, "__module__", ""))
    return _digest_of((*RULES, *([module] if _has_source(module) else [])))


def _has_source(module: str) -> bool:
    """Return whether a module has a source file; one that has none is told by its plugin's version."""
    try:
        return source_of(module).suffix == ".py"
    except (ImportError, ValueError):
        return False


@cache
def _digest_of(roots: tuple[str, ...]) -> str:
    rooms = {"auditor.chemistry", *(root.partition(".")[0] for root in roots)} - {"auditor"}
    return digest_of_modules(modules_behind(roots, rooms))


def _remembered(memory: Path, chunks: Iterable[dict[str, Named]]) -> Iterator[dict[str, Named]]:
    """Pass names on, and store them some thousand at a time: each time waits for the disk."""
    pending: dict[str, Named] = {}
    try:
        for chunk in chunks:
            pending.update(chunk)
            if len(pending) >= STORED_TOGETHER:
                remember(memory, _rows(pending))
                pending = {}
            yield chunk
    finally:
        if pending:
            remember(memory, _rows(pending))


def _rows(names: Mapping[str, Named]) -> Iterator[Row]:
    return ((text, named.name, named.reason) for text, named in names.items())
