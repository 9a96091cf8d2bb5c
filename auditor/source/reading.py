"""Read a named benchmark once through its source, and from our own cache ever after."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from auditor import console
from auditor.cache.code import digest_of_package
from auditor.cache.locks import locked
from auditor.cache.store import key_of, load_entry, save_entry, sha256_file
from auditor.clock import now_text
from auditor.errors import AuditError, PluginError
from auditor.faults import line_of
from auditor.plugin.calling import calling
from auditor.plugin.installing import installed
from auditor.plugin.options import call_options
from auditor.privacy import shown_options
from auditor.source.entry import check_source, pack_labels, pack_words, unpack
from auditor.source.fetching.published import is_name
from auditor.source.files import SourceFiles

if TYPE_CHECKING:
    from auditor.plugin.component import Dataset, Reader
    from auditor.source.rows import SourceData

LABELS = "labels.parquet"
ENTRY = 3
"""Version of what an entry holds: 2 added stamps, 3 numbers that are rounded correctly."""
ROWS_AND_WORDS = ("tasks", "truth", "notes", "stamps")
"""What an entry tells of the data itself; the rest are facts about where it came from."""


def read_source(
    component: Dataset,
    options: Mapping[str, str],
    *,
    cache: Path,
    mirror: str = "",
    offline: bool = False,
    reader: Reader = "auto",
) -> tuple[SourceData, dict[str, Any]]:
    """Return a benchmark's published rows and where they came from.

    The first call asks the source and stores what it returned; later ones read that, without
    importing the library behind the source. Entries are kept apart by options, plugin version,
    plugin code, reader and library versions. A mirror folder that holds another version of a file than
    the entry was made from makes the source read again.

    Parameters
    ----------
    component
        A registered dataset.
    options
        Its options as typed.
    cache
        The cache folder.
    mirror
        A folder or URL that stands in for the publisher; empty for none.
    offline
        Never open a socket.
    reader
        Who reads the published files: a library, the source by its own means, or a library where it is
        installed.

    Returns
    -------
    The data, and JSON-able facts: plugin, options, reader, library versions, files with checksums,
    licence, citation, and when the source was read (UTC).

    Raises
    ------
    UsageError
        An option is unknown or does not convert.
    DataError
        A published file is not to be had or corrupt.
    MissingExtra
        The library behind the source is not installed, or the one that shall read.
    PluginError
        The source raised, or returned something else than its contract says.
    """
    function = component.load()
    chosen = call_options(function, options, f"dataset '{component.name}'")
    reads = component.reader(reader)
    identity = _identity(component, function, chosen, reads)
    name = re.sub(r"[^\w.-]", "_", component.name)
    folder = cache / "datasets" / f"{name}-{key_of(identity)}"
    with locked(folder):
        found = _cached(folder, mirror)
        if found is None:
            files = SourceFiles(cache / "files", mirror, offline, reads)
            data = _ask(component, function, files, chosen)
            told = {**identity, "options": shown_options(chosen)}
            _store(folder, data, {**told, "files": files.records(), "read_at": now_text()})
            found = _cached(folder, "")
        if found is None:
            raise PluginError(f"what was just stored in {folder} cannot be read back")
        return found


def _identity(
    component: Dataset,
    function: Callable[..., object],
    chosen: Mapping[str, object],
    reader: Literal["library", "own"],
) -> dict[str, Any]:
    """Return what decides whether a stored entry answers this request."""
    owner = component.owner
    used = (*component.needs, *(component.libraries if reader == "library" else ()))
    return {
        "entry": ENTRY,
        "dataset": component.name,
        "options": dict(chosen),
        "plugin": str(owner),
        "code": digest_of_package(function),
        "reader": reader,
        "libraries": {name: installed(name) for name in used},
    }


def _cached(folder: Path, mirror: str) -> tuple[SourceData, dict[str, Any]] | None:
    """Return a stored entry, or None where there is none that answers."""
    entry = load_entry(folder)
    if entry is None:
        return None
    facts = dict(entry.about)
    if mirror and any(_changed(Path(mirror).expanduser(), record) for record in facts["files"]):
        console.say(f"the mirror holds another version of {facts['dataset']}; reading it again")
        return None
    data = unpack(entry.files[LABELS], facts)
    return data, {name: fact for name, fact in facts.items() if name not in ROWS_AND_WORDS}


def _changed(mirror: Path, record: Mapping[str, Any]) -> bool:
    """Return whether a mirror folder holds another version of a file (a mirror's URL never does)."""
    if not is_name(str(record["name"])):
        return True
    path = mirror / str(record["name"])
    if not path.is_file():
        return False
    return path.stat().st_size != int(record["bytes"]) or sha256_file(path) != record["sha256"]


def _ask(
    component: Dataset,
    function: Callable[..., object],
    files: SourceFiles,
    chosen: Mapping[str, object],
) -> SourceData:
    """Call a source and check that it kept its contract."""
    try:
        with calling(component):
            data = function(files, **chosen)
    except AuditError:
        raise
    except Exception as error:
        raise PluginError(
            f"dataset '{component.name}' of plugin {component.owner} failed: {line_of(error)}",
            hint=f"report it to the author of {component.owner.distribution}",
        ) from error
    return check_source(data, f"dataset '{component.name}' of plugin {component.owner}")


def _store(folder: Path, data: SourceData, facts: Mapping[str, Any]) -> None:
    about = {**facts, **pack_words(data)}
    save_entry(folder, {LABELS: pack_labels(data)}, about)
