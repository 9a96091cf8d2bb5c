"""A local server that speaks ChEMBL's web API: status, target and activity, with faults on demand.

By hand, with the kinase panel of a mirror of published files:

    python -m tests.chembl_server --mirror ../shared/data --port 8765
    MTL_AUDIT_CHEMBL_URL=http://127.0.0.1:8765/chembl/api/data mtl-audit overlap chembl-kinase
"""

from __future__ import annotations

import argparse
import contextlib
import http.server
import json
import sys
import threading
import urllib.parse
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

BASE = "/chembl/api/data"
CAP = 1_000
"""Rows of a page at most, whatever limit is asked for, as ChEMBL has it."""
GENES = {
    "CHEMBL308": "CDK1", "CHEMBL301": "CDK2", "CHEMBL331": "CDK4", "CHEMBL4036": "CDK5",
    "CHEMBL3055": "CDK7", "CHEMBL3116": "CDK9", "CHEMBL2835": "JAK1", "CHEMBL2971": "JAK2",
    "CHEMBL2148": "JAK3", "CHEMBL3553": "TYK2", "CHEMBL203": "EGFR", "CHEMBL1824": "ERBB2",
    "CHEMBL3009": "ERBB4", "CHEMBL4722": "AURKA", "CHEMBL2185": "AURKB", "CHEMBL3935": "AURKC",
    "CHEMBL267": "SRC", "CHEMBL258": "LCK", "CHEMBL1841": "FYN", "CHEMBL3905": "LYN",
    "CHEMBL3267": "PIK3CG", "CHEMBL5606": "STK11",
}  # fmt: skip
Row = dict[str, Any]


def activity(number: int, target: str, smiles: str | None, value: float | None, **changes: Any) -> Row:
    """Return an activity as the API gives it: an exact IC50 unless the changes say otherwise."""
    row: Row = {
        "activity_comment": None,
        "activity_id": number,
        "assay_chembl_id": f"CHEMBL{600000 + number % 97}",
        "assay_description": f"Inhibition of {GENES[target]}",
        "assay_type": "B",
        "assay_variant_accession": None,
        "assay_variant_mutation": None,
        "canonical_smiles": smiles,
        "data_validity_comment": None,
        "document_chembl_id": f"CHEMBL{1100000 + number % 31}",
        "molecule_chembl_id": f"CHEMBL{zlib.crc32((smiles or '').encode())}",
        "pchembl_value": None if value is None else f"{value:.2f}",
        "potential_duplicate": 0,
        "relation": "=",
        "standard_relation": "=",
        "standard_type": "IC50",
        "standard_units": "nM",
        "standard_value": None if value is None else f"{10 ** (9 - value):.4g}",
        "target_chembl_id": target,
        "target_organism": "Homo sapiens",
    }
    return {**row, **changes}


def target_record(chembl_id: str, **changes: Any) -> Row:
    """Return a target as the API gives it, other genes of the protein's names included."""
    gene = changes.pop("gene", GENES.get(chembl_id, "NONE"))
    synonyms = [
        {"component_synonym": gene, "syn_type": "GENE_SYMBOL"},
        {"component_synonym": f"{gene}-ALIAS", "syn_type": "GENE_SYMBOL_OTHER"},
        {"component_synonym": f"{gene} kinase", "syn_type": "UNIPROT"},
    ]
    record: Row = {
        "organism": "Homo sapiens",
        "pref_name": f"Tyrosine-protein kinase {gene}",
        "target_chembl_id": chembl_id,
        "target_type": "SINGLE PROTEIN",
        "target_components": [{"accession": "P00000", "target_component_synonyms": synonyms}],
    }
    return {**record, **changes}


def panel_rows(mirror: Path) -> list[Row]:
    """Return one activity per label of the mirrored kinase panel, its type drawn from the compound."""
    import pandas as pd

    frame = pd.read_csv(mirror / "kinase" / "kinase_panel19_derived.csv.gz")
    rows: list[Row] = []
    for chembl_id, gene in GENES.items():
        if gene not in frame:
            continue
        measured = frame[frame[gene].notna()]
        for smiles, value in zip(measured["SMILES"], measured[gene], strict=True):
            kind = ("IC50", "IC50", "IC50", "Ki", "Kd")[zlib.crc32(f"{smiles}{gene}".encode()) % 5]
            rows.append(activity(len(rows) + 1, chembl_id, smiles, value, standard_type=kind))
    return rows


