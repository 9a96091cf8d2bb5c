"""What counts as the same compound: six levels, from the text as written to the scaffold.

Overlap depends on this choice more than on any other: between SIDER and ClinTox the Jaccard overlap
is 0.10 by canonical SMILES and 0.54 by the skeleton of the neutral parent. So the level is named in
every report. Stereo and tautomers are merged only by the levels that say so.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from auditor.chemistry.isomers import name_isomers, with_flag
from auditor.chemistry.parent import parents_of, unmapped

if TYPE_CHECKING:
    from rdkit.Chem import Mol

DEFAULT_IDENTITY = "parent-inchikey"
MAX_SMILES = 5_000
"""Longest SMILES that is parsed; the longest of the published benchmarks has 1,340 characters."""
MAX_ATOMS = 1_000
"""Most atoms that are parsed: InChI takes 1,024, and RDKit needs minutes for a chain of 5,000."""
_FOREIGN = re.compile(r"[^\t\n\v\f\r\x20-\x7e]")


def as_written(smiles: str, mol: Mol) -> str:
    """Name a compound by its published text."""
    return smiles.strip()


def canonical(smiles: str, mol: Mol) -> str:
    """Name a compound by RDKit's canonical isomeric SMILES, salts and charges kept."""
    from rdkit import Chem

    return name_isomers(plain(smiles, mol), lambda isomer: (str(Chem.MolToSmiles(isomer)),))


def parent(smiles: str, mol: Mol) -> str:
    """Name a compound by the canonical SMILES of its parent: no counter-ions, charges, solvents."""
    from rdkit import Chem

    return _by_parents(plain(smiles, mol), Chem.MolToSmiles)


def parent_inchikey(smiles: str, mol: Mol) -> str:
    """Name a compound by the standard InChIKey of its parent; stereo counts, mobile hydrogens do not."""
    return _by_parents(plain(smiles, mol), _inchikey)


def skeleton(smiles: str, mol: Mol) -> str:
    """Name a compound by the first block of its parent's InChIKey: no stereo, no isotopes."""
    return _inchikey(parents_of(plain(smiles, mol))[0])[:14]


def scaffold(smiles: str, mol: Mol) -> str:
    """Name a compound by the Bemis-Murcko scaffold of its parent; all acyclic compounds are one."""
    return _by_parents(plain(smiles, mol), _scaffold)


def plain(smiles: str, mol: Mol) -> Mol:
    """Return a molecule without atom maps, which are written with a colon, and with its racemic flag."""
    return with_flag(smiles, unmapped(mol) if ":" in smiles else mol)


def _by_parents(mol: Mol, name: Callable[[Mol], object]) -> str:
    return name_isomers(mol, lambda isomer: [str(name(one)) for one in parents_of(isomer)])


def _inchikey(mol: Mol) -> str:
    from rdkit import Chem

    key = str(Chem.MolToInchiKey(mol))
    if not key:
        raise ValueError("InChI cannot describe the structure")
    return key


def _scaffold(mol: Mol) -> str:
    from rdkit import Chem
    from rdkit.Chem.Scaffolds.MurckoScaffold import GetScaffoldForMol

    return str(Chem.MolToSmiles(GetScaffoldForMol(mol))) or "acyclic"


def refusal(smiles: str) -> str:
    """Return why a text cannot be SMILES by its looks alone; empty where it may be.

    RDKit itself reads "C C", "C\\nC" and "CСC" with a Cyrillic С without a word, as methane.
    """
    text = smiles.strip()
    if not text:
        return "empty"
    if len(text) > MAX_SMILES:
        return f"longer than {MAX_SMILES:,} characters"
    foreign = _FOREIGN.search(text)
    if foreign:
        return f"not SMILES: the character U+{ord(foreign[0]):04X}"
    parts = text.split(maxsplit=1)
    if len(parts) > 1 and not parts[1].startswith("|"):
        return "not SMILES: text after a blank"
    return ""


def parse(smiles: str) -> Mol:
    """Return the molecule that a published text stands for.

    Raises
    ------
    ValueError
        It is empty, longer than `MAX_SMILES`, larger than `MAX_ATOMS`, not SMILES, or chemically
        impossible; the message says which.
    """
    reason = refusal(smiles)
    if reason:
        raise ValueError(reason)
    try:
        return _read(smiles.strip())
    except RuntimeError as error:
        said = " ".join(str(error).split()).removeprefix("Pre-condition Violation ")
        raise ValueError(f"RDKit fails on it: {said.partition(' Violation occurred')[0]}") from error


def _read(text: str) -> Mol:
    from rdkit import Chem

    loose = _small_enough(text) if len(text) > MAX_ATOMS else None
    mol = Chem.MolFromSmiles(text)
    if mol is not None:
        if mol.GetNumAtoms() == 0:
            raise ValueError("no atoms")
        return mol
    loose = loose or Chem.MolFromSmiles(text, sanitize=False)
    if loose is None:
        raise ValueError("not SMILES")
    problems = Chem.DetectChemistryProblems(loose)
    raise ValueError(problems[0].Message() if problems else "cannot be sanitised")


def _small_enough(text: str) -> Mol | None:
    """Return the molecule unsanitised, which takes milliseconds at any size; None if it is not SMILES."""
    from rdkit import Chem

    loose = Chem.MolFromSmiles(text, sanitize=False)
    if loose is not None and loose.GetNumAtoms() > MAX_ATOMS:
        raise ValueError(f"{loose.GetNumAtoms():,} atoms, more than {MAX_ATOMS:,}")
    return loose
