"""A pickle in the place of any file that is read, fetched or kept is never loaded."""

from __future__ import annotations

import gzip
import io
import json
import pickle
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch

from auditor.cache.store import MANIFEST, load_entry, manifest_of, save_entry
from auditor.chemistry.fingerprints import morgan_bits
from auditor.compute.jobs import Job, Outcome, load_outcome, save_outcome
from auditor.errors import AuditError, DataError
from auditor.source.table.reading import read_table
from auditor.training.checkpoint import CheckpointFile
from auditor.training.entry import ARRAYS, NETWORK, read_trace
from auditor.training.groups.study import decode_study
from tests.http_server import Answers
from tests.plugins.reading import read
from tests.security.conftest import Planted

HEADER = "Drug_ID\tDrug\tY\n"
TABLE = HEADER + "1\tCCO\t1\n2\tCCN\t0\n"


def objects_npy(mark: Path) -> bytes:
    """Return an array of objects, whose loading unpickles them."""
    stream = io.BytesIO()
    np.save(stream, np.array([Planted(mark)], dtype=object), allow_pickle=True)
    return stream.getvalue()


def npz(mark: Path, names: tuple[str, ...]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in names:
            archive.writestr(f"{name}.npy", objects_npy(mark))
    return stream.getvalue()


def network_file(mark: Path) -> bytes:
    stream = io.BytesIO()
    torch.save({"key": {}, "state": Planted(mark)}, stream)
    return stream.getvalue()


def test_the_plants_work_where_nobody_defends_himself(mark: Path) -> None:
    np.load(io.BytesIO(objects_npy(mark)), allow_pickle=True)
    assert mark.exists()
    mark.unlink()
    torch.load(io.BytesIO(network_file(mark)), weights_only=False)
    assert mark.exists()


@pytest.mark.extras
@pytest.mark.parametrize("packed", [False, True])
def test_a_pickle_offered_as_a_published_file_is_refused(
    server: Answers, tmp_path: Path, attack: bytes, mark: Path, packed: bool
) -> None:
    name, file = ("tox21", "moleculenet/tox21.csv.gz") if packed else ("tdc-ames", "tdc/ames.tab")
    server.bodies[f"/{file}"] = gzip.compress(attack) if packed else attack
    with pytest.raises(DataError, match="not usable"):
        read(name, tmp_path / "cache", server.address, offline=False)
    assert not mark.exists()


@pytest.mark.extras
@pytest.mark.parametrize("place", ["cache", "mirror"])
def test_no_pickle_beside_the_published_files_is_loaded(
    tmp_path: Path, attack: bytes, mark: Path, place: str
) -> None:
    """Under every name by which PyTDC or DeepChem keeps pickles beside the file that they read."""
    mirror = tmp_path / "mirror"
    (mirror / "tdc").mkdir(parents=True)
    (mirror / "tdc" / "ames.tab").write_text(TABLE)
    (mirror / "moleculenet").mkdir()
    columns = "NR-AR,NR-AR-LBD,NR-AhR,NR-Aromatase,NR-ER,NR-ER-LBD,NR-PPAR-gamma,SR-ARE,SR-ATAD5,SR-HSE,SR-MMP,SR-p53"
    rows = f"{columns},mol_id,smiles\n" + ",".join(["1"] * 12) + ",a,CCO\n"
    (mirror / "moleculenet" / "tox21.csv.gz").write_bytes(gzip.compress(rows.encode()))
    planted = tmp_path / "cache" / "files" if place == "cache" else mirror
    for name in (
        "tdc/ames.pkl", "tdc/ames.pickle", "tdc/ames/ames.pkl", "tdc/ames.pth",
        "moleculenet/tox21-featurized/DummyFeaturizer/None/metadata.joblib",
        "moleculenet/tox21-featurized/DummyFeaturizer/None/transformers.pkl",
        "moleculenet/tox21-featurized/DummyFeaturizer/None/tasks.json",
        "tox21-featurized/DummyFeaturizer/None/metadata.joblib",
        "moleculenet/metadata.csv.gzip", "moleculenet/metadata.joblib", "moleculenet/shard-0-X.npy",
    ):  # fmt: skip
        (planted / name).parent.mkdir(parents=True, exist_ok=True)
        (planted / name).write_bytes(objects_npy(mark) if name.endswith(".npy") else attack)
    assert read("tdc-ames", tmp_path / "cache", mirror)[0].tables[0].smiles == ("CCO", "CCN")
    assert len(read("tox21", tmp_path / "cache", mirror)[0].tables) == 12
    assert not mark.exists()


@pytest.mark.extras
@pytest.mark.parametrize("file", ["labels.parquet", MANIFEST])
def test_no_pickle_in_a_stored_reading_is_loaded(
    tmp_path: Path, attack: bytes, mark: Path, file: str
) -> None:
    (tmp_path / "mirror" / "tdc").mkdir(parents=True)
    (tmp_path / "mirror" / "tdc" / "ames.tab").write_text(TABLE)
    first, _ = read("tdc-ames", tmp_path / "cache", tmp_path / "mirror")
    (found,) = (tmp_path / "cache" / "datasets").glob("tdc-ames-*/" + file)
    found.write_bytes(attack)
    again, _ = read("tdc-ames", tmp_path / "cache", tmp_path / "mirror")
    assert again.tables[0].smiles == first.tables[0].smiles
    assert not mark.exists()


@pytest.mark.filterwarnings(
    "ignore:pickle-based deserialization"
)  # pyarrow 14 and 15 say that they refuse it
def test_no_pickle_in_a_table_of_the_user_is_loaded(tmp_path: Path, attack: bytes, mark: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    extension = {"ARROW:extension:name": "arrow.py_extension_type", "ARROW:extension:metadata": attack}
    fields = pa.schema([pa.field("smiles", pa.string()), pa.field("y", pa.int64(), metadata=extension)])
    table = pa.table([pa.array(["CCO", "CCN"]), pa.array([1, 0])], schema=fields)
    pq.write_table(table, tmp_path / "a.parquet")
    assert read_table(tmp_path / "a.parquet").tables[0].values.tolist() == [1, 0]
    for name in ("a.csv", "a.tab", "a.csv.gz"):
        (tmp_path / name).write_bytes(attack)
        with pytest.raises(AuditError):
            read_table(tmp_path / name)
    assert not mark.exists()


def test_no_pickle_in_an_unfinished_training_is_loaded(tmp_path: Path, mark: Path) -> None:
    from auditor.training.checkpoint import sealed

    path = tmp_path / "a.checkpoint"
    path.write_bytes(sealed(network_file(mark)))
    assert CheckpointFile(path, {}).load() is None
    assert not mark.exists()


def test_no_pickle_in_a_finished_training_is_loaded(tmp_path: Path, mark: Path) -> None:
    save_entry(tmp_path / "t", {"trace.npz": npz(mark, ARRAYS), NETWORK: network_file(mark)}, {"seed": 0})
    entry = load_entry(tmp_path / "t")
    assert entry is not None
    with pytest.raises(ValueError, match="allow_pickle"):
        read_trace(entry)
    with pytest.raises(pickle.UnpicklingError):  # as auditor/training/trainings.py loads it
        torch.load(entry.files[NETWORK], weights_only=True)
    assert not mark.exists()


def test_no_pickle_in_an_outcome_or_a_study_is_loaded(tmp_path: Path, mark: Path) -> None:
    job = Job("a:b", {}, "data")
    save_outcome(tmp_path, job, Outcome({}, {"a": np.zeros(2)}), 0.0)
    body = npz(mark, ("a",))
    (tmp_path / job.key / "arrays.npz").write_bytes(body)
    about = {"facts": {}, "duration_s": 0.0}
    (tmp_path / job.key / MANIFEST).write_bytes(manifest_of(job.key, {"arrays.npz": body}, about))
    with pytest.raises(ValueError, match="allow_pickle"):
        load_outcome(tmp_path, job)
    with pytest.raises(ValueError, match="allow_pickle"):
        decode_study(npz(mark, ("about", "smiles", "starts", "rows", "values")))
    assert not mark.exists()


def test_no_pickle_in_kept_fingerprints_is_loaded(tmp_path: Path, mark: Path) -> None:
    morgan_bits(["CCO"], cache=tmp_path)
    (folder,) = (p for p in (tmp_path / "fingerprints").iterdir() if p.is_dir())
    shutil.rmtree(folder)
    save_entry(folder, {"bits.npy": objects_npy(mark)}, {"molecules": 1})
    with pytest.raises(ValueError, match="allow_pickle"):
        morgan_bits(["CCO"], cache=tmp_path)
    assert not mark.exists()


def test_no_pickle_in_an_extract_of_chembl_is_loaded(tmp_path: Path, attack: bytes, mark: Path) -> None:
    path = tmp_path / "mirror" / "chembl" / "jak.json.gz"
    path.parent.mkdir(parents=True)
    for body in (attack, gzip.compress(attack), gzip.compress(json.dumps({"format": 1}).encode())):
        path.write_bytes(body)
        with pytest.raises(DataError):
            read("chembl-jak", tmp_path / "cache", tmp_path / "mirror")
    assert not mark.exists()


@pytest.mark.extras
def test_a_set_that_pytdc_takes_from_a_pickle_is_refused_before_pytdc_is_asked(
    tmp_path: Path, attack: bytes, mark: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a later PyTDC might: its list of file types says so, and a pickle lies where it looks."""
    from auditor.source.library import quietly

    with quietly("PyTDC", reading="its lists", extra="tdc"):
        from tdc import metadata
    (tmp_path / "files" / "tdc").mkdir(parents=True)
    (tmp_path / "files" / "tdc" / "ames.tab").write_text(TABLE)
    (tmp_path / "files" / "tdc" / "ames.pkl").write_bytes(attack)
    monkeypatch.setitem(metadata.name2type, "ames", "pkl")
    with pytest.raises(DataError, match=r"takes ames from a \.pkl file"):
        read("tdc-ames", tmp_path)
    assert not mark.exists()


@pytest.mark.extras
@pytest.mark.parametrize("spoilt", [b"", b"<html>Service Unavailable</html>", b"Service Unavailable\n"])
def test_what_pytdc_would_keep_forever_is_refused_and_fetched_again(
    server: Answers, tmp_path: Path, spoilt: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    cached = tmp_path / "files" / "tdc" / "ames.tab"
    cached.parent.mkdir(parents=True)
    cached.write_bytes(spoilt)
    server.bodies["/tdc/ames.tab"] = TABLE.encode()
    data, _ = read("tdc-ames", tmp_path, server.address, offline=False)
    assert data.tables[0].smiles == ("CCO", "CCN")
    assert cached.read_text() == TABLE
    assert "is not usable" in capsys.readouterr().err
