"""MoleculeNet sets through DeepChem: every published row, missing labels missing, nothing left behind."""

from __future__ import annotations

import gzip
import itertools
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from auditor.errors import DataError
from auditor.source.files import SourceFiles
from auditor.source.library import quietly
from mtl_audit_moleculenet.catalog import PANEL, SETS
from mtl_audit_moleculenet.molnet import read_rows
from mtl_audit_moleculenet.toxcast import PAPER_17, assay_of
from tests.plugins.reading import EXACT, read, registry, tree

SMILES = {"bace": "mol", "bace-regression": "mol"}
NAMES = {"esol": ["measured log solubility in mols per litre"], "freesolv": ["expt"],
         "lipophilicity": ["exp"], "bace": ["Class"], "bace-regression": ["pIC50"], "bbbp": ["p_np"],
         "hiv": ["HIV_active"]}  # fmt: skip
OFFERED = [name for name in SETS if name != "sider"]


def raw_of(mirror: Path, name: str) -> tuple[list[str], pd.DataFrame]:
    """Return SMILES and label columns of a published file, read without DeepChem."""
    frame = pd.read_csv(mirror / "moleculenet" / SETS[name].file, **EXACT)
    smiles = SMILES.get(name, "smiles")
    labels = NAMES.get(name) or [c for c in frame.columns if c not in (smiles, "mol_id")]
    return frame[smiles].tolist(), frame[labels]


@pytest.mark.extras
def test_the_catalog_downloads_what_deepchem_downloads() -> None:
    with quietly("DeepChem", reading="its loaders", extra="deepchem"):
        from deepchem import molnet
        from deepchem.molnet.load_function import qm8_datasets
    for row in SETS.values():
        if row.loader:
            module = __import__(getattr(molnet, row.loader).__module__, fromlist=["x"])
            urls = [value for key, value in vars(module).items() if key.endswith("_URL")]
            assert row.url in urls, row.name
    assert SETS["qm8"].url == qm8_datasets.QM8_CSV_URL


def test_every_set_and_the_panel_are_offered() -> None:
    assert {*SETS, "toxcast-17", "moleculenet"} <= set(registry().names("dataset"))


def test_read_outs_of_one_assay_are_known() -> None:
    assert assay_of("ATG_AP_1_CIS_dn") == assay_of("ATG_AP_1_CIS_up")
    assert assay_of("ACEA_T47D_80hr_Negative") == assay_of("ACEA_T47D_80hr_Positive")
    assert assay_of("Tanguay_ZF_120hpf_ActivityScore") == assay_of("Tanguay_ZF_120hpf_MORT_up")
    assert assay_of("APR_HepG2_CellLoss_24h_dn") != assay_of("APR_HepG2_CellLoss_72h_dn")
    assert assay_of("NVS_NR_hER") != assay_of("NVS_NR_bER")


@pytest.mark.extras
def test_missing_labels_are_left_out_and_unreadable_smiles_are_kept(tmp_path: Path) -> None:
    columns = SETS_TOX21 = [
        "NR-AR", "NR-AR-LBD", "NR-AhR", "NR-Aromatase", "NR-ER", "NR-ER-LBD", "NR-PPAR-gamma",
        "SR-ARE", "SR-ATAD5", "SR-HSE", "SR-MMP", "SR-p53",
    ]  # fmt: skip
    lines = [
        ",".join([*columns, "mol_id", "smiles"]),
        ",".join(["1", *["0"] * 11, "a", "CCO"]),
        ",".join(["", *["0"] * 10, "1", "b", "CCN"]),
        ",".join(["0", *[""] * 11, "c", "nonsense"]),
    ]
    path = tmp_path / "moleculenet" / "tox21.csv.gz"
    path.parent.mkdir()
    path.write_bytes(gzip.compress("\n".join(lines).encode(), mtime=0))
    data, _ = read("tox21", tmp_path / "cache", tmp_path)
    assert [table.task.name for table in data.tables] == SETS_TOX21
    first, *middle, last = data.tables
    assert (first.smiles, first.values.tolist()) == (("CCO", "nonsense"), [1, 0])
    assert (last.smiles, last.values.tolist()) == (("CCO", "CCN"), [0, 1])
    assert all(table.values.tolist() == [0, 0] for table in middle)
    assert any("3 rows and 12 tasks were read; 7,831 rows" in note for note in data.notes)


