"""What is wrong with a finding: looked at when an analysis returns, so that its own author is named.

Left until the report is rendered, a number that JSON cannot hold or a ragged table would cost the
whole audit.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, get_args

from auditor.audit.results import Finding, FindingStatus
from auditor.document import blocks as kinds
from auditor.document.jsonable import plain_data

if TYPE_CHECKING:
    from auditor.document.blocks import Block, Chart, Curve


def fault_of(found: object) -> str:
    """Return what is wrong with what an analysis returned; empty where it is a whole Finding."""
    if not isinstance(found, Finding):
        return f"{type(found).__name__}, not a Finding"
    if not isinstance(found.sentence, str) or not found.sentence.strip():
        return "a finding without a sentence"
    if found.status not in get_args(FindingStatus):
        return f"a finding of the unknown status '{found.status}'"
    fault = json_fault(found.data)
    if fault:
        return f"data that JSON cannot hold: {fault}"
    for place, block in enumerate(found.blocks):
        fault = _block_fault(block)
        if fault:
            return f"block {place + 1}, {fault}"
    return ""


def json_fault(data: object) -> str:
    """Return why some facts cannot be written as JSON; empty where they can."""
    try:
        json.dumps(plain_data(data))
    except (TypeError, ValueError, RecursionError) as error:
        return " ".join(str(error).split())
    return ""


def _block_fault(block: object) -> str:
    if not isinstance(block, get_args(kinds.Block)):
        return f"a {type(block).__name__}, which is no block of a report"
    fault = json_fault(kinds.to_json(block)) or _shape_fault(block)
    return f"a {type(block).__name__}: {fault}" if fault else ""


def _shape_fault(block: Block) -> str:
    match block:
        case kinds.Table():
            return _ragged(block.rows, len(block.columns))
        case kinds.KeyValues():
            return _ragged(block.rows, 2)
        case kinds.Matrix():
            if len(block.values) != len(block.rows):
                return f"{len(block.values)} rows of values for {len(block.rows)} names"
            return _ragged(block.values, len(block.columns))
        case kinds.Chart():
            return _chart_fault(block)
        case kinds.Tree():
            wanted = max(len(block.leaves) - 1, 0)
            fault = f"{len(block.merges)} merges of {len(block.leaves)} leaves"
            return fault if len(block.merges) != wanted else _ragged(block.merges, 4)
    return ""


def _ragged(rows: Any, width: int) -> str:
    wrong = [place for place, row in enumerate(rows) if len(row) != width]
    return f"row {wrong[0] + 1} has {len(rows[wrong[0]])} cells, not {width}" if wrong else ""


def _chart_fault(chart: Chart) -> str:
    return next((fault for fault in map(_curve_fault, chart.curves) if fault), "")


def _curve_fault(curve: Curve) -> str:
    lengths = {len(part) for part in (curve.y, curve.low, curve.high) if part}
    return f"curve '{curve.label}' has parts of unequal length" if lengths - {len(curve.x)} else ""
