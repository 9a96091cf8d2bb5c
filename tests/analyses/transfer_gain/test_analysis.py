"""The finding about transfer gain."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from auditor.analyses.transfer_gain import analysis as module
from auditor.analyses.transfer_gain.analysis import analyse
from auditor.analyses.transfer_gain.calibration import calibrate
from auditor.analyses.transfer_gain.ranking import matrix_of, ranked
from auditor.analyses.transfer_gain.result import TransferGain
from auditor.analyses.transfer_gain.verdict import judge
from auditor.audit.results import Finding
from auditor.document.blocks import Matrix, Table
from auditor.document.jsonable import plain_data
from auditor.errors import DataError
from auditor.source.rows import SourceData
from auditor.transfer.kernel.gain import Gain, Scale
from auditor.transfer.kernel.interval import Estimate
from auditor.transfer.kernel.study import Directed
from tests.analyses.making import context_of, panel
from tests.making import table

ARMS = ("C", "CC", "CCC", "OC", "NC", "FC", "ClC", "CC(C)", "OCC", "NCC")
RINGS = ("c1ccccc1", "c1ccncc1", "C1CCCCC1", "c1ccsc1", "c1ccoc1", "C1CCNCC1", "c1cnccn1", "C1CCOCC1")
MOLECULES = tuple(f"{left}{link}{ring}" for ring in RINGS for left in ARMS for link in ("N", ""))
"""A hundred and sixty molecules on eight rings."""


def related(*, kind: str = "regression", noise: float = 0.3) -> SourceData:
    """Return a small task, a large one that knows it, and one of random labels."""
    rng = np.random.default_rng(0)
    ring = np.array([next(k for k, r in enumerate(RINGS) if r in text) for text in MOLECULES])
    length = np.array([len(text) for text in MOLECULES])
    truth = rng.normal(size=len(RINGS))[ring] + 0.3 * (length - length.mean())
    labels = {name: truth + noise * rng.normal(size=len(truth)) for name in ("few", "many")}
    labels["noise"] = rng.normal(size=len(truth))
    order = rng.permutation(len(truth))
    chosen = {"few": order[:60], "many": order[40:], "noise": order}
    if kind == "classification":
        labels = {name: (values > np.median(values)).astype(float) for name, values in labels.items()}
    return SourceData(
        tuple(table(n, [MOLECULES[i] for i in chosen[n]], labels[n][chosen[n]], kind) for n in chosen)
    )


@pytest.fixture(scope="module")
def trio(tmp_path_factory: pytest.TempPathFactory) -> Finding:
    """Return the finding of three tasks of which two know one another well and the third a little."""
    rng = np.random.default_rng(1)
    ring = np.array([next(k for k, r in enumerate(RINGS) if r in text) for text in MOLECULES])
    truth = rng.normal(size=len(RINGS))[ring] + 0.2 * np.array([len(text) for text in MOLECULES])
    other = rng.normal(size=len(RINGS))[ring]
    order = rng.permutation(len(truth))
    labels = {
        "few": (order[:50], truth),
        "many": (order[30:], truth + 0.2 * rng.normal(size=len(truth))),
        "other": (order[20:140], other + 0.2 * rng.normal(size=len(truth))),
    }
    data = SourceData(
        tuple(
            table(n, [MOLECULES[i] for i in rows], y[rows], "regression") for n, (rows, y) in labels.items()
        )
    )
    return analyse(context_of(data, tmp_path_factory.mktemp("cache")))


def gain(predicted: float, measured: float, error: float, doubt: float = 0.0) -> Gain:
    return Gain(Scale(predicted, doubt, Estimate(measured, error, 30), 0.3), None, 0.5, 100)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Finding:
    return analyse(context_of(related(), tmp_path_factory.mktemp("cache")))


def test_a_task_that_similarity_does_not_explain_is_named_and_has_no_pairs(found: Finding) -> None:
    assert found.status == "ok" and found.data["refused"] == {
        "noise": "similarity explains nothing of its labels"
    }
    pairs = {(pair["recipient"], pair["donor"]) for pair in found.data["pairs"]}
    assert pairs == {("few", "many"), ("many", "few")}
    assert found.data["tasks"]["few"]["h_low"] > found.data["tasks"]["noise"]["h_low"]


def test_the_small_task_gains_and_the_first_sentence_says_from_whom(found: Finding) -> None:
    facts = next(p for p in found.data["pairs"] if p["recipient"] == "few" and p["target"] == "new")
    assert facts["r"] > 0.6 and facts["r2"]["predicted"] > 0.05
    assert facts["r2"]["expected"] == pytest.approx(
        (facts["r2"]["predicted"] + facts["r2"]["measured"]) / 2
    )
    assert facts["r2"]["expected_low"] < facts["r2"]["expected"] < facts["r2"]["expected_high"]
    assert found.sentence.startswith("For new compounds, ")
    assert ("'few' from 'many'" in found.sentence) == (facts["verdict"] == "helps")


def test_the_document_and_the_tables_hold_the_same_numbers(found: Finding) -> None:
    facts = next(p for p in found.data["pairs"] if p["recipient"] == "few" and p["target"] == "new")
    tables = [block for block in found.blocks if isinstance(block, Table)]
    pairs = next(t for t in tables if t.caption == "Every pair, for new compounds")
    row = next(row for row in pairs.rows if row[:2] == ("few", "many"))
    assert row[3:6] == pytest.approx(
        [facts["r2"][name] for name in ("alone", "predicted", "measured")], abs=5e-4
    )
    ends = (facts["r2"][name] for name in ("expected", "expected_low", "expected_high"))
    assert row[6] == "{:.3f} ({:.3f} to {:.3f})".format(*ends)
    assert "AUROC" not in pairs.columns and row[7] == facts["verdict"]
    matrix = next(block for block in found.blocks if isinstance(block, Matrix))
    assert matrix.rows == ("few", "many")
    told = facts["r2"]["expected"] if facts["verdict"] != "cannot be told" else None
    assert matrix.values[0] == (None, None if told is None else pytest.approx(told, abs=5e-4))
    assert plain_data(found.data)


def test_donors_are_ranked_for_each_recipient_beside_what_all_of_them_give(trio: Finding) -> None:
    assert isinstance(trio.result, TransferGain)
    tasks = ranked(trio.result, "new")
    assert {one.recipient for one in tasks} == {"few", "many", "other"}
    for one in tasks:
        expected = [donor.gain.r2.expected.value for donor in one.donors]
        assert len(expected) == 2 and expected == sorted(expected, reverse=True)
        assert all(donor.recipient == one.recipient for donor in one.donors)
        assert one.together is not None and one.together.donor == ""
    few = next(one for one in tasks if one.recipient == "few")
    assert few.donors[0].donor == "many"
    shown = next(
        block for block in trio.blocks if isinstance(block, Table) and block.columns[-1] == "donors"
    )
    donors = {row[0]: str(row[-1]) for row in shown.rows}
    for one in tasks:
        assert all(donor.donor in donors[one.recipient] for donor in one.helping)
        assert one.helping or donors[one.recipient] == "none is shown to help"
    assert few.together is not None and ("'few' R²" in trio.sentence) == (few.together.verdict == "helps")


def test_the_matrix_of_gains_has_donors_in_its_rows(trio: Finding) -> None:
    assert isinstance(trio.result, TransferGain)
    matrix = matrix_of(trio.result, ("many", "unknown", "few", "other"))
    said = {(p["donor"], p["recipient"]): p for p in trio.data["pairs"] if p["target"] == "new"}
    assert matrix[0, 2] == pytest.approx(said["many", "few"]["r2"]["expected"], abs=1e-6)
    assert matrix[2, 0] == pytest.approx(said["few", "many"]["r2"]["expected"], abs=1e-6)
    assert np.isnan(np.diag(matrix)).all() and np.isnan(matrix[1]).all() and np.isnan(matrix[:, 1]).all()


def test_what_to_measure_next_sets_own_labels_beside_the_donors(trio: Finding) -> None:
    rows = next(b for b in trio.blocks if isinstance(b, Table) and "measure next" in b.caption).rows
    own = {one["task"]: one["own"]["r2"]["expected"] for one in trio.data["controls"] if one["own"]}
    there = {p["recipient"] for p in trio.data["all_donors"] if p["target"] == "measured"}
    assert {row[0] for row in rows} == set(own) & there and rows
    for row in rows:
        labels = trio.data["tasks"][row[0]]["labels_used"]
        assert str(row[1]).startswith(f"R² {own[row[0]]:+.2f} (")
        assert str(row[1]).endswith(f"from the last {labels - labels // 2}")


def test_controls_stand_in_the_report(found: Finding) -> None:
    controls = {one["task"]: one for one in found.data["controls"]}
    assert set(controls) == {"few", "many"}
    many = controls["many"]
    assert many["shuffled"]["r2"]["expected_low"] < 0.01
    assert many["negated"]["r"] == pytest.approx(-many["copy"]["r"], abs=1e-6)
    assert many["negated"]["r2"]["expected"] == pytest.approx(many["copy"]["r2"]["expected"], abs=1e-6)
    assert any("Controls" in block.caption for block in found.blocks if isinstance(block, Table))


def test_classes_have_their_gain_in_auroc(tmp_path: Path) -> None:
    found = analyse(context_of(related(kind="classification"), tmp_path))
    facts = next(p for p in found.data["pairs"] if p["recipient"] == "few" and p["target"] == "new")
    assert 0.5 < facts["auroc"]["alone"] < 1 and facts["auroc"]["predicted"] > 0
    assert any("AUROC" in block.columns for block in found.blocks if isinstance(block, Table))


def test_the_cap_is_stated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CAP", 50)
    found = analyse(context_of(related(), tmp_path))
    assert found.data["tasks"]["many"]["labels_used"] == 50 < found.data["tasks"]["many"]["labels"]
    assert "This is for up to 50 labels of a task" in found.sentence


def test_with_too_many_tasks_those_with_most_labels_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_TASKS", 2)
    found = analyse(context_of(related(), tmp_path))
    assert "most labels" in found.data["refused"]["few"] and set(found.data["tasks"]) == {"many", "noise"}
    assert found.status == "not applicable" and "cannot be told" in found.sentence


def test_labels_at_random_are_refused(tmp_path: Path) -> None:
    found = analyse(context_of(panel((0, 60), (0, 60)), tmp_path))
    assert found.status == "not applicable" and not found.data["pairs"]


def test_one_task_has_no_donor(tmp_path: Path) -> None:
    assert analyse(context_of(panel((0, 40)), tmp_path)).status == "not applicable"


@pytest.mark.parametrize(
    ("predicted", "measured", "error", "verdict"),
    [
        (0.08, 0.10, 0.02, "helps"),
        (0.00, -0.20, 0.02, "cannot be told"),  # both parts disagree
        (-0.06, -0.10, 0.02, "harms"),
        (0.00, 0.002, 0.004, "adds little"),
        (0.04, 0.03, 0.03, "cannot be told"),
        (0.3, 0.05, 0.02, "cannot be told"),
        (0.1, float("nan"), float("nan"), "cannot be told"),
    ],
)
def test_a_gain_is_told_only_where_prediction_and_measurement_agree_beyond_zero(
    predicted: float, measured: float, error: float, verdict: str
) -> None:
    assert judge(gain(predicted, measured, error).r2) == verdict


def test_the_calibration_is_the_slope_of_measured_on_predicted() -> None:
    rng = np.random.default_rng(0)
    pairs = {}
    for i in range(5):
        for j in range(5):
            if i != j:
                x = float(rng.random())
                pairs[i, j] = Directed(0.5, 0.2, 0.8, 0.0, 0, {"new": gain(x, 0.1 + 0.7 * x, 0.1)})
    found = calibrate(pairs, "new")
    assert found is not None and found.pairs == 20
    assert found.slope == pytest.approx(0.7) and found.r == pytest.approx(1)
    assert found.low == pytest.approx(0.7) and found.high == pytest.approx(0.7)
    assert calibrate(pairs, "measured") is None


def listed(folder: Path, *smiles: str) -> str:
    path = folder / "wanted.csv"
    path.write_text("\n".join(["smiles", *smiles]) + "\n")
    return str(path)


def test_gains_for_compounds_that_are_given_come_first_and_need_no_label(
    found: Finding, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    near = MOLECULES
    given = analyse(
        context_of(related(), tmp_path), target=listed(tmp_path, *near, *near[:3], "no molecule")
    )
    assert "1 SMILES cannot be read" in capsys.readouterr().err
    assert given.data["given"]["few"]["compounds"] == len(MOLECULES) - 60, (
        "those with a label are no target"
    )
    assert not given.data["given"]["few"]["far"]
    assert given.sentence.startswith("For the compounds that were given, ")
    pairs = {(p["recipient"], p["donor"]): p for p in given.data["pairs"] if p["target"] == "given"}
    assert set(pairs) == {("few", "many"), ("many", "few")}
    few = pairs["few", "many"]
    assert few["r2"]["expected"] > 0 and few["targets"] == len(MOLECULES) - 60
    assert "given" not in found.data and [p for p in given.data["pairs"] if p["target"] == "new"] == [
        p for p in found.data["pairs"] if p["target"] == "new"
    ], "what is asked for other compounds does not depend on them"


def test_of_compounds_that_lie_too_far_nothing_is_told(tmp_path: Path) -> None:
    far = ["OC(=O)C1CC1C(=O)O", "N#CCCC#N", "O=S(=O)(N)C", "FC(F)(F)C(F)(F)F", "[O-][N+](=O)CC(=O)N"]
    given = analyse(context_of(related(), tmp_path), target=listed(tmp_path, *far))
    assert given.data["given"]["few"]["far"] and given.data["given"]["many"]["far"]
    told = {p["verdict"] for p in given.data["pairs"] if p["target"] == "given"}
    assert told == {"cannot be told"}
    assert given.sentence.startswith("For the compounds that were given no gain can be told: ")


def test_a_file_without_molecules_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no SMILES of .* can be read"):
        analyse(context_of(related(), tmp_path), target=listed(tmp_path, "no molecule"))
    with pytest.raises(DataError):
        analyse(context_of(related(), tmp_path), target=str(tmp_path / "absent.csv"))
