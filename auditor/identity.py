"""Naming many molecules: each once, in parallel processes, remembered per molecule.

The memory is one SQLite file per identity level, plugin version and RDKit version. It can be deleted
at any time; a damaged one is replaced.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import multiprocessing
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from auditor import console
from auditor.compounds import parse
from auditor.registry import Component
from auditor.store import locked, writable

CHUNK = 500
PARALLEL_FROM = 3_000
"""Fewer molecules than this are named faster than worker processes start."""


@dataclass(frozen=True)
class Named:
    """The name of a molecule at an identity level, or why it has none."""

    name: str | None
    reason: str = ""


def identify(
    smiles: Sequence[str], level: Component, *, cache: Path, workers: int | None = None
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
    """
    distinct = list(dict.fromkeys(smiles))
    memory = cache / "identity" / _memory_name(level)
    known = _recall(memory, distinct)
    unknown = [text for text in distinct if text not in known]
    if unknown:
        fresh: dict[str, Named] = {}
        with console.progress(f"naming compounds by {level.name}", len(unknown)) as advance:
            for chunk in _name_chunks(unknown, level, workers or os.cpu_count() or 1):
                fresh.update(chunk)
                _remember(memory, chunk)
                advance(len(chunk))
        known.update(fresh)
    return known


def name_all(smiles: Sequence[str], level: Component) -> dict[str, Named]:
    """Return the names of some molecules, computed here and now."""
    from rdkit import rdBase

    function = level.load()
    out: dict[str, Named] = {}
    with rdBase.BlockLogs():
        for text in smiles:
            try:
                out[text] = Named(str(function(text, parse(text))))
            except Exception as error:
                out[text] = Named(None, " ".join(str(error).split())[:200] or type(error).__name__)
    return out


def _name_chunks(
    smiles: Sequence[str], level: Component, workers: int
) -> Iterator[dict[str, Named]]:
    chunks = [smiles[i : i + CHUNK] for i in range(0, len(smiles), CHUNK)]
    if len(smiles) < PARALLEL_FROM or workers < 2:
        for chunk in chunks:
            yield name_all(chunk, level)
        return
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(workers, mp_context=context) as pool:
        futures = [pool.submit(name_all, chunk, level) for chunk in chunks]
        try:
            for future in concurrent.futures.as_completed(futures):
                yield future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _memory_name(level: Component) -> str:
    import rdkit

    return f"{level.owner.plugin}-{level.name}-{level.owner.version}-rdkit-{rdkit.__version__}.sqlite"


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
