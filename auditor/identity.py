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
from auditor.component import Component
from auditor.compounds import parse, refusal
from auditor.provenance import digest_of_modules
from auditor.store import locked, writable
from auditor.workers import CHUNK, name_in_workers

PARALLEL_FROM = 3_000
"""Fewer molecules than this are named faster than worker processes start."""
HARMLESS = 300
"""Longest text named outside a worker process; no text this short was found to crash or hang RDKit."""
STORED_TOGETHER = 2_500
SCAN = 8
"""Stored names that are read through in the time that one takes to be looked up."""


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


def name_one(text: str, function: Callable[..., object]) -> Named:
    """Return what an identity's function makes of a text."""
    try:
        return Named(str(function(text, parse(text))))
    except Exception as error:
        return Named(None, " ".join(str(error).split())[:200] or type(error).__name__)


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
            return {text: Named(name, reason) for text, name, reason in _rows(connection, smiles)}
    except sqlite3.DatabaseError as error:
        console.warn(f"{memory.name} is damaged ({error}); naming its compounds again")
        with locked(memory):
            memory.unlink(missing_ok=True)
        return {}


def _rows(connection: sqlite3.Connection, smiles: Sequence[str]) -> Iterator[tuple[str, str | None, str]]:
    """Yield what is stored of some texts: by reading all of it where most is wanted, else one by one."""
    query = "SELECT smiles, name, reason FROM names"
    (stored,) = connection.execute("SELECT MAX(rowid) FROM names").fetchone()
    if (stored or 0) < SCAN * len(smiles):
        wanted = set(smiles)
        yield from (row for row in connection.execute(query) if row[0] in wanted)
        return
    for start in range(0, len(smiles), CHUNK):
        chunk = smiles[start : start + CHUNK]
        yield from connection.execute(f"{query} WHERE smiles IN ({','.join('?' * len(chunk))})", chunk)


def _remembered(memory: Path, chunks: Iterable[dict[str, Named]]) -> Iterator[dict[str, Named]]:
    """Pass names on, and store them some thousand at a time: each time waits for the disk."""
    pending: dict[str, Named] = {}
    try:
        for chunk in chunks:
            pending.update(chunk)
            if len(pending) >= STORED_TOGETHER:
                _remember(memory, pending)
                pending = {}
            yield chunk
    finally:
        if pending:
            _remember(memory, pending)


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
