"""The call that looks at a table before any audit: check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.api.asking import asked, in_python, saying
from auditor.errors import UsageError

if TYPE_CHECKING:
    from auditor.api.types import Given, Options, PathLike
    from auditor.audit.request import DataRequest


@dataclass(frozen=True, repr=False)
class Checked:
    """What a table is read as.

    Parameters
    ----------
    read
        What the part ``read`` of a document holds; ``compounds`` is None, because none was named.
    """

    read: Mapping[str, Any]
    request: DataRequest = field(repr=False)

    @property
    def lines(self) -> tuple[tuple[str, str], ...]:
        """The lines that an audit begins with: a label and a sentence each."""
        from auditor.document.read import read_lines

        return tuple((label, in_python(said)) for label, said in read_lines(self.read))

    def write(self, path: PathLike, *, force: bool = False) -> Path:
        """Write one row per compound as ``.csv`` or ``.parquet``, and its Croissant metadata beside it.

        Raises
        ------
        UsageError
            Another suffix, or a file is there and ``force`` is not set.
        StorageError
            The system refuses to write it.
        """
        from auditor.audit.checking import check_suffix, clean_files, metadata_path, write_clean

        place = Path(path).expanduser()
        check_suffix(place)
        for one in (place, metadata_path(place)):
            if one.exists() and not force:
                raise UsageError(f"{one} exists", hint="force=True overwrites it")
        return write_clean(clean_files(self.request, place), place)[0]

    def __repr__(self) -> str:
        return "\n".join(f"{label}: {said}" for label, said in self.lines)

    def _repr_html_(self) -> str:
        from auditor.api.notebook import read_html

        return read_html(self.lines)


@asked
def check(
    benchmark: Given,
    *,
    smiles: str | None = None,
    features: str | Sequence[str] = (),
    key: str | None = None,
    tasks: Sequence[str] = (),
    exclude: Sequence[str] = (),
    missing: Sequence[str | float] = (),
    long: Options | None = None,
    censored: str = "drop",
    min_labels: int = 1,
    dataset_options: Options | None = None,
    identity: str = "parent-inchikey",
    conflicts: str = "auto",
    cache_dir: PathLike | None = None,
    mirror: PathLike | None = None,
    offline: bool | None = None,
    quiet: bool = False,
) -> Checked:
    """Return what a table, several tables or a dataset is read as; nothing is audited.

    The keywords are those of `overlap`; ``identity`` and ``conflicts`` count for `Checked.write` only.
    """
    from auditor.api.requests import data_request
    from auditor.audit.checking import check as checked

    values = locals() | {"measure": "jaccard", "reliable_at": 0.4, "borderline_at": 0.3, "min_support": 20}
    values |= {"analysis_options": None}
    with saying(quiet=quiet):
        request = data_request("check", values, check)
        return Checked(checked(request), request)
