"""An SD file as a table: one row per record, its structure as SMILES, its properties as columns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.errors import DataError

if TYPE_CHECKING:
    import pyarrow as pa

STRUCTURE = "structure (SDF)"
"""Name of the column of SMILES that the structures give; no property is likely to have it."""
_COUNTS = re.compile(rb"\A[^\n]*\n[^\n]*\n[^\n]*\n[^\n]*V[23]000\s*?\r?(\n|\Z)")
_END = re.compile(r"^\$\$\$\$.*(?:\n|\Z)", re.MULTILINE)
_PROPERTY = re.compile(r"^>[^\n<]*<([^\n]+)>[^\n>]*\n", re.MULTILINE)
"""The line above a property, which names it: "> <logS>", or ">  25  <logS> (17)"."""


def is_sdf(data: bytes) -> bool:
    """Return whether some bytes begin as a molecule of an SD file: its fourth line says V2000 or V3000."""
    head = data[:4096].removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
    return _COUNTS.match(head) is not None


def read_sdf(path: Path, text: str) -> pa.Table:
    """Return one row per record: the SMILES of its structure, and one column per property.

    A structure that RDKit cannot read keeps its row, with the record's number in the place of a SMILES:
    so it is counted with the rejects. Stereo groups are kept (CXSMILES).

    Raises
    ------
    DataError
        A record has two values of one property.
    """
    import pyarrow as pa
    from rdkit import rdBase

    rows = []
    with rdBase.BlockLogs():
        for number, record in enumerate(_records(text), start=1):
            block, properties = _parted(path, number, record)
            rows.append({**properties, STRUCTURE: _smiles(block, number)})
    names = dict.fromkeys((STRUCTURE, *(name for row in rows for name in row)))
    return pa.table({name: pa.array([row.get(name) for row in rows], pa.string()) for name in names})


def _records(text: str) -> Iterator[str]:
    """Yield what stands between the lines of four dollars; nothing after the last is no record."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    *ended, last = _END.split(text)
    yield from ended
    if last.strip():
        yield last


def _parted(path: Path, number: int, record: str) -> tuple[str, dict[str, str]]:
    """Return the structure of a record, and its properties by their names."""
    block, _, rest = record.partition("M  END")
    found: dict[str, str] = {}
    _, *parts = _PROPERTY.split(rest)
    for name, value in zip(parts[::2], parts[1::2], strict=True):
        value = value.split("\n\n", 1)[0].strip("\n")
        if found.setdefault(name, value) != value:
            raise DataError(
                f"record {number:,} of {path} has two values of '{name}': {found[name][:40]!r} and "
                f"{value[:40]!r}",
                hint="keep one of them",
            )
    return f"{block}M  END\n", found


def _smiles(block: str, number: int) -> str:
    from rdkit import Chem

    try:
        mol = Chem.MolFromMolBlock(block)
    except (RuntimeError, ValueError):
        mol = None
    if mol is None:
        return f"record {number}: {_problem(block)}"
    if not mol.GetNumAtoms():
        return ""
    if not mol.GetStereoGroups():
        return str(Chem.MolToSmiles(mol))
    fields = Chem.CXSmilesFields.CX_ENHANCEDSTEREO  # of the rest, coordinates tell nothing of the compound
    return str(Chem.MolToCXSmiles(mol, Chem.SmilesWriteParams(), fields))


def _problem(block: str) -> str:
    """Return why a structure cannot be read."""
    from rdkit import Chem

    try:
        loose = Chem.MolFromMolBlock(block, sanitize=False)
        problems = Chem.DetectChemistryProblems(loose) if loose is not None else ()
    except (RuntimeError, ValueError):
        problems = ()
    return problems[0].Message() if problems else "the structure cannot be read"
