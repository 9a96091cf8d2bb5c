"""Which columns of a table are tasks; of every other one, why it is none."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from auditor.source.table.opening import Columns
    from auditor.source.table.values import Values

TEXT = "text"
ROW_NUMBERS = "row numbers"
IDENTIFIERS = "identifiers"
METADATA = "about the experiment"
COMPUTED = "computed from the structure"
EMPTY = "no value at all"
EXCLUDED = "excluded"
WEIGHTS = "weights"
TAKEN_BY_NAME = (ROW_NUMBERS, IDENTIFIERS, METADATA, COMPUTED)
"""Why columns are left out that ``--tasks`` takes."""
_ROW_NAMES = re.compile(r"|x|index|level_\d+|__index_level_\d+__|unnamed: ?\d+(\.\d+)*|row|\.\.\.\d+", re.I)
_ID_NAMES = re.compile(
    r"(.*[\s_.-])?(id|idx|no|nr|num|number|cid|sid|cas|regid)|.*[a-z]ID|compound_?id", re.I
)
_METADATA = re.compile(
    r"((cv|k|scaffold|random|outer|inner|test|train|time|split|butina)[\s_.-]?)?folds?|"
    r"(.*[\s_.-])?(split|cluster|plate|batch|well|run|year|date|month|document[\s_]year|subset|set|group|"
    r"lot|campaign|session|experiment)([\s_.-]?(id|no|nr|number|code))?",
    re.I,
)
_DESCRIPTORS = re.compile(
    r"(a|c|x|w|m|s)logp\d?|mw|mol(ecular)?[\s_.-]?(wt|weight|mass)|exact[\s_.-]?mass|t?psa|hb[ad]|"
    r"(num|n|#)?[\s_.-]?(h[\s_.-]?)?(bond[\s_.-]?)?(donors|acceptors)|heavy[\s_.-]?atoms|qed.*|"
    r"#?[\s_.-]?(ro5|lipinski).*|#?[\s_.-]?(num)?[\s_.-]?rot(atable|b).*|aromatic[\s_.-]?rings|np[\s_.-]?likeness.*",
    re.I,
)
DIFFERENT = 0.95
"""Share of different values from which whole numbers are identifiers rather than measurements."""


def index_columns(metadata: Mapping[bytes, bytes] | None) -> frozenset[str]:
    """Return the columns that pandas says are the index, from the metadata of a Parquet or Arrow schema."""
    try:
        told = json.loads((metadata or {}).get(b"pandas", b"{}"))
        return frozenset(name for name in told.get("index_columns", []) if isinstance(name, str))
    except (ValueError, AttributeError):
        return frozenset()


def no_task(columns: Columns, name: str, values: Values) -> str:
    """Return why a column is not taken for a task; empty if it is.

    Identifiers and row numbers are told by their values: whole numbers, nearly all different. A name alone
    makes no identifier, because ``refractive_index`` and ``NO`` are quantities.
    """
    plain = name.strip()
    if values.texts and 2 * values.text_cells > values.text_cells + values.measured:
        return TEXT
    if values.foreign:
        return values.foreign
    if not values.measured and not values.texts:
        return EMPTY
    whole, different = whole_numbers(values), different_share(values)
    if name in columns.index:
        return ROW_NUMBERS
    if values.texts or values.doubt:
        return ""  # what is no number among its numbers is refused by name
    if values.counts_rows() or (_ROW_NAMES.fullmatch(plain) and whole and different > DIFFERENT):
        return ROW_NUMBERS
    if whole and different > DIFFERENT and values.measured > 4 and _looks_like_identifier(plain, values):
        return IDENTIFIERS
    if _METADATA.fullmatch(plain) and whole:
        return METADATA
    return COMPUTED if _DESCRIPTORS.fullmatch(plain) else ""


def whole_numbers(values: Values) -> bool:
    """Return whether every value is a whole number."""
    found = values.distinct[0]
    return bool(len(found) and (found == np.rint(found)).all())


def different_share(values: Values) -> float:
    """Return how many of the values are different ones, as a share."""
    found, counts = values.distinct
    return len(found) / int(counts.sum()) if len(found) else 0.0


def _looks_like_identifier(name: str, values: Values) -> bool:
    """Return whether whole numbers that differ are named, ordered, or long as identifiers are."""
    if _ID_NAMES.fullmatch(name):
        return True
    found = values.numbers
    if not np.isfinite(found).all():  # every row of a table has its identifier
        return False
    steps = np.diff(found)
    numbered = bool((steps > 0).all() and np.median(steps) == 1)
    return numbered or bool(np.median(np.abs(found)) >= 1e6)
