"""Name a compound as ChEMBL would: its lists of salts and solvents, its neutral parent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chembl_structure_pipeline import standardizer
from rdkit import Chem

from auditor.chemistry.isomers import name_isomers
from auditor.chemistry.levels import plain

if TYPE_CHECKING:
    from rdkit.Chem import Mol


def chembl_parent(smiles: str, mol: Mol) -> str:
    """Name a compound by the standard InChIKey of its parent in ChEMBL.

    The pipeline knows no enhanced stereo, so it is given each isomer of a mixture by itself, as the
    tool's own levels do. What ChEMBL does not desalt (compounds with some metals, or with more than
    seven boron atoms) is named as a whole.

    Raises
    ------
    ValueError
        InChI cannot describe the parent.
    """
    return name_isomers(plain(smiles, mol), lambda isomer: (_key(isomer),))


def _key(mol: Mol) -> str:
    parent, _ = standardizer.get_parent_mol(standardizer.standardize_mol(Chem.Mol(mol)))
    key = str(Chem.MolToInchiKey(parent))
    if not key:
        raise ValueError("InChI cannot describe the structure")
    return key
