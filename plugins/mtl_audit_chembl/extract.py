"""One file that holds all that a dataset needs of ChEMBL: made from the API, or found in the mirror.

It is gzipped JSON with ``format``, ``url``, ``release`` and ``released`` (of ChEMBL), ``targets`` and
``activities`` (records of the API's resources of these names, fewer fields) and ``totals`` (rows per
target, as the API stated them). The copy in the cache can be put into another machine's mirror.
"""

from __future__ import annotations

import collections
import gzip
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor import console
from auditor.cache.locks import locked
from auditor.cache.store import key_of
from auditor.errors import DataError
from auditor.privacy import without_secrets
from auditor.source.fetching.unzip import unzipped
from mtl_audit_chembl.pages import Resource, all_rows
from mtl_audit_chembl.panel import Target, check_targets

if TYPE_CHECKING:
    from auditor.source.files import SourceFiles
    from mtl_audit_chembl.api import Api

FORMAT = 1
TYPES = ("IC50", "Ki", "Kd")
TARGETS = Resource(
    "target",
    "targets",
    "target_chembl_id",
    ("target_chembl_id", "pref_name", "organism", "target_type", "target_components"),
)
ACTIVITIES = Resource(
    "activity",
    "activities",
    "activity_id",
    (
        "activity_id",
        "target_chembl_id",
        "assay_chembl_id",
        "assay_type",
        "assay_variant_mutation",
        "document_chembl_id",
        "molecule_chembl_id",
        "canonical_smiles",
        "standard_type",
        "standard_relation",
        "pchembl_value",
        "data_validity_comment",
        "potential_duplicate",
    ),
)


@dataclass(frozen=True)
class Extract:
    """What was read of ChEMBL: its release, target records and activity rows."""

    release: str
    released: str
    targets: Sequence[Mapping[str, Any]]
    activities: Sequence[Mapping[str, Any]]


def download(files: SourceFiles, name: str, panel: Sequence[Target], *, url: str) -> Path:
    """Ask the API for everything about some targets, and return the extract's path in the cache.

    Targets are checked against their genes before any activity is asked for. Pages are kept
    until the extract is complete, so that an interrupted download goes on where it stopped.

    Raises
    ------
    DataError
        The API does not answer or contradicts itself, a target is not what it should be, or
        ChEMBL moved to another release meanwhile.
    """
    from mtl_audit_chembl.api import Api
    from mtl_audit_chembl.watched import watched_session

    with locked(files.folder / "chembl" / f"download-{Path(name).name}"), watched_session() as session:
        session.headers["User-Agent"] = "mtl-audit"
        session.headers["Accept"] = "application/json"
        api = Api(url.rstrip("/"), session)
        status = api.ask("status", {})
        release = str(status.get("chembl_db_version") or "")
        if not release:
            raise DataError(
                f"{url} does not say which release of ChEMBL it serves",
                hint="check the address of the API",
            )
        pages = files.folder / "chembl" / "pages" / key_of([url, release, name])
        body = _gather(api, panel, pages)
        if api.ask("status", {}).get("chembl_db_version") != release:
            raise DataError(f"ChEMBL left {release} during the download", hint="run again")
        about = {"format": FORMAT, "url": without_secrets(api.url), "release": release}
        about["released"] = str(status.get("chembl_release_date") or "")
        data = gzip.compress(json.dumps({**about, **body}).encode(), 6, mtime=0)
        path = files.keep(name, data, url=api.url)
        shutil.rmtree(pages, ignore_errors=True)
    return path


def _gather(api: Api, panel: Sequence[Target], pages: Path) -> dict[str, Any]:
    wanted = {"target_chembl_id__in": ",".join(target.chembl_id for target in panel)}
    records = all_rows(api, TARGETS, wanted, folder=pages / "targets")
    check_targets(panel, records)
    rows: list[dict[str, Any]] = []
    totals: dict[str, int] = {}
    with console.progress("downloading activities from ChEMBL", len(panel)) as advance:
        for target in panel:
            filters = {"target_chembl_id": target.chembl_id, "standard_type__in": ",".join(TYPES)}
            found = all_rows(api, ACTIVITIES, filters, folder=pages / target.chembl_id)
            totals[target.chembl_id] = len(found)
            rows += found
            advance(1)
    return {"targets": records, "totals": totals, "activities": rows}


def read_extract(path: Path, panel: Sequence[Target]) -> Extract:
    """Return an extract of which everything was verified: form, genes, and rows per target.

    Raises
    ------
    DataError
        It is damaged, of another format, incomplete, or holds other proteins than it should.
    """
    hint = f"delete {path} and run again, or point --mirror at a good copy"
    try:
        body = json.loads(unzipped(path))
        if body["format"] != FORMAT:
            raise ValueError(f"format {body['format']}, not {FORMAT}")
        extract = Extract(str(body["release"]), str(body["released"]), body["targets"], body["activities"])
        counted = collections.Counter(row["target_chembl_id"] for row in extract.activities)
        totals = {target.chembl_id: int(body["totals"][target.chembl_id]) for target in panel}
        lacking = [row for row in extract.activities if not row.keys() >= set(ACTIVITIES.fields)]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        what = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        raise DataError(f"{path} is not an extract of ChEMBL ({what})", hint=hint) from error
    if lacking:
        raise DataError(f"{path}: {len(lacking):,} rows lack a field of {ACTIVITIES.fields}", hint=hint)
    for name, total in totals.items():
        if counted[name] != total:
            raise DataError(f"{path} holds {counted[name]:,} of {total:,} rows of {name}", hint=hint)
    check_targets(panel, extract.targets)
    return extract
