"""From a request to a joined benchmark."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.chemistry.naming import identify
from auditor.errors import UsageError
from auditor.plugin.registry import unknown_name
from auditor.source.files import published

if TYPE_CHECKING:
    from auditor.audit.request import DataRequest
    from auditor.benchmark.joining import Joined
    from auditor.source.rows import SourceData

TABLE_SUFFIXES = tuple(
    (
        ".csv .tsv .tab .txt .smi .smiles .parquet .pq .feather .arrow .jsonl .ndjson .gz .bz2 .xz .zst "
        ".sdf .xlsx .xls"
    ).split()
)


def read_benchmark(request: DataRequest) -> Joined:
    """Read, name and join the benchmark that a request names.

    Raises
    ------
    AuditError
        An unknown name, an unusable file, a missing extra: one line and a hint each.
    """
    from auditor.benchmark.joining import select_tasks

    data, facts = _read(request)
    if not is_path(request):
        data = select_tasks(data, request.tasks, exclude=request.exclude)
    name = Path(request.benchmark).name if is_path(request) else request.benchmark
    return join_rows(name, data, request, {**facts, "licence": data.licence, "citation": data.citation})


def join_rows(
    name: str, data: SourceData, request: DataRequest, provenance: Mapping[str, Any] | None = None
) -> Joined:
    """Name the compounds of published rows as a request asks for it, and join them into a benchmark."""
    from auditor.benchmark.joining import join

    level = request.registry.get("identity", request.identity)
    texts = [text for table in data.tables for text in table.smiles]
    names = identify(texts, level, cache=request.cache)
    return join(
        name,
        data,
        names,
        identity=level.name,
        conflicts=request.conflicts,
        provenance=provenance,
        least=request.min_labels,
    )


def is_path(request: DataRequest) -> bool:
    """Return whether the benchmark is a file rather than a registered name."""
    text = request.benchmark
    if request.data is not None or ("dataset", text) in request.registry.components:
        return False
    path = Path(text)
    return path.suffix.lower() in TABLE_SUFFIXES or "/" in text or "\\" in text or path.is_file()


def _read(request: DataRequest) -> tuple[SourceData, dict[str, Any]]:
    if request.data is not None:
        return request.data, {"source": "memory", "files": []}
    if is_path(request):
        from auditor.source.table.reading import read_table
        from auditor.source.table.rules import Rules

        if request.options:
            raise UsageError(
                "--dataset-option does not apply to a file",
                hint="use --smiles-column and --tasks",
            )
        if request.reader != "auto":
            raise UsageError("--reader applies to a named dataset, not to a file", hint="leave it out")
        path = Path(request.benchmark).expanduser()
        rules = Rules(request.missing, request.censored, request.exclude, dict(request.long))
        data = read_table(
            path, smiles_column=request.smiles_column, tasks=request.tasks or None, rules=rules
        )
        return data, {"source": "file", "files": [published(path)]}
    if ("dataset", request.benchmark) not in request.registry.components:
        raise unknown_name("dataset", request.benchmark, request.registry.names("dataset"))
    for option, value in (
        ("--smiles-column", request.smiles_column),
        ("--missing", request.missing),
        ("--long", request.long),
    ):
        if value:
            raise UsageError(f"{option} applies to a file, not to a named dataset", hint="leave it out")
    from auditor.source.reading import read_source

    component = request.registry.get("dataset", request.benchmark)
    return read_source(
        component,
        request.options,
        cache=request.cache,
        mirror=request.mirror,
        offline=request.offline,
        reader=request.reader,
    )