@dataclass
class ChemblServer:
    """What the server holds, how it misbehaves, and what it was asked.

    ``faults`` maps the number of a request (from 1) to its fault: ``"500"``, ``"429"``, ``"404"``,
    ``"html"``, ``"drop"`` (no answer), ``"cut"`` (half an answer), ``"garbage"``, ``"list"``, ``"short"``
    (seven rows), ``"empty"``, ``"overlap"`` (starts one row early), ``"grown"`` (states one row more) or
    ``"foreign"`` (rows of all targets).
    """

    rows: Sequence[Row]
    targets: Mapping[str, Row] = field(default_factory=dict)
    faults: Mapping[int, str] = field(default_factory=dict)
    total_shift: int = 0
    releases: Sequence[str] = ("ChEMBL_33",)
    retry_after: str = "0"
    cap: int = CAP
    url: str = ""
    asked: list[str] = field(default_factory=list)

    def asked_for(self, resource: str) -> list[str]:
        """Return the requests for a resource, in order."""
        return [path for path in self.asked if path.startswith(f"{BASE}/{resource}.json")]

    def answer(self, path: str, fault: str) -> tuple[int, bytes, dict[str, str]]:
        """Return status, body and headers of a request."""
        if fault in ("500", "429", "404"):
            headers = {"Retry-After": self.retry_after} if fault == "429" else {}
            return int(fault), json.dumps({"error_message": f"fault {fault}"}).encode(), headers
        if fault == "html":
            return 200, b"<!doctype html><html><body>Under maintenance</body></html>", {}
        if fault == "garbage":
            return 200, b'{"activities": [', {}
        parts = urllib.parse.urlsplit(path)
        filters = dict(urllib.parse.parse_qsl(parts.query))
        resource = parts.path.removeprefix(f"{BASE}/").removesuffix(".json")
        if fault == "list":
            return 200, b"[]", {}
        if resource == "status":
            number = len(self.asked_for("status")) - 1
            release = self.releases[min(number, len(self.releases) - 1)]
            status = {"chembl_db_version": release, "chembl_release_date": "2023-05-31", "status": "UP"}
            return 200, json.dumps(status).encode(), {}
        if resource not in ("target", "activity"):
            return 404, b'{"error_message": "no such resource"}', {}
        try:
            return 200, json.dumps(self._page(resource, filters, fault)).encode(), {}
        except KeyError as error:
            return 400, json.dumps({"error": f"unknown filter {error}"}).encode(), {}

    def _page(self, resource: str, filters: dict[str, str], fault: str) -> dict[str, Any]:
        offset = int(filters.pop("offset", "0")) - (fault == "overlap")
        limit = min(int(filters.pop("limit", "20")), self.cap)
        found = self._found(resource, filters, fault)
        total = len(found) + (fault == "grown")
        if resource == "activity":
            total += self.total_shift
        size = {"short": 7, "empty": 0}.get(fault, limit)
        rows = found[offset : offset + size]
        after = urllib.parse.urlencode({**filters, "limit": limit, "offset": offset + len(rows)})
        more = offset + len(rows) < len(found)
        meta = {
            "limit": limit,
            "offset": offset + (fault == "overlap"),
            "next": f"{BASE}/{resource}.json?{after}" if more else None,
            "previous": None,
            "total_count": total,
        }
        return {("targets" if resource == "target" else "activities"): rows, "page_meta": meta}

    def _found(self, resource: str, filters: dict[str, str], fault: str) -> list[Row]:
        order = filters.pop("order_by", None)
        if resource == "target":
            wanted = filters.pop("target_chembl_id__in").split(",")
            known = [*self.targets, *(name for name in GENES if name not in self.targets)]
            found = [self.targets.get(name) or target_record(name) for name in known if name in wanted]
            found = [row for row in found if row["target_type"] != "ABSENT"]
        else:
            target, types = filters.pop("target_chembl_id"), filters.pop("standard_type__in").split(",")
            found = [
                row
                for row in self.rows
                if (row["target_chembl_id"] == target or fault == "foreign")
                and row["standard_type"] in types
            ]
        if filters:
            raise KeyError(*filters)
        return sorted(found, key=lambda row: row[order]) if order else found


@contextlib.contextmanager
def serving(server: ChemblServer, *, port: int = 0) -> Iterator[ChemblServer]:
    """Run a server on this machine while the block runs; its address is in ``url``."""
    httpd = http.server.ThreadingHTTPServer(("127.0.0.1", port), _handler(server))
    server.url = f"http://127.0.0.1:{httpd.server_port}{BASE}"
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        httpd.shutdown()
        httpd.server_close()
        thread.join()


def _handler(server: ChemblServer) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            server.asked.append(self.path)
            fault = server.faults.get(len(server.asked), "")
            if fault == "drop":
                self.close_connection = True
                self.connection.close()
                return
            code, body, headers = server.answer(self.path, fault)
            self.send_response(code)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if fault == "cut" else body)
            self.close_connection = fault == "cut"

        def log_message(self, *_: object) -> None:
            pass

    return Handler


def main() -> None:
    """Serve the kinase panel of a mirror until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mirror", type=Path, required=True, help="folder of published files")
    parser.add_argument("--port", type=int, default=8765)
    chosen = parser.parse_args()
    with serving(ChemblServer(panel_rows(chosen.mirror)), port=chosen.port) as server:
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    main()
