"""Two tasks of an audit, compound by compound."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, cast

from auditor.analyses.pair_views.analysis import shared_of, views_of
from auditor.analyses.pair_views.view import disagreement
from auditor.audit.withheld import without_structures
from auditor.cache.writing import write_atomic
from auditor.document.blocks import Fold, Report, Section, Text, from_json, to_json
from auditor.errors import UsageError
from auditor.gate.gate import Pair as Judged
from auditor.text import nearest

if TYPE_CHECKING:
    import pandas as pd

    from auditor.audit.context import AuditContext


@dataclass(frozen=True)
class Pair:
    """What a page shows of two tasks: a notebook draws it, `save` writes it, `compounds` lists all."""

    tasks: tuple[str, str]
    _context: AuditContext = field(repr=False, compare=False)

    @cached_property
    def compounds(self) -> pd.DataFrame:
        """The shared compounds with both labels, those first on which the tasks disagree most.

        ``apart`` tells how far the two labels are from saying the same, 0 to 1: see `pair-views`.
        """
        import pandas as pd

        found = shared_of(self._context, *self._places)
        one, other = self.tasks
        table = pd.DataFrame(
            {"smiles": found.smiles, one: found.x, other: found.y, "apart": disagreement(found)}
        )
        return table.sort_values("apart", ascending=False, kind="stable", ignore_index=True)

    @property
    def page(self) -> bytes:
        """The page, as HTML."""
        from auditor.report.html.page import export

        return export(self._report)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page; a file that is there is overwritten."""
        target = Path(path).expanduser()
        write_atomic(target, self.page)
        return target

    def _repr_html_(self) -> str:
        page = escape(self.page.decode(), quote=True)
        return f'<iframe srcdoc="{page}" style="width:100%;height:60em;border:0"></iframe>'

    @property
    def _places(self) -> tuple[int, int]:
        names = self._context.overlap.tasks
        return names.index(self.tasks[0]), names.index(self.tasks[1])

    @cached_property
    def _report(self) -> Report:
        ((_, fold),) = views_of(self._context, [self._places])
        if not self._context.request.structures:
            plain = without_structures({"fold": to_json(fold)}, self._context.joined)
            fold = cast(Fold, from_json(plain["fold"]))
        said, *blocks = fold.blocks
        assert isinstance(said, Text)
        verdict = Judged(int(self._context.gate.pairs[self._places])).text
        stamps = self._context.benchmark.stamps
        sections = (Section("Compounds", tuple(blocks)),)
        return Report(fold.title, said.text, verdict, stamps, sections, {})


def pair_of(context: AuditContext, one: str, other: str) -> Pair:
    """Return two tasks of an audit.

    Raises
    ------
    UsageError
        A name is no task, or both are the same.
    """
    for name in (one, other):
        if name not in context.overlap.tasks:
            raise UsageError(f"there is no task '{name}'", hint=nearest(name, context.overlap.tasks))
    if one == other:
        raise UsageError(f"'{one}' twice is no pair", hint="give two different tasks")
    if context.benchmark.features is not None:
        raise UsageError(
            "a pair is shown by its molecules, and this table has features",
            hint="the labels are in the table itself; E is in .pairs",
        )
    return Pair((one, other), context)
