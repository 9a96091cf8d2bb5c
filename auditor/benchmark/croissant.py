"""What a clean table holds as Croissant 1.0 metadata: JSON-LD that data catalogues and loaders read.

Format: https://docs.mlcommons.org/croissant/docs/croissant-spec.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from auditor import __version__
from auditor.clock import now_text

if TYPE_CHECKING:
    from auditor.benchmark.clean import Clean

FORMATS = {".csv": "text/csv", ".parquet": "application/x-parquet"}
_CONTEXT: Mapping[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataBiases": "cr:dataBiases",
    "dataCollection": "cr:dataCollection",
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "personalSensitiveInformation": "cr:personalSensitiveInformation",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_WHAT = {
    "classification": "Label of the task: 1 or 0, empty where there is none.",
    "regression": "Value of the task, empty where there is none.",
}


def croissant(
    table: Clean, *, name: str, file: str, suffix: str, sha256: str, size: int, facts: Mapping[str, Any]
) -> bytes:
    """Return the metadata of a written table.

    Parameters
    ----------
    name
        Of the benchmark.
    file, suffix, sha256, size
        The table's file: its name, ``.csv`` or ``.parquet``, its checksum and its bytes.
    facts
        The benchmark's provenance: ``licence`` and ``citation`` where they are known, and ``identity``.
    """
    described = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": name,
        "description": (
            f"{len(table.smiles):,} compounds by {len(table.tasks):,} tasks, cleaned and joined by "
            f"mtl-audit {__version__}: one row per compound ({facts['identity']}), disagreeing "
            f"replicates settled ({facts['conflict_policy_text']}), an empty cell where there is no label."
        ),
        "datePublished": now_text()[:10],
        "version": "1.0.0",
        **({"license": facts["licence"]} if facts.get("licence") else {}),
        **({"citeAs": facts["citation"]} if facts.get("citation") else {}),
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": "table",
                "name": file,
                "contentUrl": file,
                "contentSize": f"{size} B",
                "encodingFormat": FORMATS[suffix],
                "sha256": sha256,
            }
        ],
        "recordSet": [
            {"@type": "cr:RecordSet", "@id": "compounds", "name": "compounds", "field": _fields(table)}
        ],
    }
    return (json.dumps(described, indent=2, ensure_ascii=False) + "\n").encode()


def _fields(table: Clean) -> list[dict[str, Any]]:
    structure = _field("smiles", table.smiles_column, "sc:Text", "SMILES of the compound.")
    tasks = [
        _field(f"task-{number}", task.name, "sc:Float", f"{task.description} {_WHAT[task.kind]}".strip())
        for number, task in enumerate(table.tasks, start=1)
    ]
    if not table.sides:
        return [structure, *tasks]
    side = _field("split", table.split_column, "sc:Text", "Side of the split: train, val or test.")
    return [structure, *tasks, side]


def _field(place: str, column: str, kind: str, said: str) -> dict[str, Any]:
    return {
        "@type": "cr:Field",
        "@id": f"compounds/{place}",
        "name": column,
        "description": said,
        "dataType": kind,
        "source": {"fileObject": {"@id": "table"}, "extract": {"column": column}},
    }
