"""Read measured gains back from what the analysis `benefit` found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.transfer.group_gains import GroupGains, group_gains

if TYPE_CHECKING:
    from auditor.audit.context import AuditContext

BENEFIT = "benefit"


def measured_gains(context: AuditContext) -> GroupGains | None:
    """Return the gains that this audit measured in pairs and larger groups; None if it measured none."""
    found = context.findings.get(BENEFIT)
    if found is None or found.status != "ok" or "gain_source_to_recipient" not in found.data:
        return None
    table = gains_from(found.data, context.overlap.tasks)
    return table if table.measured.any() else None


def gains_from(data: Mapping[str, Any], tasks: Sequence[str]) -> GroupGains:
    """Return the table of a finding's data: pairs as (t, t), source to recipient, and larger groups."""
    t = len(tasks)
    pairs = np.asarray(data["gain_source_to_recipient"], dtype=np.float64)
    pair_errors = np.asarray(data["gain_standard_error"], dtype=np.float64)
    place = {name: task for task, name in enumerate(tasks)}
    rows: list[tuple[list[int], Sequence[float], Sequence[float]]] = []
    for one, other in zip(*np.triu_indices(t, 1), strict=True):
        if np.isfinite([pairs[one, other], pairs[other, one]]).any():
            both = [int(one), int(other)]
            gains, spread = ([m[other, one], m[one, other]] for m in (pairs, pair_errors))
            rows.append((both, gains, spread))
    for group in data.get("groups", ()):
        members = [place[name] for name in group["tasks"]]
        rows.append((members, group["gains"], group["gains_standard_error"]))
    inside = np.zeros((len(rows), t), dtype=np.bool_)
    values, errors = np.full((2, len(rows), t), np.nan)
    for row, (members, gained, error) in enumerate(rows):
        inside[row, members] = True
        values[row, members], errors[row, members] = gained, error
    return group_gains(tasks, inside, values, standard_error=errors)
