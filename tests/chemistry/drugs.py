"""Drugs, what they are sold with, and ways of writing a salt: material for properties of compound names."""

from __future__ import annotations

from hypothesis import strategies as st
from rdkit import Chem

BASES = {
    "imipramine": "CN(C)CCCN1c2ccccc2CCc2ccccc21",
    "metformin": "CN(C)C(=N)NC(N)=N",
    "escitalopram": "CN(C)CCC[C@]1(c2ccc(F)cc2)OCc2cc(C#N)ccc21",
    "lidocaine": "CCN(CC)CC(=O)Nc1c(C)cccc1C",
    "amantadine": "NC12CC3CC(CC(C3)C1)C2",
    "dapsone": "Nc1ccc(S(=O)(=O)c2ccc(N)cc2)cc1",
    "olanzapine": "Cc1cc2c(s1)Nc1ccccc1N=C2N1CCN(C)CC1",
    "nicotine": "CN1CCC[C@H]1c1cccnc1",
}
ACIDS = {
    "ibuprofen": "CC(C)Cc1ccc(C(C)C(=O)O)cc1",
    "naproxen": "COc1ccc2cc([C@H](C)C(=O)O)ccc2c1",
    "diclofenac": "O=C(O)Cc1ccccc1Nc1c(Cl)cccc1Cl",
    "dicamba": "COc1c(Cl)ccc(Cl)c1C(=O)O",
    "valproate": "CCCC(CCC)C(=O)O",
    "sulfacetamide": "CC(=O)NS(=O)(=O)c1ccc(N)cc1",
    "fosfomycin": "C[C@@H]1O[C@@H]1P(=O)(O)O",
    "nitrofurantoin": "O=C1CN(/N=C/c2ccc([N+](=O)[O-])o2)C(=O)N1",
}
BY_ACIDS = (
    "Cl", "Br", "I", "O=S(=O)(O)O", "O=P(O)(O)O", "O[N+](=O)[O-]", "CS(=O)(=O)O", "Cc1ccc(S(=O)(=O)O)cc1",
    "O=S(=O)(O)c1ccccc1", "OC(=O)C(F)(F)F", "OC(=O)[C@H](O)[C@@H](O)C(=O)O", r"OC(=O)/C=C\C(=O)O", "OC(=O)/C=C/C(=O)O",
    "OC(=O)CC(O)(CC(=O)O)C(=O)O", "OC(=O)CCC(=O)O", "CC(=O)O", "OC(=O)C(=O)O",
    "OC(=O)c1cc2ccccc2c(Cc2c(O)c(C(=O)O)cc3ccccc23)c1O", "OC(=O)c1ccc2ccccc2c1O",
)  # fmt: skip
BY_BASES = (
    "[Na+]", "[K+]", "[Li+]", "[Ca+2]", "[Mg+2]", "[NH4+]", "CNC[C@H](O)[C@@H](O)[C@H](O)[C@H](O)CO", "NC(CO)(CO)CO",
    "NCCCC[C@H](N)C(=O)O", "N=C(N)NCCC[C@H](N)C(=O)O", "OCCNCCO", "CCN(CC)CC", "C[N+](C)(C)CCO",
    "c1ccc(CNCCNCc2ccccc2)cc1", "C1CCC(NC2CCCCC2)CC1",
)  # fmt: skip
SOLVENTS = ("O", "CCO", "CS(C)=O", "CO", "CC(C)=O", "CC#N", "[2H]O[2H]")
RACEMIC = (
    "O[C@H](C)c1ccccc1",
    "N[C@@H](Cc1ccccc1)C(=O)O",
    "C[C@H]1CCCCN1C",
    "CC[C@H](C)c1ccncc1",
    "C[C@@H](F)CCl",
)


