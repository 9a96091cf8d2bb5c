"""What a row holds beside its compound: counter-ions and solvents, told by their structure.

RDKit's FragmentRemover is not used: it takes fragments away in the order of its list until one is left,
so that which one stays depends on the list, and meglumine and pamoic acid are not on it.
"""

from __future__ import annotations

from enum import IntEnum
from functools import cache
from typing import TYPE_CHECKING

from auditor.chemistry.charges import neutral, query

if TYPE_CHECKING:
    from rdkit.Chem import Mol

CARRIERS = """
OC=O CC(=O)O CCC(=O)O CCCC(=O)O CCCCCC(=O)O CCCCCCCC(=O)O CCCCCCCCCC(=O)O CCCCCCCCCCCC(=O)O
CCCCCCCCCCCCCC(=O)O CCCCCCCCCCCCCCCC(=O)O CCCCCCCCCCCCCCCCCC(=O)O CCCCCCCCC=CCCCCCCCC(=O)O C=CCCCCCCCCC(=O)O
CC(C)(C)C(=O)O CC(C)CC(=O)O OC(=O)C(F)(F)F OC(=O)CCl OC(=O)C(Cl)Cl OC(=O)C(Cl)(Cl)Cl OC(=O)C(F)F
OC(=O)C(=O)O OC(=O)CC(=O)O OC(=O)CCC(=O)O OC(=O)CCCC(=O)O OC(=O)CCCCC(=O)O OC(=O)CCCCCCCCC(=O)O
OC(=O)C=CC(=O)O OC(=O)CC(O)C(=O)O OC(=O)C(O)C(O)C(=O)O OC(=O)CC(O)(CC(=O)O)C(=O)O CC(O)C(=O)O OCC(=O)O
CC(=O)C(=O)O CC(=O)CCC(=O)O OCC(O)C(O)C(O)C(O)C(=O)O OC(=O)C(O)C(O)C(O)C(O)C(=O)O
OCC(O)C(O)C(O)C(O)C(O)C(=O)O O=C1OC(C(O)CO)C(O)=C1O O=CC(O)C(O)C(O)C(O)C(=O)O
OCC(O)C(OC1OC(CO)C(O)C(O)C1O)C(O)C(O)C(=O)O OC1OC(C(=O)O)C(O)C(O)C1O OC(=O)c1ccccc1 OC(=O)c1ccccc1O
OC(=O)c1ccc(O)cc1 OC(=O)c1cc(O)ccc1O OC(=O)c1cc(O)c(O)c(O)c1 OC(=O)c1cccnc1 OC(=O)CNC(=O)c1ccccc1
OC(=O)C(O)c1ccccc1 OC(=O)C=Cc1ccccc1 OC(=O)CCc1ccccc1 OC(=O)Cc1ccccc1
OC(=O)c1cc2ccccc2c(Cc2c(O)c(C(=O)O)cc3ccccc23)c1O OC(=O)c1ccc2ccccc2c1O OC(=O)c1cc2ccccc2cc1O
OC(=O)c1ccccc1C(=O)O OC(=O)c1ccc(C(=O)O)cc1 OC(=O)c1cc(=O)[nH]c(=O)[nH]1 O=C1CCC(C(=O)O)N1 CC(=O)NCC(=O)O
CC(=O)NC(CCC(=O)O)C(=O)O CC(=O)Nc1ccc(C(=O)O)cc1 OC(=O)C1CCCCC1 CC1(C)C(C(=O)O)CCC1(C)C(=O)O
O=C(OC(C(=O)O)C(OC(=O)c1ccccc1)C(=O)O)c1ccccc1 Cc1ccc(C(=O)OC(C(=O)O)C(OC(=O)c2ccc(C)cc2)C(=O)O)cc1
CS(=O)(=O)O CCS(=O)(=O)O OCCS(=O)(=O)O NCCS(=O)(=O)O OS(=O)(=O)CCS(=O)(=O)O OS(=O)(=O)C(F)(F)F
OS(=O)(=O)c1ccccc1 Cc1ccc(S(=O)(=O)O)cc1 OS(=O)(=O)c1ccc(Cl)cc1 OS(=O)(=O)c1ccc2ccccc2c1
OS(=O)(=O)c1cccc2ccccc12 OS(=O)(=O)c1cccc2c(S(=O)(=O)O)cccc12 Cc1cc(C)c(S(=O)(=O)O)c(C)c1
Cc1ccc(C)c(S(=O)(=O)O)c1 CC1(C)C2CCC1(CS(=O)(=O)O)C(=O)C2 OS(=O)(=O)NC1CCCCC1 O=C1NS(=O)(=O)c2ccccc21
OS(=O)(=O)c1cc(O)ccc1O COS(=O)(=O)O CCOS(=O)(=O)O CCCCCCCCCCCCOS(=O)(=O)O OCC(O)COP(=O)(O)O
OC1OC(COP(=O)(O)O)C(O)C(O)C1O Oc1c([N+](=O)[O-])cc([N+](=O)[O-])cc1[N+](=O)[O-]
Oc1c([N+](=O)[O-])cc([N+](=O)[O-])c2cccc(S(=O)(=O)O)c12 Cn1c(=O)c2[nH]c(Cl)nc2n(C)c1=O CN CNC CN(C)C CCN
CCNCC CCN(CC)CC CCN(C(C)C)C(C)C CC(C)N CC(C)NC(C)C CC(C)(C)N CCCCN NCCO OCCNCCO OCCN(CCO)CCO CN(CCO)CCO
CN(C)CCO CCN(CC)CCO NCCN CN(C)CCN(C)C NC(CO)(CO)CO CC(N)(CO)CO C[N+](C)(C)CCO C[N+](C)(C)C CC[N+](CC)(CC)CC
CCCC[N+](CCCC)(CCCC)CCCC C1CNCCN1 C1COCCN1 CN1CCOCC1 C1CCNCC1 C1CCNC1 OCCN1CCCC1 c1ccncc1 c1c[nH]cn1
c1ccc(CNCCNCc2ccccc2)cc1 NC1CCCCC1 C1CCC(NC2CCCCC2)CC1 NCc1ccccc1 CC(N)c1ccccc1 CCCCCCCCN
CNCC(O)C(O)C(O)C(O)CO CCNCC(O)C(O)C(O)C(O)CO NCC(O)C(O)C(O)C(O)CO NC1C(O)OC(CO)C(O)C1O
CC(C)c1ccc2c(c1)CCC1C(C)(CNCCNCC3(C)CCCC4(C)c5ccc(C(C)C)cc5CCC34)CCCC21C NCCCCC(N)C(=O)O
N=C(N)NCCCC(N)C(=O)O NC(CC(=O)O)C(=O)O NC(CCC(=O)O)C(=O)O NCC(=O)O NCCCC(N)C(=O)O NC(Cc1c[nH]cn1)C(=O)O
CC(N)C(=O)O NC(=N)N C[N+](C)(C)CC(=O)[O-] NC(N)=O NN NO NS(=O)(=O)O
 O=S(=O)(NS(=O)(=O)C(F)(F)F)C(F)(F)F
COP(=O)(O)OC CCOP(=O)(O)OCC CCCCOP(=O)(O)OCCCC N#CNC#N c1ccc([B-](c2ccccc2)(c2ccccc2)c2ccccc2)cc1
OS(=O)(=O)C(F)(F)C(F)(F)C(F)(F)C(F)(F)F OC(=O)C(F)(F)C(F)(F)C(F)(F)F
"""
"""Acids and bases that carry a drug, as neutral molecules without stereo."""
INORGANIC = """
OC(=O)O O=C=O C#N N#CS OC#N OCl(=O)(=O)=O O[N+](=O)[O-] ON=O OS(=O)(=O)O OS(=O)O OP(=O)(O)O OP(O)O
O[PH](=O)O O[PH2]=O OB(O)O OO [N-]=[N+]=N F[B-](F)(F)F F[P-](F)(F)(F)(F)F F[Sb-](F)(F)(F)(F)F
OS(=S)(=O)O OS(=O)(=O)F O[I](=O)=O O[Br](=O)=O O[Cl](=O)=O OCl I[I-]I II OP(=O)(O)OP(=O)(O)O O[Si](O)(O)O
"""
"""Small ions of more than one atom; those of one atom need no list."""
SOLVENTS = """
CO CCO CCCO CC(C)O CCCCO CC(C)(C)O OCCO CC(O)CO OCC(O)CO CC(C)=O CCC(C)=O CC#N CS(C)=O CN(C)C=O CC(=O)N(C)C
CN1CCCC1=O C1CCOC1 C1COCCO1 CCOCC COC(C)(C)C CC(C)OC(C)C CCOC(C)=O COC(C)=O CC(C)OC(C)=O ClCCl ClC(Cl)Cl
ClCCCl ClC(Cl)(Cl)Cl c1ccccc1 Cc1ccccc1 Cc1ccccc1C Cc1cccc(C)c1 Cc1ccc(C)cc1 Clc1ccccc1 CCCCC CCCCCC CCCCCCC
C1CCCCC1 NC=O COCCO C[N+](=O)[O-] CC1CCCO1 FC(F)(F)CO
"""


