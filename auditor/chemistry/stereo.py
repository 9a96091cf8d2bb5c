"""Stereo that a published structure leaves open: counted once per molecule and remembered."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from auditor.chemistry.naming import identify
from auditor.plugin.component import Identity, Owner

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from rdkit.Chem import Mol


def undefined_stereo(smiles: Sequence[str], *, cache: Path) -> NDArray[np.int64]:
    """Return how many stereocentres and double bonds each molecule leaves undefined (m, 2).

    -1 where RDKit cannot tell.

    Parameters
    ----------
    smiles
        Published texts that parse (m,).
    cache
        The cache folder: the counts are kept in the same kind of memory as compound names.
    """
    from auditor import __version__

    owner = Owner("core", "mtl-audit", __version__)
    level = Identity("undefined-stereo", "auditor.chemistry.stereo:name_by_undefined", "open stereo", owner)
    named = identify(smiles, level, cache=cache, doing="looking for undefined stereo")
    counts = [(named[text].name or "-1 -1").split() for text in smiles]
    return np.array(counts, dtype=np.int64).reshape(-1, 2)


def name_by_undefined(smiles: str, mol: Mol) -> str:
    """Return "centres bonds": tetrahedral centres and double bonds whose configuration is not given.

    Centres are those of RDKit's FindMolChiralCenters as most published counts use it (which
    overlooks some ring centres that are only centres because of one another); bonds are those of
    FindPotentialStereo.
    """
    from rdkit import Chem

    centres = Chem.FindMolChiralCenters(mol, includeUnassigned=True, useLegacyImplementation=True)
    bonds = [
        found
        for found in Chem.FindPotentialStereo(mol)
        if found.type == Chem.StereoType.Bond_Double and found.specified == Chem.StereoSpecified.Unspecified
    ]
    return f"{sum(code == '?' for _, code in centres)} {len(bonds)}"
