"""ETTm1: seven tasks of which every group was trained, as published with ETAP."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from auditor.transfer.group_gains import GroupGains, group_gains, shared_groups
from auditor.transfer.predicted.linear import pair_gains
from auditor.transfer.predictor import Predict
from benchmarks.support import MIRROR


def published() -> tuple[GroupGains, NDArray[np.float64], NDArray[np.float64]]:
    """Return gains of 120 groups, TAG affinities (t, t), pair gains of another run (t, t)."""
    whole, tag, pairs = (published_gains(MIRROR, f"ETTm1_{name}.csv") for name in ("y", "TAG_HOA", "HOA"))
    return shared_groups(whole), pair_gains(tag), pair_gains(pairs)


def published_gains(mirror: Path, name: str) -> GroupGains:
    """Return the gains in one of the files (g, t); another file tells who was in a group."""
    members, gains = (np.loadtxt(mirror / "gains" / file) for file in ("ETTm1_x.csv", name))
    return group_gains([f"task-{place}" for place in range(members.shape[1])], members > 0, gains)


def measured(table: GroupGains) -> Predict:
    """Return the prediction that looks up measured gains: NaN for a group that was not measured.

    A task alone gains exactly 0. A group measured several times has the last of its gains.
    """
    known = {members.tobytes(): gains for members, gains in zip(table.members, table.gains, strict=True)}

    def predict(members: NDArray[np.bool_]) -> NDArray[np.float64]:
        nothing = np.where(members & (members.sum(axis=1, keepdims=True) == 1), 0.0, np.nan)
        return np.array([known.get(m.tobytes(), none) for m, none in zip(members, nothing, strict=True)])

    return predict