class Part(IntEnum):
    """What a fragment of a row is, by how little it can be left out."""

    COMPOUND = 0
    """Organic, and on no list."""
    COMPLEX = 1
    """Inorganic, of several atoms, and on no list."""
    CARRIER = 2
    """An acid or base that is on the list."""
    ION = 3
    """A single atom or a small ion."""
    SOLVENT = 4


def part_of(fragment: Mol, flat: str) -> Part:
    """Return what a neutral fragment is; ``flat`` is its canonical SMILES without stereo."""
    listed = _known().get(flat)
    if listed is not None:
        return listed
    if fragment.GetNumHeavyAtoms() <= 1:
        return Part.SOLVENT if _is_water(fragment) else Part.ION
    return Part.COMPOUND if fragment.HasSubstructMatch(query("[#6]")) else Part.COMPLEX


def flat_smiles(fragment: Mol) -> str:
    """Return the canonical SMILES of a fragment without stereo, isotopes and hydrogens of their own."""
    from rdkit import Chem

    if fragment.HasSubstructMatch(query("[#1]")):
        fragment = Chem.Mol(fragment)
        for atom in fragment.GetAtoms():
            atom.SetIsotope(0)
        fragment = Chem.RemoveHs(fragment)
    return str(Chem.MolToSmiles(fragment, isomericSmiles=False))


def _is_water(fragment: Mol) -> bool:
    return bool(fragment.HasSubstructMatch(query("[#8]")))


@cache
def _known() -> dict[str, Part]:
    from rdkit import Chem

    lists = ((CARRIERS, Part.CARRIER), (INORGANIC, Part.ION), (SOLVENTS, Part.SOLVENT))
    return {
        flat_smiles(neutral(Chem.MolFromSmiles(text))): part
        for texts, part in lists
        for text in texts.split()
    }
