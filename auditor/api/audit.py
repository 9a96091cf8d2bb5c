"""What `overlap`, `analyze` and `recommend` return."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from auditor.analyses.measurement_plan.plan import COLUMNS
from auditor.api.result import Result
from auditor.errors import UsageError
from auditor.text import nearest

if TYPE_CHECKING:
    import pandas as pd

    from auditor.api.pair import Pair
    from auditor.audit.context import AuditContext


@dataclass(frozen=True, repr=False)
class Audit(Result):
    """What the tasks of a benchmark share; every matrix is a DataFrame, tasks by tasks."""

    _context: AuditContext | None = field(default=None, compare=False)

    @cached_property
    def answers(self) -> dict[str, str]:
        """What the audit answers, by the question, in the order of every report."""
        from auditor.audit.answer.card import answers_of

        return {found["question"]: found["answer"] for found in answers_of(self.data)}

    @cached_property
    def jaccard(self) -> pd.DataFrame:
        """``|A∩B| / |A∪B|`` of the compounds of two tasks."""
        return self._overlap("jaccard")

    @cached_property
    def containment(self) -> pd.DataFrame:
        """``|A∩B| / min(|A|, |B|)``."""
        return self._overlap("containment")

    @cached_property
    def dice(self) -> pd.DataFrame:
        """``2 |A∩B| / (|A| + |B|)``."""
        return self._overlap("dice")

    @cached_property
    def ochiai(self) -> pd.DataFrame:
        """``|A∩B| / sqrt(|A| |B|)``."""
        return self._overlap("ochiai")

    @cached_property
    def support(self) -> pd.DataFrame:
        """``|A∩B|``, the number of shared compounds; the diagonal holds the compounds of each task."""
        return self._overlap("support", whole=True)

    @cached_property
    def correlation(self) -> pd.DataFrame:
        """E, the correlation of the labels over shared compounds."""
        from auditor.api.tables import matrix

        return matrix(self.data, self.data["label_correlation"]["correlation"])

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """One row per pair: every measure, E as ``correlation`` with ``low`` and ``high``, the verdict."""
        from auditor.api.tables import pairs

        return pairs(self.data)

    @cached_property
    def tasks(self) -> pd.DataFrame:
        """One row per task: kind, unit, labels, and what became of its published rows."""
        from auditor.api.tables import tasks

        return tasks(self.data)

    @cached_property
    def rejects(self) -> pd.DataFrame:
        """Every published value that is no label, with the reason.

        Raises
        ------
        UsageError
            The audit was read from a file, which holds some of them only.
        """
        import pandas as pd

        from auditor.benchmark.rejects import COLUMNS, rejects

        rows = [asdict(found) for found in rejects(self._opened("rejects").joined)]
        return pd.DataFrame(rows, columns=list(COLUMNS))

    @cached_property
    def plan(self) -> pd.DataFrame:
        """The fewest new measurements after which every pair is reliable.

        Raises
        ------
        UsageError
            The audit was read from a file, which holds no compounds; or there is nothing to plan.
        """
        import pandas as pd

        from auditor.analyses.measurement_plan.analysis import plan_for

        rows = [asdict(found) for found in plan_for(self._opened("a plan")).measurements]
        return pd.DataFrame(rows, columns=list(COLUMNS))

    def pair(self, one: str, other: str) -> Pair:
        """Return two tasks compound by compound: their labels, where they disagree, their scaffolds.

        Raises
        ------
        UsageError
            A name is no task; or the audit was read from a file, which holds no compounds.
        """
        from auditor.api.pair import pair_of

        return pair_of(self._opened("a pair"), one, other)

    def _overlap(self, name: str, *, whole: bool = False) -> pd.DataFrame:
        from auditor.api.tables import matrix

        return matrix(self.data, self.data["overlap"][name], whole=whole)

    def _opened(self, what: str) -> AuditContext:
        if self._context is None:
            raise UsageError(f"{what} cannot be told from a saved audit", hint="audit the benchmark again")
        return self._context


@dataclass(frozen=True, repr=False)
class Study(Audit):
    """An audit with the affinities that were estimated after training."""

    @property
    def affinities(self) -> tuple[str, ...]:
        """Names of the estimators that gave a matrix."""
        return tuple(self.data["affinity"])

    def affinity(self, name: str) -> pd.DataFrame:
        """Return what an estimator says of every pair; of a directed one rows are sources."""
        return self._of("affinity", name)

    def standard_error(self, name: str) -> pd.DataFrame:
        """Return the standard error of every entry of an affinity."""
        return self._of("affinity_standard_error", name)

    def count(self, name: str) -> pd.DataFrame:
        """Return the number of observations behind every entry of an affinity."""
        return self._of("affinity_count", name, whole=True)

    def _of(self, part: str, name: str, *, whole: bool = False) -> pd.DataFrame:
        from auditor.api.tables import matrix

        found: dict[str, Any] = self.data[part]
        if name not in found:
            hint = f"{nearest(name, list(found))} another one is estimated with affinities=[{name!r}]"
            raise UsageError(f"this study holds no affinity '{name}'", hint=hint.strip())
        return matrix(self.data, found[name], whole=whole)


@dataclass(frozen=True, repr=False)
class Recommendation(Result):
    """Which tasks to train together."""

    @cached_property
    def groups(self) -> pd.DataFrame:
        """One row per recommended group: its tasks, and the gain per task that is expected of it."""
        return self._rows("groups")

    @cached_property
    def tasks(self) -> pd.DataFrame:
        """One row per task: its group, its metric alone, and the gain that is expected."""
        return self._rows("tasks")

    def _rows(self, key: str) -> pd.DataFrame:
        import pandas as pd

        return pd.DataFrame(self.findings["recommendation"].data[key])
