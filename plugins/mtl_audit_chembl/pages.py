"""Every row of a query exactly once, page by page, each page kept as it arrives.

ChEMBL cuts every page at 1,000 rows, whatever limit is asked for. So the next offset is the number of
rows received, not of rows asked for; the rows are ordered by their key, because pages without an
order may overlap; and at the end the number of distinct keys must be the total that the server stated.
"""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor import console
from auditor.cache.writing import write_atomic
from auditor.errors import DataError
from auditor.source.fetching.unzip import unzipped

if TYPE_CHECKING:
    from mtl_audit_chembl.api import Api

LIMIT = 1_000
RETRY = "run again; if it stays so, ChEMBL's API or a proxy before it is at fault"


@dataclass(frozen=True)
class Resource:
    """A list that the API serves: its name, the name of its rows in an answer, and what is kept."""

    name: str
    rows: str
    key: str
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Page:
    """One answer: its rows, where it starts, the total stated, and whether more are announced."""

    rows: list[dict[str, Any]]
    offset: int
    total: int
    more: bool


def all_rows(
    api: Api, resource: Resource, filters: Mapping[str, str], *, folder: Path
) -> list[dict[str, Any]]:
    """Return all rows of a query, each exactly once, in the order of their keys.

    Parameters
    ----------
    api
        Where to ask.
    resource
        What to ask for.
    filters
        Fields of the resource, as such or with ``__in``, and the values wanted.
    folder
        Where pages are kept until the download is complete; those found there are verified and not
        asked for again.

    Raises
    ------
    DataError
        The server does not answer, or its pages do not add up to its own total; pages that do not
        add up are thrown away, so that the next attempt does not meet them.
    """
    goes_on = folder.is_dir()
    try:
        return _collect(api, resource, filters, folder)
    except _DoesNotAddUp as error:
        shutil.rmtree(folder, ignore_errors=True)
        if goes_on:  # a page of the earlier attempt may be at fault, and is not there any more
            return all_rows(api, resource, filters, folder=folder)
        query = " ".join(f"{name}={value}" for name, value in filters.items())
        raise DataError(f"{api.url}/{resource.name} {query}: {error}", hint=RETRY) from error


class _DoesNotAddUp(Exception):
    """The server contradicts itself."""


def _collect(
    api: Api, resource: Resource, filters: Mapping[str, str], folder: Path
) -> list[dict[str, Any]]:
    first: Page | None = None
    rows: list[dict[str, Any]] = []
    while True:
        page = _kept(folder, resource, len(rows)) or _fetched(api, resource, filters, folder, len(rows))
        first = first or page
        if page.total != first.total:
            raise _DoesNotAddUp(f"it stated {first.total:,} rows first and {page.total:,} later")
        rows += page.rows
        if len(rows) >= page.total or not page.rows:
            break
    if len(rows) != first.total or page.more:
        more = " and announces more" if page.more else ""
        raise _DoesNotAddUp(f"it stated {first.total:,} rows, sent {len(rows):,}{more}")
    if ignored := _ignored(rows, filters):
        raise _DoesNotAddUp(f"it ignored the filter {ignored}")
    distinct = len({row[resource.key] for row in rows})
    if distinct != len(rows):
        raise _DoesNotAddUp(f"of {len(rows):,} rows sent only {distinct:,} are distinct")
    return rows


def _ignored(rows: Iterable[Mapping[str, Any]], filters: Mapping[str, str]) -> str:
    """Return the name of a filter that some row does not pass."""
    for name, wanted in filters.items():
        allowed = wanted.split(",") if name.endswith("__in") else [wanted]
        if any(row[name.removesuffix("__in")] not in allowed for row in rows):
            return name
    return ""


def _fetched(api: Api, resource: Resource, filters: Mapping[str, str], folder: Path, offset: int) -> Page:
    asked = {**filters, "order_by": resource.key, "limit": str(LIMIT), "offset": str(offset)}
    page = _read(api.ask(resource.name, asked), resource, offset)
    kept = {
        resource.rows: page.rows,
        "page_meta": {"offset": offset, "total_count": page.total, "next": page.more or None},
    }
    write_atomic(_path(folder, offset), gzip.compress(json.dumps(kept).encode(), 6, mtime=0))
    return page


def _kept(folder: Path, resource: Resource, offset: int) -> Page | None:
    """Return a page of an earlier attempt; one that is damaged counts as absent."""
    path = _path(folder, offset)
    if not path.is_file():
        return None
    try:
        return _read(json.loads(unzipped(path)), resource, offset)
    except (OSError, ValueError, RecursionError, _DoesNotAddUp) as error:
        console.warn(f"{path} is damaged ({error}); asking for that page again")
        return None


def _path(folder: Path, offset: int) -> Path:
    return folder / f"{offset:08d}.json.gz"


def _read(answer: Mapping[str, Any], resource: Resource, offset: int) -> Page:
    """Return an answer as a page, fields that are not used left out."""
    rows, meta = answer.get(resource.rows), answer.get("page_meta")
    if not isinstance(rows, list) or not isinstance(meta, dict):
        raise _DoesNotAddUp(f"its answer has no {resource.rows} or no page_meta")
    total = meta.get("total_count")
    if not isinstance(total, int) or total < 0:
        raise _DoesNotAddUp(f"its total_count is {total!r}")
    if meta.get("offset", offset) != offset:
        raise _DoesNotAddUp(f"asked for rows from {offset:,} on it sent rows from {meta['offset']}")
    if any(not isinstance(row, dict) or row.get(resource.key) is None for row in rows):
        raise _DoesNotAddUp(f"a row has no {resource.key}")
    kept = [{field: row.get(field) for field in resource.fields} for row in rows]
    return Page(kept, offset, total, meta.get("next") is not None)
