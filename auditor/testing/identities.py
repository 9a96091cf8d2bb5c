"""What an identity level is relied on for. The component is ``(smiles, mol) -> str``."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from auditor.testing.check import NotSupported, require
from auditor.testing.material import MOLECULES

if TYPE_CHECKING:
    from rdkit.Chem import Mol

Level = Callable[[str, "Mol"], str]
REWRITINGS = 5


def names_are_text(level: Level) -> None:
    """A name is text and not empty; a molecule without one raises ValueError and nothing else."""
    named = 0
    for text in MOLECULES:
        try:
            name = level(text, _mol(text))
        except ValueError:
            continue
        named += 1
        require(isinstance(name, str) and bool(name.strip()), f"'{text}' is named {name!r}")
    require(named >= len(MOLECULES) // 2, f"only {named} of {len(MOLECULES)} usual molecules have a name")


def tells_compounds_apart(level: Level) -> None:
    """Different compounds do not all have one name."""
    names = {_name(level, text) for text in MOLECULES} - {None}
    require(len(names) > 2, f"{len(MOLECULES)} different compounds have {len(names)} names")


def the_way_of_writing_does_not_matter(level: Level, *, by_structure: bool = True) -> None:
    """A compound has the same name however its SMILES is written (``by_structure=False``: need not)."""
    if not by_structure:
        raise NotSupported("the names are of texts, not of structures")
    for text in MOLECULES:
        for written in _rewritten(text):
            names = _name(level, text), _name(level, written)
            require(names[0] == names[1], f"'{text}' is {names[0]!r}, written '{written}' {names[1]!r}")


def names_do_not_depend_on_what_was_named_before(level: Level) -> None:
    """The same molecule has the same name at any time."""
    first = [_name(level, text) for text in MOLECULES]
    again = [_name(level, text) for text in reversed(MOLECULES)]
    require(first == again[::-1], "named in another order, a molecule has another name")


def the_molecule_stays_as_it_was(level: Level) -> None:
    """Naming does not change the molecule, which others are given too."""
    for text in MOLECULES:
        mol = _mol(text)
        before = mol.ToBinary()
        _call(level, text, mol)
        require(mol.ToBinary() == before, f"naming has changed the molecule '{text}': copy it first")


def worker_processes_can_import_it(level: Level) -> None:
    """It is a function of a module, for large benchmarks are named in several processes."""
    module, name = getattr(level, "__module__", ""), getattr(level, "__qualname__", "")
    known = getattr(importlib.import_module(module), name, None) if module else None
    require(known is level, f"{name or level!r} is not to be found by name in module '{module}'")


CHECKS = (
    names_are_text,
    tells_compounds_apart,
    the_way_of_writing_does_not_matter,
    names_do_not_depend_on_what_was_named_before,
    the_molecule_stays_as_it_was,
    worker_processes_can_import_it,
)


def _mol(text: str) -> Any:
    from rdkit import Chem

    return Chem.MolFromSmiles(text)


def _name(level: Level, text: str) -> str | None:
    return _call(level, text, _mol(text))


def _call(level: Level, text: str, mol: Any) -> str | None:
    try:
        return level(text, mol)
    except ValueError:
        return None


def _rewritten(text: str) -> list[str]:
    from rdkit import Chem

    mol = _mol(text)
    found = [
        str(Chem.MolToSmiles(mol)),
        str(Chem.MolToSmiles(mol, kekuleSmiles=False, allBondsExplicit=True)),
    ]
    found += [str(t) for t in Chem.MolToRandomSmilesVect(mol, REWRITINGS, randomSeed=7)]
    return found
