"""The calls on files and on results: leakage, compare, load."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.api.asking import asked, saying
from auditor.api.audit import Audit, Recommendation, Study
from auditor.api.keywords import names_of
from auditor.api.loading import document_at
from auditor.api.requests import cache_of, registry
from auditor.api.result import Result
from auditor.report.comparison.run import Run

if TYPE_CHECKING:
    from auditor.api.types import PathLike


@asked
def leakage(
    train: PathLike,
    test: PathLike,
    *,
    smiles: str | None = None,
    tasks: Sequence[str] = (),
    cache_dir: PathLike | None = None,
    quiet: bool = False,
) -> Result:
    """Count the compounds of a test file that are in a training file, at every identity level."""
    from auditor.analyses.leakage.analysis import compare as counted
    from auditor.analyses.leakage.analysis import finding_of, levels_of
    from auditor.analyses.leakage.counting import Side
    from auditor.audit.document import leakage_document
    from auditor.source.table.reading import read_rows

    files, columns = (Path(train), Path(test)), names_of("tasks", {"tasks": tasks}) or None
    command = f"auditor.leakage({str(train)!r}, {str(test)!r})"
    with saying(quiet=quiet):
        parts = registry()
        sides = [Side(*read_rows(path, smiles_column=smiles, tasks=columns)) for path in files]
        found = counted(*sides, levels=levels_of(parts), cache=cache_of(cache_dir))
        told, level, leaked = finding_of(found), found.judged_by, found.leaked
        return Result(leakage_document(told, parts, command, files, judged_by=level, leaked=leaked))


@asked
def compare(*results: Audit | PathLike) -> Result:
    """Hold audits, or the files or folders of saved ones, against the first: what differs and matters."""
    from auditor.report.comparison.compare import comparison_document

    found = [one if isinstance(one, Result) else load(one) for one in results]
    names = [f"{place}: {one.name}" for place, one in enumerate(found, start=1)]
    runs = [Run(name, one.document) for name, one in zip(names, found, strict=True)]
    command = f"auditor.compare({', '.join(names)})"
    return Result(comparison_document(runs, registry(), command))


@asked
def load(path: PathLike) -> Result:
    """Read a saved ``audit.json``, or the folder that holds it, as what the call returned.

    Raises
    ------
    DataError
        There is none, it is not a whole document of this tool, or it was changed since.
    """
    document = document_at(Path(path).expanduser())
    kinds: Mapping[str, type[Result]] = {
        "overlap": Audit,
        "analysis": Study,
        "recommendation": Recommendation,
    }
    return kinds.get(document["kind"], Result)(document)
