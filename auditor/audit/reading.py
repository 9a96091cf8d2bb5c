"""From a request to a joined benchmark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor import console
from auditor.audit.account import read_of
from auditor.audit.anonymous import TABLE, anonymous
from auditor.benchmark.examples import BY_KEY, BY_ROW
from auditor.chemistry.named import Named
from auditor.chemistry.naming import identify
from auditor.document.read import sentences
from auditor.errors import UsageError
from auditor.plugin.registry import unknown_name
from auditor.source.files import published

if TYPE_CHECKING:
    from auditor.audit.request import DataRequest
    from auditor.benchmark.joining import Joined
    from auditor.source.rows import SourceData
    from auditor.source.table.rules import Rules

TABLE_SUFFIXES = tuple(
    (
        ".csv .tsv .tab .txt .smi .smiles .parquet .pq .feather .arrow .jsonl .ndjson .gz .bz2 .xz .zst "
        ".sdf .sd .mol .xlsx .xlsm .xls .ods"
    ).split()
)


def read_benchmark(request: DataRequest) -> Joined:
    """Read, name and join the benchmark that a request names, and say what was read.

    Raises
    ------
    AuditError
        An unknown name, an unusable file, a missing extra: one line and a hint each.
    """
    data, facts = read_data(request)
    name = name_of(request)
    if not request.names:
        (data, facts), name = anonymous(data, facts), TABLE
    provenance = {**facts, "licence": data.licence, "citation": data.citation}
    joined = join_rows(name, data, request, provenance)
    say(read_of(joined))
    return joined


def say(read: Mapping[str, Any]) -> None:
    """Say what was read, unless the answer is about to say it where the user looks."""
    if console.settings.shown or console.in_notebook():
        return
    for line in sentences(read):
        console.say(line)


def read_data(request: DataRequest) -> tuple[SourceData, dict[str, Any]]:
    """Return the rows that a request names, of the tasks that it asks for, and where they came from."""
    from auditor.benchmark.joining import select_tasks

    data, facts = _read(request)
    if data.account is None:
        data = select_tasks(data, request.tasks, exclude=request.exclude)
    return data, facts


def name_of(request: DataRequest) -> str:
    """Return what the benchmark of a request is called: its name, or that of its files."""
    if not is_path(request):
        return request.benchmark
    names = [Path(path).name for path in (request.benchmark, *request.more)]
    return f"{names[0]} and {len(names) - 1} more" if len(names) > 3 else " + ".join(names)


def join_rows(
    name: str, data: SourceData, request: DataRequest, provenance: Mapping[str, Any] | None = None
) -> Joined:
    """Name the compounds of published rows as a request asks for it, and join them into a benchmark."""
    from auditor.benchmark.joining import join

    if data.features is not None:
        names = {key: Named(key) for key in data.features.keys}
        identity = BY_KEY if request.key else BY_ROW
    else:
        identity = request.registry.get("identity", request.identity).name
        names = _named(data, request)
    return join(
        name,
        data,
        names,
        identity=identity,
        conflicts=request.conflicts,
        provenance=provenance,
        least=request.min_labels,
    )


def _named(data: SourceData, request: DataRequest) -> dict[str, Named]:
    """Return what the compounds of some rows are called at the identity level that is asked for."""
    level = request.registry.get("identity", request.identity)
    texts = [text for table in data.tables for text in table.smiles]
    return identify(texts, level, cache=request.cache)


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
    _refuse_mixture(request)
    if is_path(request):
        from auditor.source.table.rules import Rules
        from auditor.source.table.several import read_tables

        if request.options:
            raise UsageError(
                "--dataset-option does not apply to a file",
                hint="use --smiles-column and --tasks",
            )
        if request.reader != "auto":
            raise UsageError("--reader applies to a named dataset, not to a file", hint="leave it out")
        paths = [Path(path).expanduser() for path in (request.benchmark, *request.more)]
        rules = Rules(request.missing, request.censored, request.exclude, dict(request.long))
        if request.features:
            return _examples(request, paths, rules)
        data = read_tables(paths, smiles_column=request.smiles_column, tasks=request.tasks, rules=rules)
        return data, {"source": "file", "files": [published(path) for path in paths]}
    if ("dataset", request.benchmark) not in request.registry.components:
        raise unknown_name("dataset", request.benchmark, request.registry.names("dataset"))
    for option, value in (
        ("--smiles-column", request.smiles_column),
        ("--missing", request.missing),
        ("--long", request.long),
        ("--features", request.features),
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


def _examples(
    request: DataRequest, paths: Sequence[Path], rules: Rules
) -> tuple[SourceData, dict[str, Any]]:
    """Return the examples of one table of features."""
    from auditor.source.table.featured import Examples, read_examples

    if len(paths) > 1:
        raise UsageError(
            "--features is for one table",
            hint="where the features are in another file: --features FILE --key COLUMN",
        )
    examples = Examples(request.features, request.key)
    data = read_examples(paths[0], examples, tasks=request.tasks, rules=rules)
    files = [path for path in (*paths, examples.file) if path is not None]
    return data, {"source": "file", "files": [published(path) for path in files]}


def _refuse_mixture(request: DataRequest) -> None:
    """Refuse several benchmarks of which one is a dataset's name; raises UsageError."""
    asked = (request.benchmark, *request.more) if request.more else ()
    for text in asked:
        if ("dataset", text) in request.registry.components:
            raise UsageError(
                f"'{text}' is the name of a dataset: only files are joined into one audit",
                hint=f"audit it alone; a file of that name is ./{text}",
            )
