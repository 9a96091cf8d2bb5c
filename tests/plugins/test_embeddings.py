"""The encoder over vectors of a file: each compound gets its own vector, and nothing is read wrongly in silence."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from rdkit import Chem

from auditor.errors import AuditError, DataError, UsageError
from auditor.plugin.loading import load_registry
from auditor.testing import Check, checks_of
from auditor.testing.material import ATOMS_AND_SALTS
from auditor.testing.material import MOLECULES as CHECKED
from auditor.training.features import pack_features
from auditor.training.trainings import Trainings
from mtl_audit_embeddings.matching import known_vectors
from mtl_audit_embeddings.model import embeddings
from tests.compute.studies import small_study, trainings_of
from tests.networks import MOLECULES, varied
from tests.plugins.vector_files import FORMS, vectors_of, write

VECTORS = vectors_of(MOLECULES)


def expected(vectors: Any) -> Any:
    """Return vectors standardised over the rows of their file."""
    return torch.tensor((vectors - vectors.mean(axis=0)) / vectors.std(axis=0), dtype=torch.float32)


def table_of(path: Path, smiles: Any = MOLECULES, **options: Any) -> torch.Tensor:
    """Return what the encoder is given for some molecules (n, d)."""
    packed: Any = pack_features(embeddings(seed=0, file=str(path), width=4, **options), smiles)
    return packed.batch(torch.arange(len(smiles)))  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Any]:
    smiles = (*CHECKED, *ATOMS_AND_SALTS[2:])
    file = write(tmp_path_factory.mktemp("vectors"), smiles, vectors_of(smiles))
    return partial(embeddings, file=str(file), width=8, hidden=12)


@pytest.mark.parametrize("check", checks_of("encoder"), ids=str)
def test_it_keeps_the_contract_of_encoders(check: Check, everything: Callable[..., Any]) -> None:
    check(everything)


@pytest.mark.parametrize("check", checks_of("encoder"), ids=str)
def test_it_keeps_the_contract_where_it_knows_some_molecules_only(check: Check, tmp_path: Path) -> None:
    file = write(tmp_path, MOLECULES[:9], VECTORS[:9])
    check(partial(embeddings, file=str(file), width=8, hidden=12), molecules=MOLECULES[:9])


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_file_gives_each_compound_its_own_vector(form: str, tmp_path: Path) -> None:
    path = write(tmp_path, MOLECULES, VECTORS, form=form)
    order = MOLECULES[::-1]
    torch.testing.assert_close(table_of(path, order), expected(VECTORS).flip(0), rtol=1e-5, atol=1e-6)


@given(st.permutations(range(len(MOLECULES))), st.integers(0, 2**16))
def test_neither_the_order_of_the_rows_nor_the_spelling_of_a_smiles_matters(
    tmp_path_factory: pytest.TempPathFactory, order: list[int], seed: int
) -> None:
    spelled = [
        Chem.MolToRandomSmilesVect(Chem.MolFromSmiles(MOLECULES[place]), 1, randomSeed=seed)[0]
        for place in order
    ]
    path = write(tmp_path_factory.mktemp("spelled"), spelled, VECTORS[order])
    torch.testing.assert_close(table_of(path), expected(VECTORS), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("form", FORMS)
def test_inchikeys_find_the_same_vectors(form: str, tmp_path: Path) -> None:
    keys = [Chem.MolToInchiKey(Chem.MolFromSmiles(text)) for text in MOLECULES]
    path = write(tmp_path, keys, VECTORS, key="InChIKey", form=form)
    torch.testing.assert_close(table_of(path), expected(VECTORS), rtol=1e-5, atol=1e-6)


def test_a_salt_finds_its_own_row_and_else_that_of_its_parent(tmp_path: Path) -> None:
    acid, salt, other = "CC(=O)O", "CC(=O)[O-].[Na+]", "CC(=O)[O-].[K+]"
    both = write(tmp_path, [acid, salt], np.array([[0.0], [2.0]]))
    assert table_of(both, [salt, acid]).ravel().tolist() == [1.0, -1.0]
    one = write(tmp_path, [acid, "CCO"], np.array([[0.0], [2.0]]), form="columns.csv")
    assert table_of(one, [other, salt, acid]).ravel().tolist() == [-1.0, -1.0, -1.0]


def test_a_parent_whose_salts_have_different_vectors_is_not_guessed(tmp_path: Path) -> None:
    path = write(tmp_path, ["CC(=O)[O-].[Na+]", "CC(=O)[O-].[K+]"], np.array([[0.0], [2.0]]))
    with pytest.raises(DataError, match="no vector for 1 of 1 compound"):
        table_of(path, ["CC(=O)O"])


def test_stereoisomers_have_vectors_of_their_own(tmp_path: Path) -> None:
    path = write(tmp_path, ["C[C@H](N)C(=O)O", "C[C@@H](N)C(=O)O"], np.array([[0.0], [2.0]]))
    assert table_of(path, ["C[C@@H](N)C(=O)O", "C[C@H](N)C(=O)O"]).ravel().tolist() == [1.0, -1.0]
    with pytest.raises(DataError, match="no vector for 1 of 1"):
        table_of(path, ["CC(N)C(=O)O"])


def test_a_few_compounds_without_a_vector_are_counted_and_given_the_mean(tmp_path: Path) -> None:
    known = varied(40)
    path = write(tmp_path, known, vectors_of(known))
    packed: Any = pack_features(embeddings(seed=0, file=str(path)), [*known[:38], "CCCBr", "CCCI"])
    assert "no vector for 2 of 40 compounds; they are given the mean" in packed.lacking
    assert packed.examples == "'CCCBr', 'CCCI'" and "CCCI" not in packed.lacking
    assert not packed.table[38:].any() and packed.table[:38].all(dim=1).all()


def test_more_than_one_in_twenty_without_a_vector_are_refused(tmp_path: Path) -> None:
    known = varied(40)
    path = write(tmp_path, known, vectors_of(known))
    with pytest.raises(DataError, match=r"no vector for 3 of 40 compounds.*at most 5% may have none"):
        pack_features(embeddings(seed=0, file=str(path)), [*known[:37], "CCBr", "CCI", "CCF"])


def test_an_entry_that_is_the_same_in_every_row_is_zero(tmp_path: Path) -> None:
    vectors = VECTORS.copy()
    vectors[:, 1] = 0.1
    table = table_of(write(tmp_path, MOLECULES, vectors))
    assert not table[:, 1].any() and table[:, 0].abs().max() > 1


def test_a_column_that_numbers_the_rows_is_no_entry(tmp_path: Path) -> None:
    frame = pd.DataFrame(VECTORS, columns=list("abcde")).assign(smiles=MOLECULES)
    frame.to_csv(tmp_path / "indexed.csv")
    frame.set_index(pd.Index(range(50, 50 + len(frame)), name="row_id")).to_parquet(tmp_path / "i.parquet")
    for name in ("indexed.csv", "i.parquet"):
        torch.testing.assert_close(
            table_of(tmp_path / name), expected(VECTORS), rtol=1e-5, atol=1e-6, msg=name
        )


def changed(**cells: Any) -> Any:
    vectors = VECTORS.copy()
    vectors[cells["row"], cells["entry"]] = cells["value"]
    return vectors


def npz(path: Path, **arrays: Any) -> Path:
    np.savez(path / "arrays.npz", **arrays)
    return path / "arrays.npz"


def text(path: Path, lines: str) -> Path:
    (path / "v.csv").write_text(lines)
    return path / "v.csv"


def lists(path: Path, **columns: Any) -> Path:
    pq.write_table(pa.table(columns), path / "lists.parquet")
    return path / "lists.parquet"


BAD: dict[str, tuple[Callable[[Path], Path], str]] = {
    "two vectors of a compound": (
        lambda at: text(at, "smiles,a\nCCO,1\nCC,2\nOCC,3\n"), "rows 1 and 3 are both 'CCO'"
    ),
    "two vectors of an InChIKey": (
        lambda at: text(at, "key,inchikey,a\n1,LFQSCWFLJHTTHZ-UHFFFAOYSA-N,1\n2,LFQSCWFLJHTTHZ-UHFFFAOYSA-N,3\n"),
        "different vectors for 1 of its compounds: rows 1 and 2",
    ),
    "NaN": (lambda at: write(at, MOLECULES, changed(row=3, entry=1, value=np.nan)), "entry 2 of row 4"),
    "infinite": (lambda at: write(at, MOLECULES, changed(row=0, entry=0, value=np.inf)), "entry 1 of row 1"),
    "beyond single precision": (
        lambda at: write(at, MOLECULES, changed(row=0, entry=4, value=1e300)), "not finite in 1 of 12 rows"
    ),
    "an empty cell": (lambda at: text(at, "smiles,a,b\nCCO,1,2\nCC,,2\n"), "entry 1 of row 2"),
    "ragged text": (lambda at: text(at, "smiles,a,b\nCCO,1,2\nCC,1\n"), "more or fewer cells"),
    "ragged lists": (
        lambda at: lists(at, smiles=["CC", "CO", "CN"], v=[[1.0, 2.0], [1.0], [1.0, 2.0]]), "2 in row 1 and 1 in row 2"
    ),
    "a missing list": (lambda at: lists(at, smiles=["CC", "CO"], v=[[1.0], None]), "1 in row 1 and 0 in row 2"),
    "a missing number in a list": (lambda at: lists(at, smiles=["CC", "CO"], v=[[1.0], [None]]), "entry 1 of row 2"),
    "two columns of lists": (lambda at: lists(at, smiles=["CC"], v=[[1.0]], w=[[1.0]]), "columns of lists: v, w"),
    "a column of words": (lambda at: text(at, "smiles,a,name\nCCO,1,ethanol\nCC,2,ethane\n"), "'name' .* no number"),
    "numbers alone": (lambda at: text(at, "a,b\n1.5,2\n2.5,3\n"), "has no column of keys"),
    "keys alone": (lambda at: text(at, "smiles,index\nCCO,0\nCC,1\nCN,2\nCF,3\nCI,4\n"), "no column of numbers"),
    "keys that are names": (lambda at: text(at, "smiles,a\nethanol,1\nethane,2\n"), "neither SMILES nor InChIKeys: 'eth"),
    "keys that are numbers": (lambda at: npz(at, keys=np.arange(3), v=np.ones((3, 2))), "holds keys int64"),
    "texts as objects": (lambda at: npz(at, s=np.array(["C", "O"], dtype=object), v=np.ones((2, 2))), "dtype=str"),
    "two arrays of vectors": (
        lambda at: npz(at, s=np.array(["C", "O"]), v=np.ones((2, 2)), w=np.ones((2, 2))), "one array of texts"
    ),
    "fewer vectors than keys": (lambda at: npz(at, s=np.array(["C", "O"]), v=np.ones((1, 2))), "one array of texts"),
    "no row": (lambda at: npz(at, s=np.array([], dtype=str), v=np.ones((0, 2))), "holds no vector"),
    "no file": (lambda at: at / "none.npz", "there is no file"),
    "a folder": (lambda at: at, "is no file"),
    "a damaged archive": (lambda at: text(at, "PK").rename(at / "d.npz"), "cannot be read as arrays"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_one_line_that_says_what_is_wrong(name: str, tmp_path: Path) -> None:
    make, said = BAD[name]
    path = make(tmp_path)
    with pytest.raises(AuditError) as caught:
        embeddings(seed=0, file=str(path))
    told = f"{caught.value.message} | {caught.value.hint}"
    assert re.search(said, told), told
    assert caught.value.hint and "\n" not in told and caught.value.exit_code in (2, 4)


def test_the_key_column_can_be_named_and_a_name_that_is_not_there_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, MOLECULES, VECTORS, key="drawn", form="columns.csv")
    with pytest.raises(UsageError, match="no column of keys"):
        table_of(path)
    torch.testing.assert_close(table_of(path, column="drawn"), expected(VECTORS), rtol=1e-5, atol=1e-6)
    with pytest.raises(UsageError, match="no column 'draw'"):
        table_of(path, column="draw")


def test_it_asks_for_a_file_and_a_network() -> None:
    with pytest.raises(UsageError, match="needs a file of vectors"):
        embeddings(seed=0)
    with pytest.raises(UsageError, match="width=0"):
        embeddings(seed=0, file="v.npz", width=0)


STUDY = small_study()


def trained(cache: Path, file: Path) -> Trainings:
    """Return the trainings of the encoder over a file, run."""
    encoder = load_registry().get("encoder", "embeddings")
    options = {"file": str(file), "width": 8, "hidden": 8}
    plan = trainings_of(STUDY.benchmark, STUDY.split, cache)
    plan = replace(plan, encoder=encoder, encoder_options=options)
    plan.run()
    return plan


def test_a_file_with_another_vector_is_another_training_and_the_same_file_is_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    smiles = STUDY.benchmark.smiles
    file = write(tmp_path, smiles, vectors_of(smiles))
    first = trained(tmp_path / "cache", file)
    assert not first.reused and trained(tmp_path / "cache", file).reused == list(first.seeds)
    write(tmp_path, [*smiles, "CCCCCCCCCCBr"], vectors_of([*smiles, "CCCCCCCCCCBr"]))
    known_vectors.cache_clear()  # as in another process
    capsys.readouterr()
    assert not trained(tmp_path / "cache", file).reused
    assert "because of another features" in capsys.readouterr().err


def test_the_report_says_which_file_was_read_and_what_it_lacks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    smiles = STUDY.benchmark.smiles
    file = write(tmp_path, smiles[1:], vectors_of(smiles[1:]))
    said = trained(tmp_path / "cache", file).facts()["sentence"]
    assert "It reads 5 numbers per compound from arrays.npz (SHA-256 " in said
    assert f"no vector for 1 of {len(smiles)} compounds" in said
    warned = capsys.readouterr().err
    assert f"no vector for 1 of {len(smiles)} compounds" in warned and "They are: '" in warned
