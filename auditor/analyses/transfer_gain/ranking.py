"""Recipients with their donors, the largest expected gain first, and what all of them give together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditor.analyses.transfer_gain.result import Donor, TransferGain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from auditor.audit.context import AuditContext
    from auditor.audit.results import Finding
    from auditor.transfer.kernel.gain import Gain, Target

NAME = "transfer-gain"


@dataclass(frozen=True)
class Ranked:
    """A recipient: what all its donors give together, None for a single donor, and each of them alone."""

    recipient: str
    together: Donor | None
    donors: tuple[Donor, ...]

    @property
    def helping(self) -> tuple[Donor, ...]:
        """The donors that are shown to help, the best first."""
        return tuple(one for one in self.donors if one.verdict == "helps")


def ranked(found: TransferGain, target: Target) -> tuple[Ranked, ...]:
    """Return the recipients, those first that gain most from all donors together."""
    together = {one.recipient: one for one in found.all_donors[target]}
    names = dict.fromkeys(one.recipient for one in (*found.all_donors[target], *found.pairs[target]))
    return tuple(
        Ranked(name, together.get(name), tuple(o for o in found.pairs[target] if o.recipient == name))
        for name in names
    )


def own_labels(found: TransferGain) -> dict[str, Gain]:
    """Return what the last half of each task's own labels gave it, by task."""
    return {one.task: one.own for one in found.study.controls if one.own is not None}


def gains_found(findings: Mapping[str, Finding]) -> TransferGain | None:
    """Return what an audit found about transfer gain; None where it was not asked or not told."""
    found = findings.get(NAME)
    return found.result if found is not None and isinstance(found.result, TransferGain) else None


def expected_gains(context: AuditContext) -> dict[str, NDArray[np.float64]]:
    """Return the expected gains of an audit as an affinity by name; empty where they were not asked."""
    found = gains_found(context.findings)
    return {} if found is None else {NAME: matrix_of(found, context.benchmark.task_names)}


def matrix_of(found: TransferGain, tasks: Sequence[str]) -> NDArray[np.float64]:
    """Return expected gains in R² for new compounds, donors (rows) to recipients (t, t); NaN unknown.

    To six decimals: threads move those beyond, and what is predicted from them must not move.
    """
    place = {name: k for k, name in enumerate(tasks)}
    out = np.full((len(tasks), len(tasks)), np.nan)
    for one in found.pairs["new"]:
        out[place[one.donor], place[one.recipient]] = round(one.gain.r2.expected.value, 6)
    return out
