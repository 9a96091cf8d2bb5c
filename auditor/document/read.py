"""What was read, in five lines: the part of a document that every rendering begins with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from auditor.document.examples import words_for
from auditor.text import count_of, plain

SHOWN = 6
"""Names that a line holds; of more, the rest are counted."""
KINDS = ("classification", "regression")
_SEPARATORS = {",": "commas", "\t": "tabs", ";": "semicolons", "|": "bars"}
Read = Mapping[str, Any]
Line = tuple[str, str]


def read_lines(read: Read) -> tuple[Line, ...]:
    """Return the lines that say what was read, each with its label; a part that says nothing has none.

    Parameters
    ----------
    read
        The part ``read`` of a document; empty for a document without it.
    """
    if not read:
        return ()
    lines = (
        _files(read),
        _smiles(read),
        _features(read),
        _tasks(read),
        _rows(read),
        _missing(read),
        _remarks(read),
    )
    found: tuple[Line, ...] = words_for({"read": read})(tuple(line for line in lines if line[1]))
    return found


def sentences(read: Read) -> tuple[str, ...]:
    """Return the lines as text that no terminal obeys, with their labels."""
    return tuple(plain(f"{label}: {said}") for label, said in read_lines(read))


def oddities(read: Read) -> tuple[str, ...]:
    """Return what was read in a way that is not plain, one sentence each with the name of the file."""
    lines = [_missing(read)] if read["missing"] or read["left_out"] else []
    return tuple(f"{read['name']}: {label}: {said}" for label, said in (*lines, _remarks(read)) if said)


def listed(names: Sequence[str], most: int = SHOWN) -> str:
    """Return names in quotation marks, at most so many of them."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(f"'{name}'" for name in names[:most]) + more


def _files(read: Read) -> Line:
    files = read["files"]
    if not any(file["format"] for file in files):
        named = [file["name"] for file in files]
        more = f" and {len(named) - SHOWN:,} more" if len(named) > SHOWN else ""
        told = f" ({', '.join(named[:SHOWN])}{more})" if named else ""
        return "Data", f"{read['name']}{told}"
    forms = [_form(file) for file in files]
    if len(set(forms)) == 1:
        return _label(files), f"{_names(files)}: {forms[0]}"
    parts = [f"{file['name']}: {form}" for file, form in zip(files, forms, strict=True)]
    rest = [f"and {len(parts) - SHOWN:,} more"] if len(parts) > SHOWN else []
    return _label(files), "; ".join([*parts[:SHOWN], *rest])


def _label(files: Sequence[Read]) -> str:
    return "File" if len(files) == 1 else "Files"


def _names(files: Sequence[Read]) -> str:
    names = [file["name"] for file in files]
    if len(names) > SHOWN:
        return f"{', '.join(names[:SHOWN])} and {len(names) - SHOWN:,} more"
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)


def _form(file: Read) -> str:
    parts = _SEPARATORS.get(file["separator"], "")
    packed = f", packed by {file['packed']}" if file["packed"] else ""
    return f"{file['format']}{packed}{f', {parts} between the cells' if parts else ''}"


def _smiles(read: Read) -> Line:
    columns = [(file["smiles_column"], file["name"]) for file in read["files"] if file["smiles_column"]]
    if len({column for column, _ in columns}) < 2:
        every = " of every file" if len(columns) > 1 else ""
        return "SMILES", f"column '{columns[0][0]}'{every}" if columns else ""
    parts = [f"column '{column}' of {name}" for column, name in columns[:SHOWN]]
    return "SMILES", "; ".join(parts) + (f" and {len(columns) - SHOWN:,} more" * (len(columns) > SHOWN))


def _features(read: Read) -> Line:
    names = read.get("features", ())
    if not names:
        return "Features", ""
    key = read["key"]
    told = f"examples named by column '{key}'" if key else "every row is an example of its own"
    return "Features", f"{count_of(len(names), 'column')}: {listed(names)}; {told}"


def _tasks(read: Read) -> Line:
    by_kind = {kind: [one["name"] for one in read["tasks"] if one["kind"] == kind] for kind in KINDS}
    return "Tasks", "; ".join(
        f"{len(names):,} {kind}: {listed(names)}" for kind, names in by_kind.items() if names
    )


def _rows(read: Read) -> Line:
    label, count = ("Values", read["values"]) if read["rows"] is None else ("Rows", read["rows"])
    parts = [f"{count:,}", f"{read['rejected']:,} rejected"]
    if read["rejected"]:
        parts[-1] += " (unreadable SMILES)"
    if read["rows_without_values"]:
        parts.append(f"{read['rows_without_values']:,} without any value")
    if read.get("features"):
        parts.append(count_of(read["structures"], "example"))
    elif read["compounds"] is None:
        parts.append(f"{read['structures']:,} different SMILES")
    else:
        parts.append(count_of(read["compounds"], "compound"))
    return label, "; ".join(parts)


def _missing(read: Read) -> Line:
    left = "; ".join(_left_out(read["left_out"]))
    if read["rows"] is None:
        return "Left out", left
    missing = "; ".join(["empty cells", *map(_absent, read["missing"])])
    return "Not measured", f"{missing}. Left out: {left}" if left else missing


def _absent(one: Read) -> str:
    where = f" of {listed(one['tasks'])}" if one["tasks"] else ""
    return f"{one['what']} ({count_of(one['cells'], 'cell')}{where})"


def _left_out(left_out: Sequence[Read]) -> Iterator[str]:
    for one in left_out:
        taken = ", --tasks takes them" if one["taken_by_name"] else ""
        yield f"{listed(one['columns'])} ({one['why']}{taken})"


def _remarks(read: Read) -> Line:
    return "Read as", " ".join(read["remarks"])
