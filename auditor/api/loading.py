"""A saved document, read back with the care for files that anybody may have written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from auditor.cache.bounded import read_bounded
from auditor.cache.run_folder import check_run
from auditor.document.parsing import MOST_BYTES, parsed
from auditor.document.schema import lacking
from auditor.errors import DataError

HINT = "give the audit.json of a run"


def document_at(path: Path) -> dict[str, Any]:
    """Return the document of a file, or of the folder of a run.

    Raises
    ------
    DataError
        There is none, it is not JSON, not a whole document of this tool, of a newer schema, or changed.
    """
    from auditor.report.sections.report import check_document

    path = path / "audit.json" if path.is_dir() else path
    try:
        data = read_bounded(path, MOST_BYTES)
        check_run(path, data)
        document: dict[str, Any] = parsed(data)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}", hint=HINT) from error
    except ValueError as error:
        raise DataError(f"{path} is not JSON: {error}", hint=HINT) from error
    check_document(document)
    lost = next(lacking(document), None)
    if lost is not None:
        raise DataError(f"{path} is not a whole document: it lacks {lost}", hint="make it again")
    return document
