"""Enhanced stereo: a mixture is named by all of its isomers, "one of these" by all that it may be.

The names do not depend on which isomer was drawn, nor on how a release of RDKit writes stereo groups.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rdkit.Chem import Mol

MOST_GROUPS = 8
"""Most groups of open handedness in a molecule: each doubles the isomers that are named."""
BOTH, EITHER = " & ", " or "
_RACEMIC = re.compile(r"\|(?:[^|]*,)?r(?:,[^|]*)?\|")


def name_isomers(mol: Mol, names_of: Callable[[Mol], Collection[str]]) -> str:
    """Return the name of a molecule: of one isomer, of a mixture (``A & B``), of either (``A or B``).

    CXSMILES groups ``&`` are mixtures of both hands, groups ``o`` one hand of the two, groups ``a``
    nothing else than plain stereo. A group that changes nothing, as in a meso compound, does not count.

    Parameters
    ----------
    names_of
        The names of one isomer, a molecule without groups: several where a row holds several isomers.

    Raises
    ------
    ValueError
        It has more than `MOST_GROUPS` groups.
    """
    groups = mol.GetStereoGroups()
    if not len(groups):
        return BOTH.join(sorted(set(names_of(mol))))
    both, either = _by_kind(groups)
    if len(both) + len(either) > MOST_GROUPS:
        raise ValueError(f"{len(both) + len(either)} enhanced stereo groups, more than {MOST_GROUPS}")
    found = set()
    for turned in _subsets(either):
        mixture = {name for more in _subsets(both) for name in names_of(_isomer(mol, [*turned, *more]))}
        found.add(BOTH.join(sorted(mixture)))
    return EITHER.join(sorted(found))


def with_flag(smiles: str, mol: Mol) -> Mol:
    """Return a molecule whose CXSMILES say ``|r|``, racemic, with its centres in one group ``&``.

    RDKit reads the flag, which stands for a mol file without the chiral flag, and forgets it.
    """
    if "|" not in smiles or not _RACEMIC.search(smiles):
        return mol
    from rdkit import Chem

    racemic = Chem.Mol(mol)
    racemic.SetIntProp("_MolFileChiralFlag", 0)
    Chem.TranslateChiralFlagToStereoGroups(racemic)
    return racemic


def _by_kind(groups: Any) -> tuple[list[list[int]], list[list[int]]]:
    """Return the atoms of every group ``&`` and of every group ``o``."""
    from rdkit.Chem import StereoGroupType

    kinds = (StereoGroupType.STEREO_AND, StereoGroupType.STEREO_OR)
    both, either = (
        [[atom.GetIdx() for atom in group.GetAtoms()] for group in groups if group.GetGroupType() == kind]
        for kind in kinds
    )
    return both, either


def _subsets(groups: Sequence[list[int]]) -> list[list[list[int]]]:
    chosen = itertools.product((False, True), repeat=len(groups))
    return [list(itertools.compress(groups, some)) for some in chosen]


def _isomer(mol: Mol, turned: Sequence[Sequence[int]]) -> Mol:
    """Return a copy without groups in which the centres of some groups have the other hand."""
    from rdkit import Chem

    isomer = Chem.RWMol(mol)
    isomer.SetStereoGroups([])
    for atom in itertools.chain.from_iterable(turned):
        isomer.GetAtomWithIdx(atom).InvertChirality()
    Chem.AssignStereochemistry(isomer, cleanIt=True, force=True)
    return isomer.GetMol()
