"""The export of everything that was left out."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.benchmark.joining import join
from auditor.benchmark.rejects import COLUMNS, rejects, rejects_csv
from auditor.benchmark.replicate_policy import POLICIES
from auditor.chemistry.named import Named
from auditor.chemistry.naming import identify
from auditor.errors import DataError
from auditor.source.rows import SourceData
from tests.making import identity, source, table
from tests.plugins.reading import read

TEXTS = ("A1", "A2", "B1", "B2", "C", "D", "bad", '=HYPERLINK("http://x")', "worse\r\nline")
NAMES = {
    **{text: Named(text[0]) for text in ("A1", "A2", "B1", "B2", "C", "D")},
    **{text: Named(None, f"not SMILES: {text}") for text in TEXTS[6:]},
}
VALUES = st.sampled_from([0.0, 1.0, 1.0, np.nan, np.inf])
NUMBERS = st.sampled_from([0.5, -3.25, 7.0, 0.5, np.nan, -np.inf])
ROWS = st.lists(st.tuples(st.sampled_from(TEXTS), VALUES), max_size=25)
NUMERIC = st.lists(st.tuples(st.sampled_from(TEXTS), NUMBERS), max_size=25)


@given(ROWS, NUMERIC, st.sampled_from(sorted(POLICIES)))
def test_labels_and_rejects_together_are_the_published_values(
    classes: list[tuple[str, float]], numbers: list[tuple[str, float]], policy: str
) -> None:
    tables = [
        table(name, [text for text, _ in rows], [value for _, value in rows], kind)
        for name, kind, rows in (
            ("+c", "classification", [*classes, ("Z", 1.0)]),
            ("n", "regression", [*numbers, ("Z", 1.0)]),
        )
    ]
    names = {**NAMES, "Z": Named("Z")}
    joined = join("x", SourceData(tuple(tables)), names, identity="x", conflicts=policy)  # type: ignore[arg-type]
    out = list(rejects(joined))
    for place, part in enumerate(tables):
        mine = [found for found in out if found.task == part.task.name]
        column = joined.benchmark.labels.column(place)
        compounds = [joined.benchmark.compounds[i] for i in column[0]]
        published = int((~np.isnan(part.values)).sum())
        assert published == len(compounds) + len(mine)
        left_out = {found.row - 1 for found in mine}
        assert len(left_out) == len(mine)
        kept = [row for row in np.flatnonzero(~np.isnan(part.values)) if row not in left_out]
        assert Counter(names[part.smiles[row]].name for row in kept) == Counter(compounds)
        counts = joined.counts[place]
        reasons = Counter(found.reason.split(":")[0] for found in mine)
        assert reasons["no compound"] == counts.rejected
        assert reasons["not finite"] == int(np.isinf(part.values).sum())
        others = reasons["repeated"] + reasons["replaced"] + reasons["dropped"]
        assert others == counts.repeated + counts.dropped
    read_back = list(csv.reader(io.StringIO(rejects_csv(joined).decode(), newline="")))
    assert tuple(read_back[0]) == COLUMNS and len(read_back) == 1 + len(out)
    assert all(len(row) == len(COLUMNS) for row in read_back)
    assert not any(row[at].startswith(("=", "+", "@")) for row in read_back for at in (0, 2, 4, 5))


@pytest.mark.parametrize(
    ("policy", "kind", "values", "reasons"),
    [
        ("auto", "classification", [0, 1], ["dropped", "dropped"]),
        ("auto", "classification", [1, 1], ["repeated"]),
        ("auto", "regression", [1, 3], ["replaced"]),
        ("auto", "regression", [2, 1, 2, 3], ["replaced", "repeated", "replaced"]),
        ("majority", "classification", [0, 1, 1], ["replaced", "repeated"]),
        ("keep", "classification", [0, 1, 0], ["replaced", "repeated"]),
        ("auto", "regression", [1, np.inf], ["not finite"]),
    ],
)
def test_every_reject_says_why(policy: str, kind: str, values: list[float], reasons: list[str]) -> None:
    rows = table("t", ["CO"] * len(values) + ["CCO"], [*values, 1], kind)  # type: ignore[arg-type]
    names = {"CO": Named("CO"), "CCO": Named("CCO")}
    joined = join("x", source(rows), names, identity="x", conflicts=policy)  # type: ignore[arg-type]
    assert [found.reason.split(":")[0] for found in rejects(joined)] == reasons


def test_an_unparsable_text_keeps_the_parsers_reason(tmp_path: Path) -> None:
    rows = table("t", ["CO", "C(C)(C)(C)(C)C"], [0, 1])
    names = identify(rows.smiles, identity(), cache=tmp_path)
    (found,) = rejects(join("x", source(rows), names, identity="parent-inchikey"))
    assert "valence" in found.reason and found.row == 2 and found.compound == ""


def test_a_clean_benchmark_exports_the_header_alone(tmp_path: Path) -> None:
    rows = table("t", ["CO", "CCO"], [0, 1])
    names = identify(rows.smiles, identity(), cache=tmp_path)
    joined = join("x", source(rows), names, identity="parent-inchikey")
    assert rejects_csv(joined) == (",".join(COLUMNS) + "\r\n").encode()


def test_a_table_without_labels_is_refused_before_there_is_anything_to_export() -> None:
    with pytest.raises(DataError):
        join("x", source(table("t", ["bad"], [1])), NAMES, identity="x")


@pytest.mark.published
@pytest.mark.parametrize("name", ["tdc-admet", "sider", "clintox"])
def test_nothing_published_is_lost(name: str, mirror: Path, published_cache: Path) -> None:
    data, _ = read(name, published_cache, mirror)
    texts = [text for part in data.tables for text in part.smiles]
    names = identify(texts, identity("as-written"), cache=published_cache)
    joined = join(name, data, names, identity="as-written")
    published = sum(len(part.values) for part in data.tables)
    assert published == int(joined.benchmark.labels.sizes.sum()) + sum(1 for _ in rejects(joined))
