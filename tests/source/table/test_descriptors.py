"""A column that RDKit computes is no task whatever its name, and a quantity that only resembles one is."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdkit import Chem
from rdkit.Chem import Crippen, Descriptors, rdMolDescriptors

from auditor.source.rows import SourceData
from auditor.source.table.computing import DESCRIPTORS
from auditor.source.table.reading import read_table

PARTS = ("C", "CC", "N", "O", "c1ccccc1", "C(=O)N", "S(=O)(=O)C", "F", "C1CCNCC1", "n1ccnc1", "C(C)(C)O")
RANDOM = np.random.default_rng(11)
SMILES = list(
    dict.fromkeys("C" + "".join(f"C({part})" for part in RANDOM.choice(PARTS, size)) + "O" for size in range(1, 9) for _ in range(12))
)  # fmt: skip
MOLS = [Chem.MolFromSmiles(text) for text in SMILES]
N = len(SMILES)
FUNCTIONS: dict[str, Callable[[Chem.Mol], float]] = {
    "MolWt": Descriptors.MolWt,
    "ExactMolWt": Descriptors.ExactMolWt,
    "MolLogP": Crippen.MolLogP,
    "TPSA": rdMolDescriptors.CalcTPSA,
    "FractionCSP3": rdMolDescriptors.CalcFractionCSP3,
    "NumHAcceptors": rdMolDescriptors.CalcNumHBA,
    "NumHDonors": rdMolDescriptors.CalcNumHBD,
    "HeavyAtomCount": lambda mol: mol.GetNumHeavyAtoms(),
    "RingCount": rdMolDescriptors.CalcNumRings,
    "NumRotatableBonds": rdMolDescriptors.CalcNumRotatableBonds,
    "QED": DESCRIPTORS["QED"][1],
}
COMPUTED = {name: np.array([function(mol) for mol in MOLS]) for name, function in FUNCTIONS.items()}
MEASURED = np.round(RANDOM.normal(6, 1, N), 2)


def read(folder: Path, columns: dict[str, object], **options: object) -> SourceData:
    pd.DataFrame({"smiles": SMILES, **columns}).to_csv(folder / "a.csv", index=False)
    return read_table(folder / "a.csv", **options)  # type: ignore[arg-type]


def reasons(data: SourceData, column: str) -> list[str]:
    """Return why a column was left out."""
    assert data.account is not None
    return [why for why, columns in data.account.left_out.items() if column in columns]


def tasks(data: SourceData) -> list[str]:
    return [table.task.name for table in data.tables]


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("digits", [2, 12])
def test_what_rdkit_computes_is_named_and_left_out_whatever_its_name(
    tmp_path: Path, name: str, digits: int
) -> None:
    columns = {"Kolumne 7": np.round(COMPUTED[name], digits), "pIC50": MEASURED}
    data = read(tmp_path, columns)
    assert tasks(data) == ["pIC50"]
    (why,) = reasons(data, "Kolumne 7")
    assert why.startswith("computed from the structure, RDKit's")
    assert tasks(read(tmp_path, columns, tasks=["Kolumne 7", "pIC50"])) == ["Kolumne 7", "pIC50"]


@given(
    st.sampled_from(sorted(FUNCTIONS)),
    st.integers(0, 10**6),
    st.sampled_from([0.02, 0.1, 0.5]),
    st.sampled_from([1.0, 1.03, 0.001]),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_quantity_that_only_goes_with_a_descriptor_is_a_task(
    tmp_path: Path, name: str, seed: int, noise: float, scale: float
) -> None:
    exact = COMPUTED[name]
    measured = scale * (exact + noise * max(exact.std(), 0.1) * np.random.default_rng(seed).normal(size=N))
    assert tasks(read(tmp_path, {"quantity": measured, "b": MEASURED})) == ["quantity", "b"]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("with gaps", np.where(np.arange(N) % 3, COMPUTED["TPSA"], np.nan)),
        ("a class", (COMPUTED["RingCount"] > 1).astype(int)),
        ("mostly others", np.where(np.arange(N) % 10, COMPUTED["MolLogP"], COMPUTED["MolLogP"] + 1)),
    ],
)
def test_what_no_program_would_write_is_a_task(tmp_path: Path, name: str, values: object) -> None:
    assert tasks(read(tmp_path, {name: values})) == [name]


def test_the_weight_without_the_counter_ion_is_computed_too(tmp_path: Path) -> None:
    frame = pd.DataFrame({
        "smiles": [f"{text}.Cl" if place % 2 else text for place, text in enumerate(SMILES)],
        "a": np.round(COMPUTED["MolWt"], 2),
        "b": MEASURED,
    })  # fmt: skip
    frame.to_csv(tmp_path / "a.csv", index=False)
    data = read_table(tmp_path / "a.csv")
    assert tasks(data) == ["b"] and reasons(data, "a") == [
        "computed from the structure, RDKit's MolWt of the largest part"
    ]


def test_a_few_rows_tell_nothing(tmp_path: Path) -> None:
    frame = pd.DataFrame({"smiles": SMILES[:8], "a": COMPUTED["MolWt"][:8]})
    frame.to_csv(tmp_path / "a.csv", index=False)
    assert tasks(read_table(tmp_path / "a.csv")) == ["a"]


@pytest.mark.parametrize(
    "cells",
    [
        np.where(np.arange(N) % 2, MEASURED, np.nan),
        (MEASURED > 6).astype(int),
        np.round(1000 * MEASURED),
        -np.abs(MEASURED),
    ],
)
def test_rdkit_is_not_imported_where_no_column_can_be_computed(tmp_path: Path, cells: object) -> None:
    pd.DataFrame({"smiles": SMILES, "a": cells}).to_csv(tmp_path / "a.csv", index=False)
    code = (
        "import sys; from pathlib import Path; from auditor.source.table.reading import read_table\n"
        f"read_table(Path({str(tmp_path / 'a.csv')!r})); sys.exit('rdkit' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


GROUPS = np.arange(N) // 8


@pytest.mark.parametrize(
    "group",
    ["plate", "Assay Plate", "batch_id", "Run date", "date"],
)
@pytest.mark.parametrize("text", [True, False])
def test_what_is_constant_within_plates_or_days_is_no_task(tmp_path: Path, group: str, text: bool) -> None:
    cells = [f"P{number:03}" for number in GROUPS] if text else GROUPS
    columns = {group: cells, "temperature": 20 + 0.5 * (GROUPS % 5), "Z-prime": RANDOM.random(99)[GROUPS]}
    data = read(tmp_path, {**columns, "pKi": MEASURED})
    assert tasks(data) == ["pKi"]
    assert reasons(data, "temperature") == [f"about the experiment, constant within '{group}'"]
    assert "temperature" in tasks(
        read(tmp_path, {**columns, "pKi": MEASURED}, tasks=["temperature", "pKi"])
    )


@given(st.integers(0, 10**6), st.integers(3, 12), st.floats(0.02, 0.5))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_class_or_a_sparse_task_beside_plates_is_a_task(
    tmp_path: Path, seed: int, size: int, share: float
) -> None:
    rng = np.random.default_rng(seed)
    classes = (rng.random(N) < share).astype(float)
    classes[:2] = 0, 1
    sparse = np.where(rng.random(N) < 0.3, np.round(rng.normal(6, 1, N), 1), np.nan)
    sparse[:9] = np.arange(9) / 2
    data = read(tmp_path, {"plate": np.arange(N) // size, "hit": classes, "pKi": sparse})
    assert tasks(data) == ["hit", "pKi"]


def test_a_class_whose_few_hits_lie_on_one_plate_is_a_task(tmp_path: Path) -> None:
    plates = np.arange(N) // 4
    data = read(tmp_path, {"plate": plates, "hit": (plates == 2).astype(int), "pKi": MEASURED})
    assert tasks(data) == ["hit", "pKi"]
