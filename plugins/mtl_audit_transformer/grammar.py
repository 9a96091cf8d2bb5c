"""SMILES as tokens by its own grammar: atoms, bonds, branches, rings, and what stands in brackets.

The vocabulary is closed: every SMILES that RDKit writes is made of it. Within brackets the isotope, the
element, chirality, hydrogens, charge and atom map are tokens of their own, so that `[C@@H]` and `[C@H]`
share what they have in common.

Reference: OpenSMILES specification 1.0, opensmiles.org.
"""

from __future__ import annotations

import re

START, END, UNKNOWN = range(3)
_BRACKET = re.compile(r"(\[[^\]]*\])")
_OUTSIDE = re.compile(r"Cl|Br|.", re.DOTALL)
_INSIDE = re.compile(r"@@|[A-Z][a-z]?|se|te|as|si|.", re.DOTALL)
_ELEMENTS = (
    "H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br "
    "Kr Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho "
    "Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm Bk Cf Es "
    "Fm Md No Lr Rf Db Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv Ts Og"
).split()
_AROMATIC = "b c n o p s se te as si".split()
_SIGNS = [*"-=#$:/\\~.()[]@+*%<>", "@@", *"0123456789"]
VOCABULARY = (*_ELEMENTS, *_AROMATIC, *_SIGNS)
CODES = UNKNOWN + 1 + len(VOCABULARY)

_CODE = {token: code for code, token in enumerate(VOCABULARY, UNKNOWN + 1)}


def tokens_of(smiles: str) -> list[str]:
    """Return the tokens of a SMILES; together they are its text again."""
    found: list[str] = []
    for part in _BRACKET.split(smiles):
        found += (_INSIDE if part.startswith("[") else _OUTSIDE).findall(part)
    return found


def codes_of(smiles: str) -> list[int]:
    """Return the code of each token of a SMILES, without those of start and end."""
    return [_CODE.get(token, UNKNOWN) for token in tokens_of(smiles)]