def written_as_ions(text: str, sign: int) -> str:
    """Return a molecule with a proton more (1) or less (-1) at its most usual place, if it has one."""
    smarts = "[NX3;!$(N[C,S]=O);!$(N-[a]);!$(N[#7]);!$(NC=N);!$([N+])]" if sign > 0 else "[OX2H][C,S,P]=O"
    mol = Chem.RWMol(Chem.MolFromSmiles(text))
    found = mol.GetSubstructMatch(Chem.MolFromSmarts(smarts))
    if found:
        atom = mol.GetAtomWithIdx(found[0])
        atom.SetFormalCharge(sign)
        atom.SetNumExplicitHs(max(0, atom.GetTotalNumHs() + sign))
        Chem.SanitizeMol(mol)
    return str(Chem.MolToSmiles(mol))


def rewritten(text: str, seed: int) -> str:
    """Return a molecule written from another atom on."""
    return str(Chem.MolToRandomSmilesVect(Chem.MolFromSmiles(text), 1, randomSeed=seed + 1)[0])


@st.composite
def salts(draw: st.DrawFn) -> tuple[str, str]:
    """Draw a drug and a text for a salt of it: as ions or not, hydrated or not, fragments in any order."""
    basic = draw(st.booleans())
    drug = draw(st.sampled_from(list((BASES if basic else ACIDS).values())))
    other = draw(st.sampled_from(BY_ACIDS if basic else BY_BASES))
    ions = draw(st.booleans())
    sign = 1 if basic else -1
    parts = [written_as_ions(drug, sign), written_as_ions(other, -sign)] if ions else [drug, other]
    parts = [rewritten(part, draw(st.integers(0, 99))) for part in parts]
    parts *= draw(st.integers(1, 2))
    parts += draw(st.lists(st.sampled_from(SOLVENTS), max_size=2))
    return drug, ".".join(draw(st.permutations(parts)))


@st.composite
def mapped(draw: st.DrawFn) -> tuple[str, str]:
    """Draw a molecule, and a text for it in which some atoms carry map numbers."""
    text = draw(st.sampled_from([*BASES.values(), *ACIDS.values(), *RACEMIC]))
    mol = Chem.MolFromSmiles(text)
    for atom in mol.GetAtoms():
        atom.SetAtomMapNum(draw(st.integers(0, 40)))
    return text, str(Chem.MolToSmiles(mol))


@st.composite
def grouped(draw: st.DrawFn) -> tuple[str, str, str]:
    """Draw a chain with centres in groups, and the same with every group turned and atoms in another order.

    Each group holds some centres; those in none are absolute. The kind of each is drawn too.
    """
    centres = draw(st.integers(1, 4))
    text = "".join(f"[C@{draw(st.sampled_from(['', '@']))}H](F)" for _ in range(centres))
    mol = Chem.MolFromSmiles(f"C{text}CCl")
    atoms = [atom.GetIdx() for atom in mol.GetAtoms() if atom.GetChiralTag() != Chem.CHI_UNSPECIFIED]
    where = draw(st.lists(st.integers(0, 2), min_size=len(atoms), max_size=len(atoms)))
    kinds = draw(st.tuples(*2 * [st.sampled_from("&o")]))
    turned = draw(st.tuples(*2 * [st.booleans()]))
    first = _with_groups(mol, atoms, where, kinds, (False, False))
    return first, _with_groups(mol, atoms, where, kinds, turned), str(Chem.MolToSmiles(mol))


def _with_groups(
    mol: Chem.Mol, atoms: list[int], where: list[int], kinds: tuple[str, ...], turned: tuple[bool, ...]
) -> str:
    """Return CXSMILES with groups 1 and 2, each turned where asked for; the text starts at any atom."""
    mol = Chem.RWMol(mol)
    for atom, group in zip(atoms, where, strict=True):
        if group and turned[group - 1]:
            mol.GetAtomWithIdx(atom).InvertChirality()
    text = str(Chem.MolToSmiles(mol, rootedAtAtom=atoms[-1] if turned[0] else 0, canonical=False))
    order = list(mol.GetPropsAsDict(True, True)["_smilesAtomOutputOrder"])
    groups = []
    for number, kind in enumerate(kinds, 1):
        members = [order.index(atom) for atom, group in zip(atoms, where, strict=True) if group == number]
        if members:
            groups.append(f"{kind}{number}:{','.join(map(str, members))}")
    return f"{text} |{','.join(groups)}|" if groups else text
