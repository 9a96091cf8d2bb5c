"""Published tables as panels for `benchmarks.transfer`: compounds, scaffolds, labels, kernel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from auditor.chemistry.levels import parse, scaffold
from auditor.transfer.kernel.similarity import Similarity, similarity_of
from benchmarks.support import MIRROR

TDC = (
    "caco2_wang", "lipophilicity_astrazeneca", "solubility_aqsoldb", "ppbr_az", "vdss_lombardo",
    "half_life_obach", "clearance_hepatocyte_az", "clearance_microsome_az",
)  # fmt: skip
QM9 = ("mu", "alpha", "homo", "lumo", "gap", "r2", "zpve", "u0", "cv")
LOGGED = ("vdss_lombardo", "half_life_obach", "clearance_hepatocyte_az", "clearance_microsome_az")
MOST, MOST_SPARSE = 4_000, 8_000
"""Compounds of a panel, at random; more of a panel whose compounds have hardly more than one label each."""
SPARSE = ("kinases", "tdc")


@dataclass(frozen=True)
class Published:
    """A published table; ``labels`` (n, t) with NaN for what was not measured.

    ``held`` (n,) are the compounds that are held out, None for scaffolds at random.
    """

    name: str
    smiles: tuple[str, ...]
    tasks: tuple[str, ...]
    labels: NDArray[np.float64]
    scaffolds: NDArray[np.str_]
    similarity: Similarity
    classes: bool
    recipient: int
    held: NDArray[np.bool_] | None = None


def published(name: str) -> Published:
    """Return a panel by name."""
    frame, classes, recipient = {**PANELS, "sider": _sider}[name]()
    most = MOST_SPARSE if name in SPARSE else MOST
    frame = frame.sample(min(most, len(frame)), random_state=0).sort_index()
    smiles, scaffolds, keep = [], [], []
    for place, text in enumerate(frame.index):
        try:
            scaffolds.append(scaffold(text, parse(text)))
        except ValueError:
            continue
        smiles.append(text)
        keep.append(place)
    labels = frame.to_numpy(dtype=np.float64)[keep]
    names = tuple(str(column) for column in frame.columns)
    kernel = similarity_of(smiles)
    return Published(name, tuple(smiles), names, labels, np.array(scaffolds), kernel, classes, recipient)


def _read(path: Path, **options: str) -> pd.DataFrame:
    return pd.read_csv(path, **options)


def _averaged(frame: pd.DataFrame, smiles: str, tasks: list[str]) -> pd.DataFrame:
    return frame.groupby(smiles)[tasks].mean()


def _kinases() -> tuple[pd.DataFrame, bool, int]:
    frame = _read(MIRROR / "kinase" / "kinase_panel19_derived.csv.gz")
    frame = _averaged(frame, "SMILES", [c for c in frame.columns if c not in ("SMILES", "InChIKey")])
    most = frame.notna().sum().sort_values(ascending=False).index[:8]
    return frame[most].dropna(how="all"), False, 100


def _tdc() -> tuple[pd.DataFrame, bool, int]:
    columns = []
    for name in TDC:
        rows = _read(MIRROR / "tdc" / f"{name}.tab", sep="\t")
        values = rows.groupby(rows.columns[1])["Y"].mean()  # the names of the columns differ
        columns.append((np.log10(values.clip(lower=1e-2)) if name in LOGGED else values).rename(name))
    return pd.concat(columns, axis=1), False, 100


def _qm9() -> tuple[pd.DataFrame, bool, int]:
    frame = _read(MIRROR / "moleculenet" / "qm9_subset14862.csv")
    return _averaged(frame, "smiles", list(QM9)), False, 100


def _tox21() -> tuple[pd.DataFrame, bool, int]:
    frame = _read(MIRROR / "moleculenet" / "tox21.csv.gz")
    return frame.set_index("smiles").drop(columns="mol_id").groupby(level=0).max(), True, 200


def _sider() -> tuple[pd.DataFrame, bool, int]:
    frame = _read(MIRROR / "moleculenet" / "sider.csv.gz")
    return frame.set_index("smiles").groupby(level=0).max(), True, 200


def _expansionrx() -> tuple[pd.DataFrame, bool, int]:
    frame = _read(MIRROR / "openadmet" / "expansion_data_train.csv")
    frame = _averaged(frame, "SMILES", [c for c in frame.columns if c not in ("SMILES", "Molecule Name")])
    logged = [c for c in frame.columns if c != "LogD"]
    frame[logged] = np.log10(frame[logged].clip(lower=0) + 1)
    return frame, False, 100


PANELS: dict[str, Callable[[], tuple[pd.DataFrame, bool, int]]] = {
    "kinases": _kinases,
    "tdc": _tdc,
    "qm9": _qm9,
    "tox21": _tox21,
    "expansionrx": _expansionrx,
}
