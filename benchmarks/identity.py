"""What the rules for one compound change in the published benchmarks: a table, before and after.

``python -m benchmarks.identity`` prints it; the page docs/compounds.md shows what it prints. Before are the
rules of 0.1.0: the largest fragment, hydrogens counted, by RDKit's chooser and uncharger.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor import __version__
from auditor.audit.reading import join_rows, read_benchmark
from auditor.audit.request import DataRequest
from auditor.overlap.overlap import overlap_of
from auditor.plugin.component import Identity, Owner
from auditor.plugin.loading import load_registry
from auditor.plugin.registry import Registry
from auditor.statistics.pairs import upper
from benchmarks.support import MIRROR, has_mirror, table

if TYPE_CHECKING:
    from rdkit.Chem import Mol

    from auditor.benchmark.joining import Joined

BENCHMARKS = (
    "tox21", "sider", "clintox", "toxcast", "bbbp", "hiv", "bace", "tdc-admet",
    "kinase/kinase_panel19_derived.csv.gz", "openadmet/expansion_data_train.csv",
)  # fmt: skip
BEFORE, PLAIN = "before", "plain-inchikey"
HEADER = (
    "benchmark", "texts", "compounds", "merged", "split", "conflicts", "of rows as they are",
    "median Jaccard",
)  # fmt: skip


@dataclass(frozen=True)
class Change:
    """A benchmark by the rules before and after; ``jaccard`` is NaN where it has one task."""

    texts: int
    compounds: tuple[int, int]
    merged: int
    """Compounds before that are one with others now."""
    split: int
    """Compounds now that were one with others before."""
    conflicts: tuple[int, int]
    plain_conflicts: int
    """The same by the InChIKey of the row as written, which keeps salts apart."""
    jaccard: tuple[float, float]


def main(names: Iterable[str] = ()) -> None:
    """Print the table of some benchmarks, or of all."""
    if not has_mirror():
        return
    with tempfile.TemporaryDirectory() as cache:
        table(HEADER, rows(tuple(names) or BENCHMARKS, Path(cache)))


def rows(names: Iterable[str], cache: Path) -> Iterator[tuple[str, ...]]:
    """Yield a row of the table for every benchmark."""
    for name in names:
        found = change_of(name, cache)
        yield (
            short(name),
            f"{found.texts:,}",
            _pair(f"{value:,}" for value in found.compounds),
            str(found.merged),
            str(found.split),
            _pair(f"{value:,}" for value in found.conflicts),
            f"{found.plain_conflicts:,}",
            "–" if np.isnan(found.jaccard[0]) else _pair(f"{value:.4f}" for value in found.jaccard),
        )


def short(name: str) -> str:
    """Return a benchmark's name without the folder and the suffix of a file."""
    return name.rpartition("/")[2].partition(".")[0]


def change_of(name: str, cache: Path) -> Change:
    """Return what becomes of a published benchmark."""
    registry = _with_others(load_registry())
    path = MIRROR / name
    request = DataRequest(
        str(path) if path.is_file() else name, registry, cache, mirror=str(MIRROR), offline=True
    )
    after = read_benchmark(request)
    before, plain = (
        join_rows(name, after.data, replace(request, identity=level)) for level in (BEFORE, PLAIN)
    )
    old, new = ({text: named.name for text, named in joined.names.items()} for joined in (before, after))
    return Change(
        len(new),
        (before.benchmark.n, after.benchmark.n),
        _several(new, old),
        _several(old, new),
        (_conflicts(before), _conflicts(after)),
        _conflicts(plain),
        (_jaccard(before), _jaccard(after)),
    )


def name_before(smiles: str, mol: Mol) -> str:
    """Name a compound by the rules of 0.1.0."""
    from rdkit import Chem
    from rdkit.Chem.MolStandardize import rdMolStandardize

    if len(Chem.GetMolFrags(mol)) > 1:
        mol = rdMolStandardize.LargestFragmentChooser().choose(mol)
    if any(atom.GetFormalCharge() for atom in mol.GetAtoms()):
        mol = rdMolStandardize.Uncharger().uncharge(mol)
    return name_plain(smiles, mol)


def name_plain(smiles: str, mol: Mol) -> str:
    """Name a row by its own InChIKey."""
    from rdkit import Chem

    key = str(Chem.MolToInchiKey(mol))
    if not key:
        raise ValueError("InChI cannot describe the structure")
    return key


def _with_others(registry: Registry) -> Registry:
    owner = Owner("benchmarks", "mtl-audit", __version__)
    levels = [
        Identity(name, f"benchmarks.identity:{function}", name, owner)
        for name, function in ((BEFORE, "name_before"), (PLAIN, "name_plain"))
    ]
    more = {("identity", level.name): level for level in levels}
    return replace(registry, components={**registry.components, **more})


def _several(by: Mapping[str, Any], counted: Mapping[str, Any]) -> int:
    """Return how many names of ``counted`` share a name of ``by`` with another, or have several of it."""
    groups: dict[str, set[str]] = {}
    for text, name in counted.items():
        if name is not None and by[text] is not None:
            groups.setdefault(by[text], set()).add(name)
    return len(set().union(*(names for names in groups.values() if len(names) > 1)))


def _conflicts(joined: Joined) -> int:
    return sum(count.conflicting for count in joined.counts)


def _jaccard(joined: Joined) -> float:
    if joined.benchmark.t < 2:
        return float("nan")
    return float(np.nanmedian(upper(overlap_of(joined.measured, joined.benchmark.task_names).jaccard)))


def _pair(values: Iterable[str]) -> str:
    first, second = values
    return first if first == second else f"{first} → {second}"


if __name__ == "__main__":
    main(sys.argv[1:])
