"""Naming many molecules: each once, in parallel processes, remembered per molecule.

The memory is one SQLite file per identity level, plugin version and RDKit version. It can be deleted
at any time; a damaged one is replaced.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from auditor import console
from auditor.compounds import parse, refusal
from auditor.provenance import digest_of_modules
from auditor.registry import Component
from auditor.store import locked, writable
from auditor.workers import CHUNK, name_in_workers

PARALLEL_FROM = 3_000
"""Fewer molecules than this are named faster than worker processes start."""
HARMLESS = 300
"""Longest text named outside a worker process; no text this short was found to crash or hang RDKit."""


@dataclass(frozen=True)
class Named:
    """The name of a molecule at an identity level, or why it has none."""

    name: str | None
    reason: str = ""


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
    """
    texts = dict.fromkeys(smiles)
    refused = {text: Named(None, reason) for text in texts if (reason := refusal(text))}
    distinct = [text for text in texts if text not in refused]
    memory = cache / "identity" / _memory_name(level)
    known = _recall(memory, distinct)
    unknown = [text for text in distinct if text not in known]
    if unknown:
        level.load()
        fresh: dict[str, Named] = {}
        with console.progress(doing or f"naming compounds by {level.name}", len(unknown)) as advance:
            for chunk in _name_chunks(unknown, level, workers or os.cpu_count() or 1):
                fresh.update(chunk)
                _remember(memory, chunk)
                advance(len(chunk))
        known.update(fresh)
    return known | refused


def name_all(smiles: Sequence[str], level: Component) -> dict[str, Named]:
    """Return the names of some molecules, computed here and now."""
    from rdkit import rdBase

    function = level.load()
    with rdBase.BlockLogs():
        return {text: name_one(text, function) for text in smiles}


def name_one(text: str, function: Callable[..., object]) -> Named:
    """Return what an identity's function makes of a text."""
    try:
        return Named(str(function(text, parse(text))))
    except Exception as error:
        return Named(None, " ".join(str(error).split())[:200] or type(error).__name__)


def _name_chunks(
    smiles: Sequence[str], level: Component, workers: int
) -> Iterator[dict[str, Named]]:
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

    rules = digest_of_modules(["auditor.compounds"])
    made_by = f"{level.owner.version}-{rules}-rdkit-{rdkit.__version__}"
    return f"{level.owner.plugin}-{level.name}-{made_by}.sqlite"


@contextlib.contextmanager
def _open(memory: Path) -> Iterator[sqlite3.Connection]:
    with writable(memory):
        memory.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(memory, timeout=60)
    try:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS names (smiles TEXT PRIMARY KEY, name TEXT, reason TEXT)"
        )
        yield connection
    finally:
        connection.close()


def _recall(memory: Path, smiles: Sequence[str]) -> dict[str, Named]:
    if not memory.exists():
        return {}
    try:
        with _open(memory) as connection:
            wanted = set(smiles)
            rows: Iterable[tuple[str, str | None, str]]
            if len(smiles) > 2_000:
                rows = connection.execute("SELECT smiles, name, reason FROM names")
            else:
                rows = [row for text in smiles for row in _one(connection, text)]
            return {text: Named(name, reason) for text, name, reason in rows if text in wanted}
    except sqlite3.DatabaseError as error:
        console.warn(f"{memory.name} is damaged ({error}); naming its compounds again")
        with locked(memory):
            memory.unlink(missing_ok=True)
        return {}


def _one(connection: sqlite3.Connection, text: str) -> list[tuple[str, str | None, str]]:
    query = "SELECT smiles, name, reason FROM names WHERE smiles = ?"
    return list(connection.execute(query, (text,)))


def _remember(memory: Path, names: dict[str, Named]) -> None:
    with locked(memory), writable(memory):
        try:
            with _open(memory) as connection, connection:
                connection.executemany(
                    "INSERT OR REPLACE INTO names VALUES (?, ?, ?)",
                    [(text, named.name, named.reason) for text, named in names.items()],
                )
        except sqlite3.OperationalError as error:
            raise OSError(None, str(error)) from error
