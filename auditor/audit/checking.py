"""What a file or a dataset is read as, without an audit of it; and the clean table that it gives."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.audit.account import read_of, read_part
from auditor.audit.reading import join_rows, name_of, read_data
from auditor.benchmark.joining import hint_of_no_smiles
from auditor.cache.writing import write_atomic
from auditor.chemistry.naming import identify
from auditor.errors import DataError, UsageError
from auditor.text import count_of

if TYPE_CHECKING:
    from auditor.audit.request import DataRequest
    from auditor.benchmark.joining import Joined

AS_WRITTEN = "as-written"
"""The identity level that parses every SMILES and does nothing more: names take a thousand times longer."""
SUFFIXES = (".csv", ".parquet")


def check(request: DataRequest) -> dict[str, Any]:
    """Return what a request is read as: the part ``read`` of a document, its compounds not counted.

    Every SMILES is parsed, so that the rows are counted that an audit rejects. Compounds are not named:
    that takes as long as an audit.

    Raises
    ------
    AuditError
        An unknown name or an unusable file, as in an audit; or no SMILES can be read.
    """
    data, facts = read_data(request)
    texts = [text for table in data.tables for text in table.smiles]
    unusable = _unusable(request, texts) if data.features is None else set()
    least = request.min_labels
    valid = {table.task.name: sum(text not in unusable for text in table.smiles) for table in data.tables}
    few = tuple(name for name, count in valid.items() if count < least)
    return read_part(
        name_of(request),
        data,
        [str(file["name"]) for file in facts.get("files", ())],
        tasks=[table.task for table in data.tables if table.task.name not in few],
        left_out=(f"fewer than {count_of(least, 'label')} on valid compounds", few),
        unusable=unusable,
    )


def _unusable(request: DataRequest, texts: Sequence[str]) -> set[str]:
    """Return the SMILES that cannot be read, or that the identity of the request has no name for.

    The second is asked for dummy atoms alone: InChI has none, and it is what an audit refuses beside.
    """
    level = request.registry.get("identity", AS_WRITTEN)
    names = identify(texts, level, cache=request.cache, doing="reading SMILES")
    dummies = [text for text, named in names.items() if named.name is not None and "*" in text]
    if dummies:
        names |= identify(dummies, request.registry.get("identity", request.identity), cache=request.cache)
    unusable = {text for text, named in names.items() if named.name is None}
    if len(unusable) == len(names):
        first = next(iter(names.values())).reason if names else "there are none"
        raise DataError(
            f"{name_of(request)} has no valid SMILES; the first is refused as: {first}",
            hint=hint_of_no_smiles(names),
        )
    return unusable


@dataclass(frozen=True)
class Written:
    """A clean table that is to be written: two files, and what was read for them."""

    read: dict[str, Any]
    table: bytes
    metadata: bytes
    said: str


def metadata_path(path: Path) -> Path:
    """Return where the metadata of a table lies: beside it."""
    return path.with_suffix(".croissant.json")


def check_suffix(path: Path) -> str:
    """Return the suffix of a clean table; raises UsageError where it is another than those known."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise UsageError(
            f"{path}: a clean table is CSV or Parquet", hint="name it clean.csv or clean.parquet"
        )
    return suffix


def clean_files(request: DataRequest, path: Path) -> Written:
    """Return the clean, joined table of a request and its metadata, as bytes for two files."""
    from auditor.benchmark.clean import clean, clean_csv, clean_parquet
    from auditor.benchmark.croissant import croissant

    suffix = check_suffix(path)
    if request.features:
        raise UsageError("--write makes a clean table of molecules", hint="leave it out with --features")
    data, facts = read_data(request)
    joined = join_rows(
        name_of(request), data, request, {**facts, "licence": data.licence, "citation": data.citation}
    )
    table = clean(joined.benchmark)
    written = (clean_csv if suffix == ".csv" else clean_parquet)(table)
    metadata = croissant(
        table,
        name=joined.benchmark.name,
        file=path.name,
        suffix=suffix,
        sha256=hashlib.sha256(written).hexdigest(),
        size=len(written),
        facts={**joined.benchmark.provenance, "identity": joined.benchmark.identity},
    )
    return Written(read_of(joined), written, metadata, _said(joined, len(table.smiles)))


def write_clean(made: Written, path: Path) -> tuple[Path, Path]:
    """Write a clean table and its metadata, or neither; return where they lie.

    Raises
    ------
    StorageError
        The system refuses to write one of them.
    """
    beside = metadata_path(path)
    new = not beside.exists()
    write_atomic(beside, made.metadata)
    try:
        write_atomic(path, made.table)
    except BaseException:
        if new:
            beside.unlink(missing_ok=True)
        raise
    return path, beside


def _said(joined: Joined, rows: int) -> str:
    """Return what a clean table holds, and what it lacks of what was measured."""
    benchmark = joined.benchmark
    labels, measured = int(benchmark.labels.sizes.sum()), int(joined.measured.sizes.sum())
    told = f"{count_of(rows, 'compound')}, {count_of(benchmark.t, 'task')}, {count_of(labels, 'label')}"
    if measured == labels:
        return told
    return f"{told}; {measured - labels:,} measured without a label (a limit, or replicates that disagree)"