@pytest.mark.extras
@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "empty"),
        (b"<html>Access denied</html>", "web page"),
        (gzip.compress(b"smiles,NR-AR\nCCO,1\n" * 9, mtime=0)[:-12], "truncated"),
        (gzip.compress(b"smiles,something\nCCO,1\n", mtime=0), "DeepChem cannot read"),
        (gzip.compress(b"upstream connect error\n", mtime=0), "names no column smiles or mol"),
        (gzip.compress(b"\x00\xff\xfe", mtime=0), "not a text"),
    ],
)
def test_a_spoilt_file_is_one_error_and_leaves_nothing(
    tmp_path: Path, body: bytes, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "files" / "moleculenet" / "tox21.csv.gz"
    path.parent.mkdir(parents=True)
    path.write_bytes(body)
    scratch = tempfile.gettempdir()
    with pytest.raises(DataError, match=said) as caught:
        read("tox21", tmp_path)
    assert "tox21.csv.gz" in caught.value.message + caught.value.hint
    assert not [p for p in (tmp_path / "datasets").iterdir() if p.is_dir()]
    assert not list((tmp_path / "files").glob(".deepchem-*"))
    assert tempfile.gettempdir() == scratch
    assert capsys.readouterr().out == ""


@pytest.mark.extras
def test_offline_without_a_file_names_url_and_place(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"moleculenet/HIV\.csv") as caught:
        read("hiv", tmp_path)
    assert SETS["hiv"].url in caught.value.hint
    assert str(tmp_path / "files" / "moleculenet" / "HIV.csv") in caught.value.hint


@pytest.mark.published
@pytest.mark.parametrize("name", OFFERED)
def test_every_published_row_and_label_arrives(mirror: Path, published_cache: Path, name: str) -> None:
    data, _ = read(name, published_cache, mirror)
    smiles, labels = raw_of(mirror, name)
    assert [table.task.name for table in data.tables] == labels.columns.tolist()
    assert (len(smiles), labels.shape[1]) == (SETS[name].rows, SETS[name].tasks)
    assert not any("were read" in note for note in data.notes)
    for table, column in zip(data.tables, labels.columns, strict=True):
        measured = labels[column].notna().to_numpy()
        assert list(table.smiles) == list(itertools.compress(smiles, measured))
        np.testing.assert_array_equal(table.values, labels[column].to_numpy(dtype=float)[measured])


@pytest.mark.published
def test_missing_fractions_are_as_published(mirror: Path, published_cache: Path) -> None:
    for name, missing in (("tox21", 0.1705), ("toxcast", 0.7106), ("muv", 0.8421), ("clintox", 0.0)):
        data, _ = read(name, published_cache, mirror)
        labels = sum(len(table.values) for table in data.tables)
        cells = SETS[name].rows * SETS[name].tasks
        assert 1 - labels / cells == pytest.approx(missing, abs=5e-5)


@pytest.mark.published
def test_the_papers_toxcast_tasks_are_columns_of_toxcast(mirror: Path, published_cache: Path) -> None:
    data, _ = read("toxcast-17", published_cache, mirror)
    whole = {table.task.name: table for table in read("toxcast", published_cache, mirror)[0].tables}
    assert [table.task.name for table in data.tables] == list(PAPER_17)
    assert all(len(table.values) >= 1000 for table in data.tables)
    for table in data.tables:
        assert table.task == whole[table.task.name].task
        np.testing.assert_array_equal(table.values, whole[table.task.name].values)
    measured = {text for table in data.tables for text in table.smiles}
    assert len(measured) == pytest.approx(3519, abs=20)


@pytest.mark.published
def test_the_panel_has_one_task_per_set_and_reproduces_the_published_overlap(
    mirror: Path, published_cache: Path
) -> None:
    from rdkit import Chem, rdBase

    data, _ = read("moleculenet", published_cache, mirror)
    assert [table.task.name for table in data.tables] == list(PANEL)
    assert [table.task.domain for table in data.tables] == list(PANEL)
    members = []
    with rdBase.BlockLogs():
        for table in data.tables:
            parsed = (Chem.MolFromSmiles(text) for text in table.smiles)
            members.append({Chem.MolToSmiles(mol) for mol in parsed if mol is not None})
    pairs = list(itertools.combinations(members, 2))
    jaccard = [len(a & b) / len(a | b) for a, b in pairs]
    assert np.median(jaccard) == pytest.approx(0.009, abs=5e-4)
    assert max(jaccard) == jaccard[0] == pytest.approx(0.240, abs=5e-4)  # ESOL with FreeSolv
    a, b = pairs[0]
    assert len(a & b) / min(len(a), len(b)) == pytest.approx(0.530, abs=5e-4)


@pytest.mark.published
def test_the_panel_can_take_every_task(mirror: Path, published_cache: Path) -> None:
    data, _ = read("moleculenet", published_cache, mirror, every_task="yes")
    names = [table.task.name for table in data.tables]
    assert len(names) == 6 + 2 + 27 + 12
    assert {"esol", "clintox:CT_TOX", "tox21:NR-AR", "sider:Eye disorders"} <= set(names)


@pytest.mark.published
@pytest.mark.extras
@pytest.mark.parametrize("name", ["bbbp", "tox21"])
def test_rejected_smiles_are_what_deepchems_own_featuriser_drops(
    mirror: Path, published_cache: Path, tmp_path: Path, name: str
) -> None:
    data, _ = read(name, published_cache, mirror)
    row = SETS[name]
    (tmp_path / row.file).write_bytes((mirror / "moleculenet" / row.file).read_bytes())
    with quietly("DeepChem", reading=name, extra="deepchem"):
        import deepchem as dc
        from rdkit import Chem, rdBase

        with rdBase.BlockLogs():
            _, (dataset,), _ = getattr(dc.molnet, row.loader)(
                featurizer=dc.feat.RawFeaturizer(smiles=True),
                splitter=None,
                transformers=[],
                reload=False,
                data_dir=str(tmp_path),
                save_dir=str(tmp_path),
            )
            smiles, _ = raw_of(mirror, name)
            rejected = {text for text in smiles if Chem.MolFromSmiles(text) is None}
    assert len(dataset) == row.rows - sum(text in rejected for text in smiles)
    assert rejected or name != "bbbp"  # how many of tox21 are rejected depends on RDKit's version
    for index, table in enumerate(data.tables):
        kept = [i for i, text in enumerate(table.smiles) if text not in rejected]
        there = dataset.w[:, index] > 0
        assert [table.smiles[i] for i in kept] == dataset.ids[there].tolist()
        np.testing.assert_array_equal(table.values[kept], dataset.y[there, index])


@pytest.mark.published
@pytest.mark.extras
def test_labels_that_deepchem_fills_with_zeros_come_out_missing(mirror: Path, tmp_path: Path) -> None:
    row = SETS["tox21"]
    (tmp_path / row.file).write_bytes((mirror / "moleculenet" / row.file).read_bytes())
    with quietly("DeepChem", reading="tox21", extra="deepchem"):
        import deepchem as dc

        _, (dataset,), _ = dc.molnet.load_tox21(
            featurizer=dc.feat.DummyFeaturizer(),
            splitter=None,
            transformers=[],
            reload=False,
            data_dir=str(tmp_path),
            save_dir=str(tmp_path),
        )
        filled, y = dataset.w == 0, dataset.y
    (rows,) = read_rows(SourceFiles(tmp_path / "cache", str(mirror), offline=True), [row])
    published = raw_of(mirror, "tox21")[1][list(rows.tasks)].to_numpy(dtype=float)
    assert filled.sum() == np.isnan(published).sum() == 16_026
    assert (y[filled] == 0).all()  # which would pass for inactive
    np.testing.assert_array_equal(np.isnan(rows.values), filled)
    np.testing.assert_array_equal(rows.values, published)


@pytest.mark.published
def test_reading_leaves_mirror_and_cache_clean(mirror: Path, tmp_path: Path) -> None:
    before = tree(mirror / "moleculenet")
    read("clintox", tmp_path, mirror)
    assert tree(mirror / "moleculenet") == before
    left = [p.name for p in (tmp_path / "files").rglob("*") if not p.name.startswith(".")]
    assert sorted(left) == ["clintox.csv.gz", "moleculenet"]
    assert not list((tmp_path / "files").glob(".deepchem-*"))
