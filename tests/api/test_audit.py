"""What an audit says in Python: matrices, pairs, findings, files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import auditor
from auditor.api.audit import Audit
from auditor.errors import DataError, UsageError

MEASURES = ("jaccard", "containment", "dice", "ochiai")


@pytest.fixture(scope="module")
def audit(tmp_path_factory: pytest.TempPathFactory) -> Audit:
    options = {"overlap": 0.5, "labels_per_task": 120}
    cache = tmp_path_factory.mktemp("cache")
    return auditor.overlap("synthetic", dataset_options=options, cache_dir=cache, quiet=True)


def test_matrices_are_tasks_by_tasks_and_agree_with_the_pairs(audit: Audit) -> None:
    names = list(audit.tasks.index)
    for name in (*MEASURES, "support", "correlation"):
        matrix: pd.DataFrame = getattr(audit, name)
        assert list(matrix.index) == names == list(matrix.columns)
        for row in audit.pairs.itertuples():
            value, other = matrix.loc[row.task, row.other_task], getattr(row, name)
            assert value == other or (np.isnan(value) and np.isnan(other))


def test_there_is_one_row_per_pair(audit: Audit) -> None:
    t = len(audit.tasks)
    assert len(audit.pairs) == t * (t - 1) // 2
    assert (audit.pairs.task != audit.pairs.other_task).all()
    assert audit.pairs.verdict.value_counts().to_dict() == {
        k: v for k, v in audit.verdict.counts.items() if v
    }


def test_the_interval_of_e_lies_about_it(audit: Audit) -> None:
    known = audit.pairs.dropna(subset=["correlation"])
    assert len(known) and ((known.low <= known.correlation) & (known.correlation <= known.high)).all()


def test_counts_are_whole_numbers(audit: Audit) -> None:
    assert audit.support.dtypes.eq("int64").all() and audit.pairs.support.dtype == "int64"


def test_one_line_says_what_it_is(audit: Audit) -> None:
    assert repr(audit).startswith("<Audit of synthetic: ") and "\n" not in repr(audit)
    assert audit.verdict.status.upper() in repr(audit) and audit.verdict.sentence in repr(audit)


def test_findings_are_there_by_name(audit: Audit) -> None:
    found = audit.findings["power"]
    assert found.status == "ok" and found.sentence and found.data and found.tables
    with pytest.raises(UsageError, match="no finding 'powr'") as refused:
        audit.findings["powr"]
    assert "power" in refused.value.hint


@pytest.mark.parametrize(
    ("suffix", "start"),
    [
        ("html", b"<!doctype html"),
        ("md", b"# "),
        ("csv", b"task,other_task,"),
        ("json", b"{"),
        ("txt", b"Overlap"),
    ],
)
def test_it_is_saved_in_the_format_of_the_suffix(
    audit: Audit, suffix: str, start: bytes, tmp_path: Path
) -> None:
    path = audit.save(tmp_path / f"report.{suffix}")
    assert path.read_bytes().lower().startswith(start.lower())


def test_a_suffix_of_no_format_is_refused(audit: Audit, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no format has the suffix '\.docx'"):
        audit.save(tmp_path / "report.docx")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("where", ["audit.json", "run"])
def test_what_is_loaded_says_what_was_saved(audit: Audit, where: str, tmp_path: Path) -> None:
    again = auditor.load(audit.save(tmp_path / where))
    assert isinstance(again, Audit)
    pd.testing.assert_frame_equal(again.pairs, audit.pairs)
    pd.testing.assert_frame_equal(again.correlation, audit.correlation)
    assert again.verdict == audit.verdict and again.findings == audit.findings
    with pytest.raises(UsageError, match="saved audit"):
        _ = again.rejects


def test_a_file_that_is_no_audit_is_refused(tmp_path: Path) -> None:
    (tmp_path / "audit.json").write_text("[1]")
    with pytest.raises(DataError, match="not an mtl-audit document"):
        auditor.load(tmp_path / "audit.json")
    with pytest.raises(DataError, match="cannot be read"):
        auditor.load(tmp_path / "nothing.json")


def test_rejects_and_the_plan_are_tables(tmp_path: Path) -> None:
    smiles = ["C" * (n + 1) + "O" for n in range(40)] + ["not a molecule"]
    a, b = [1.0, 0.0] * 20 + [1.0], [0.0, 1.0] * 8 + [np.nan] * 25
    found = auditor.overlap(
        pd.DataFrame({"smiles": smiles, "a": a, "b": b}), reliable_at=0.5, borderline_at=0.1
    )
    assert list(found.rejects.smiles) == ["not a molecule"] and found.rejects.reason[0].startswith(
        "no compound"
    )
    assert len(found.plan) == 4 and set(found.plan.task) == {"b"}


def test_results_are_compared_in_memory_and_from_files(audit: Audit, tmp_path: Path) -> None:
    found = auditor.compare(audit, audit.save(tmp_path / "audit.json"))
    assert found.kind == "comparison" and found.verdict.status == "pass"


def test_files_are_compared_for_leakage(tmp_path: Path) -> None:
    for name, smiles in (("train", "CCO CCC CCN"), ("test", "OCC CCCC")):
        (tmp_path / f"{name}.csv").write_text("smiles\n" + "\n".join(smiles.split()) + "\n")
    found = auditor.leakage(tmp_path / "train.csv", tmp_path / "test.csv", quiet=True)
    assert found.kind == "leakage" and found.verdict.status == "fail"


def test_a_benchmark_is_read_as_audits_see_it() -> None:
    frame = pd.DataFrame(
        {"smiles": ["CCO", "OCC", "CCC", "bad"], "a": [1, 1, 0, 1], "b": [None, 2.5, None, 3.0]}
    )
    found = auditor.read(frame, identity="canonical")
    assert list(found.index) == [("CCO", "CCO"), ("CCC", "CCC")] and found.index.names == [
        "compound",
        "smiles",
    ]
    assert found["a"].tolist() == [1, 0] and found["b"].isna().tolist() == [False, True]
    assert all(isinstance(kind, pd.SparseDtype) and np.isnan(kind.fill_value) for kind in found.dtypes)


def test_components_are_listed() -> None:
    assert "ecfp" in auditor.components("encoders").index
    with pytest.raises(UsageError, match="no 'encoder'") as refused:
        auditor.components("encoder")
    assert "encoders" in refused.value.hint


@pytest.mark.published
def test_a_published_benchmark_is_audited(mirror: Path, published_cache: Path) -> None:
    found = auditor.overlap("tox21", mirror=mirror, cache_dir=published_cache, quiet=True)
    head = found.pairs.head()
    assert list(head.task) == ["NR-AR"] * 5 and head.other_task[0] == "NR-AR-LBD"
    assert len(found.pairs) == 66 and found.pairs.jaccard.median() == pytest.approx(0.788, abs=5e-4)
    assert found.verdict.status == "pass"
