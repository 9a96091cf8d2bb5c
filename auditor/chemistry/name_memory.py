"""Names that molecules were given before: an SQLite file per identity level, every row with a checksum.

SQLite notices damage to its own structure, not to the texts that it holds; a row whose checksum is
wrong counts as absent. The file can be deleted at any time; a damaged one is replaced.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from auditor import console
from auditor.cache.locks import locked
from auditor.cache.writing import writable

Row = tuple[str, str | None, str]
"""A molecule's text, its name, and why it has none."""
FORMAT = 2
"""Version of a file: 2 added checksums."""
SCAN = 8
"""Stored names that are read through in the time that one takes to be looked up."""
CHUNK = 500
"""Texts that are looked up in one query."""
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)


def recall(memory: Path, smiles: Sequence[str]) -> dict[str, Row]:
    """Return what is stored of some texts."""
    if not memory.exists():
        return {}
    try:
        with _open(memory) as connection:
            found = list(_rows(connection, smiles))
    except sqlite3.Error as error:
        console.warn(f"{memory.name} is {_state(error)} ({error}); naming its compounds again")
        if _is_damage(error):
            with locked(memory), writable(memory):
                _delete(memory)
        return {}
    good = {row[0]: row[:3] for row in found if row[3] == _checksum(memory, row[:3])}
    if len(good) < len(found):
        console.warn(f"{memory.name} is damaged; naming {len(found) - len(good):,} compounds again")
    return good


def remember(memory: Path, rows: Iterable[Row]) -> None:
    """Store some names; a file that is too damaged to take them is replaced.

    Raises
    ------
    StorageError
        The folder cannot be written, or the disk is full.
    """
    checked = [(*row, _checksum(memory, row)) for row in rows]
    with locked(memory), writable(memory):
        try:
            _insert(memory, checked)
        except sqlite3.Error as error:
            if not _is_damage(error):
                raise OSError(None, str(error)) from error
            console.warn(f"{memory.name} is damaged ({error}); it is made anew")
            _delete(memory)
            _insert(memory, checked)


def _insert(memory: Path, rows: Sequence[tuple[object, ...]]) -> None:
    with _open(memory) as connection, connection:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS names "
            "(smiles TEXT PRIMARY KEY, name TEXT, reason TEXT, checksum BLOB)"
        )
        connection.executemany("INSERT OR REPLACE INTO names VALUES (?, ?, ?, ?)", rows)


@contextlib.contextmanager
def _open(memory: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(memory, timeout=60)
    connection.text_factory = lambda raw: raw.decode(errors="replace")
    try:
        yield connection
    finally:
        connection.close()


def _rows(
    connection: sqlite3.Connection, smiles: Sequence[str]
) -> Iterator[tuple[str, str | None, str, bytes]]:
    """Yield what is stored of some texts: by reading all of it where most is wanted, else one by one."""
    query = "SELECT smiles, name, reason, checksum FROM names"
    (stored,) = connection.execute("SELECT MAX(rowid) FROM names").fetchone()
    if (stored or 0) < SCAN * len(smiles):
        wanted = set(smiles)
        yield from (row for row in connection.execute(query) if row[0] in wanted)
        return
    for start in range(0, len(smiles), CHUNK):
        chunk = smiles[start : start + CHUNK]
        yield from connection.execute(f"{query} WHERE smiles IN ({','.join('?' * len(chunk))})", chunk)


def _checksum(memory: Path, row: Row) -> bytes:
    """Return the checksum of a row in its file, which another level's row does not have."""
    return hashlib.blake2b(repr((memory.name, *row)).encode(errors="replace"), digest_size=8).digest()


def _is_damage(error: sqlite3.Error) -> bool:
    """Return whether a file is at fault, rather than the disk or another process."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)
    return code & 0xFF in _DAMAGE


def _state(error: sqlite3.Error) -> str:
    return "damaged" if _is_damage(error) else "not readable now"


def _delete(memory: Path) -> None:
    """Delete a file with its journal, which would be played back into the next one."""
    for path in (memory, memory.with_name(f"{memory.name}-journal")):
        path.unlink(missing_ok=True)
