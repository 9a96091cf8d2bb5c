"""The compound of a row: without counter-ions, solvents, covalent alkali metals and charges."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from auditor.chemistry.charges import balanced, neutral, query
from auditor.chemistry.counter_ions import Part, flat_smiles, part_of

if TYPE_CHECKING:
    from rdkit.Chem import Mol

_ODD = "[!+0,Li,Na,K,Rb,Cs,Mg,Ca,Sr,Ba]"
"""What makes a molecule of one fragment another than its parent."""
_BONDED = "[Li,Na,K,Rb,Cs;+0]-[N,n,O,S,Se,F,Cl,Br,I;+0]", "[Mg,Ca,Sr,Ba;+0]-[O,S,Se,F,Cl,Br,I;+0]"
"""Bonds of these metals that stand for ions; magnesium keeps the nitrogen of chlorophyll."""


def parents_of(mol: Mol) -> tuple[Mol, ...]:
    """Return the compound of a row, without what carries it; isomers of it in one row are several.

    The largest organic fragment by heavy atoms that is neither a known counter-ion nor a solvent is
    taken; where there is none, the largest counter-ion, and of inorganic salts all but the solvent.
    """
    from rdkit import Chem

    odd = mol.HasSubstructMatch(query(_ODD))
    if odd:
        mol = _ionic(mol)
    if len(Chem.GetMolFrags(mol)) > 1:
        return _chosen(mol)
    return (neutral(mol),) if odd else (mol,)


def unmapped(mol: Mol) -> Mol:
    """Return a copy without atom maps, and without the centres that only they made."""
    from rdkit import Chem

    mol = Chem.Mol(mol)
    for atom in mol.GetAtoms():
        atom.SetAtomMapNum(0)
    Chem.AssignStereochemistry(mol, cleanIt=True, force=True)
    return mol


def compounds_in(mol: Mol) -> int:
    """Return how many organic compounds a row holds that no list names, at least 1; isomers are one."""
    found = _fragments(_ionic(mol))
    return max(1, len({text for _, text, part in found if part == Part.COMPOUND}))


def _fragments(mol: Mol) -> list[tuple[Mol, str, Part]]:
    """Return the neutral fragments of a row, each with its text without stereo and what it is."""
    from rdkit import Chem

    neutrals = [neutral(fragment) for fragment in Chem.GetMolFrags(mol, asMols=True)]
    texts = [flat_smiles(fragment) for fragment in neutrals]
    return [(one, text, part_of(one, text)) for one, text in zip(neutrals, texts, strict=True)]


def _chosen(mol: Mol) -> tuple[Mol, ...]:
    """Return the fragments of a row that are its compound."""
    fragments = _fragments(mol)
    wanted = _wanted([part for _, _, part in fragments])
    if wanted is None:
        return (_salt(mol, [part for _, _, part in fragments]),)
    kept = [(one, text) for one, text, part in fragments if part == wanted]
    _, best = min((-one.GetNumHeavyAtoms(), text) for one, text in kept)
    return tuple(one for one, text in kept if text == best)


def _wanted(parts: Sequence[Part]) -> Part | None:
    """Return which part of a row is its compound; None where no single fragment is."""
    if Part.COMPOUND in parts:
        return Part.COMPOUND
    if Part.COMPLEX in parts:
        return None
    if Part.CARRIER in parts:
        return Part.CARRIER
    return None if Part.ION in parts else Part.SOLVENT


def _salt(mol: Mol, parts: Sequence[Part]) -> Mol:
    """Return an inorganic salt as one molecule, without solvents and lone protons."""
    from rdkit import Chem

    fragments = Chem.GetMolFrags(mol, asMols=True)
    kept = [
        fragment
        for fragment, part in zip(fragments, parts, strict=True)
        if (part != Part.SOLVENT or Chem.GetFormalCharge(fragment) < 0) and fragment.GetNumHeavyAtoms()
    ]
    if len({Chem.MolToSmiles(fragment) for fragment in kept}) == 1:
        return neutral(kept[0])
    salt = Chem.Mol()
    for fragment in kept or fragments:
        salt = Chem.CombineMols(salt, fragment)
    Chem.SanitizeMol(salt)
    return balanced(salt)


def _ionic(mol: Mol) -> Mol:
    """Return a molecule in which metals that were written as bonded are ions."""
    from rdkit import Chem

    bonds = [pair for bond in _BONDED for pair in mol.GetSubstructMatches(query(bond))]
    if not bonds:
        return mol
    ions = Chem.RWMol(mol)
    for metal, other in bonds:
        ions.RemoveBond(metal, other)
        for place, charge in ((metal, 1), (other, -1)):
            atom = ions.GetAtomWithIdx(place)
            atom.SetFormalCharge(atom.GetFormalCharge() + charge)
    Chem.SanitizeMol(ions)
    return ions.GetMol()
