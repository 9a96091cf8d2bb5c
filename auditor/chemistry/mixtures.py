"""Rows that hold several compounds: two drugs sold together, or a counter-ion that is on no list."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from auditor import __version__
from auditor.chemistry.naming import identify
from auditor.chemistry.parent import compounds_in
from auditor.plugin.component import Identity, Owner

if TYPE_CHECKING:
    from rdkit.Chem import Mol


def mixtures(smiles: Iterable[str], *, cache: Path) -> list[str]:
    """Return the texts that hold several organic compounds of which none is a known counter-ion or solvent.

    Parameters
    ----------
    smiles
        Published texts that parse.
    cache
        The cache folder: the counts are kept in the same kind of memory as compound names.
    """
    several = [text for text in smiles if "." in text]
    owner = Owner("core", "mtl-audit", __version__)
    level = Identity("compounds-in-row", "auditor.chemistry.mixtures:name_by_count", "compounds", owner)
    counted = identify(several, level, cache=cache, doing="looking for mixtures")
    return [text for text in several if (counted[text].name or "1") != "1"]


def name_by_count(smiles: str, mol: Mol) -> str:
    """Return how many different compounds a row holds, isomers counted as one."""
    return str(compounds_in(mol))
