"""When the affinity has settled."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from auditor.affinity.gradient.halves import disattenuated, halves_of
from auditor.analyses.dynamics.follow import Dynamics, Wanted, follow
from tests.traces import affinity, noisy_trace

MARKS = (1, 5, 10, 20)


def followed(traces: list[Any], *, window: float = 0.2) -> Dynamics:
    """Return the dynamics of designed traces, E being unrelated."""
    t = len(traces[0].tasks)
    usable = ~np.eye(t, dtype=bool)
    found = follow(
        traces, affinity(t, seed=99), usable, window=window, marks=MARKS, wanted=Wanted(), seed=1
    )
    assert found is not None
    return found


def stage(found: Dynamics, epoch: int, part: str = "up to") -> Any:
    """Return one stage."""
    return next(s for s in found.stages if s.epoch == epoch and s.part == part)


def test_a_constant_affinity_is_settled_at_once() -> None:
    trace = noisy_trace([affinity(12, seed=1)] * 30, per_epoch=20, noise=0.05)
    found = followed([trace])
    assert found.settled.value == 1
    assert stage(found, 1).stability.value == pytest.approx(1, abs=0.05)


def test_noise_at_epoch_one_is_not_taken_for_change() -> None:
    """The same affinity all along: the plain r is low only because the first epoch has few logs."""
    trace = noisy_trace([affinity(16, seed=1)] * 30, per_epoch=8, noise=0.5)
    early = stage(followed([trace]), 1)
    assert early.agreement.value < 0.8 and early.reliability.value < 0.8
    assert early.stability.value == pytest.approx(1, abs=0.2)


def test_a_change_is_not_taken_for_noise() -> None:
    start, end = affinity(16, seed=1), affinity(16, seed=2)
    trace = noisy_trace([start] * 8 + [end] * 22, per_epoch=20, noise=0.02)
    found = followed([trace])
    assert stage(found, 5, "around").reliability.value > 0.95
    assert abs(stage(found, 5, "around").stability.value) < 0.5
    assert stage(found, 20, "around").stability.value == pytest.approx(1, abs=0.05)


def test_an_affinity_that_changes_to_the_last_is_not_reached() -> None:
    steps = np.linspace(0, 1, 30)
    start, end = affinity(12, seed=1), affinity(12, seed=2)
    trace = noisy_trace([(1 - w) * start + w * end for w in steps], per_epoch=20, noise=0.02)
    assert followed([trace]).settled.value == math.inf


def test_no_log_is_on_both_sides() -> None:
    trace = noisy_trace([affinity(6, seed=1)] * 10, per_epoch=7, noise=0.1)
    found = followed([trace], window=0.45)
    assert found.last == 5 and found.final_logs == math.ceil(0.45 * 70)
    assert stage(found, 5).logs == 35 and stage(found, 5, "around").logs == 28


def test_seeds_are_pooled() -> None:
    traces = [noisy_trace([affinity(6, seed=1)] * 10, per_epoch=4, noise=0.1, seed=s) for s in (0, 1)]
    assert stage(followed(traces), 5).logs == 40


def test_nothing_is_said_where_only_the_end_was_logged() -> None:
    trace = noisy_trace([affinity(6, seed=1)] * 2, per_epoch=5, noise=0.1, total_steps=1_000)
    late = noisy_trace(
        [affinity(6, seed=1)] * 2, per_epoch=5, noise=0.1, total_steps=1_000, steps=np.arange(90, 100) * 10
    )
    usable = ~np.eye(6, dtype=bool)
    wanted = Wanted()
    found = follow([late], np.eye(6), usable, window=0.2, marks=(1,), wanted=wanted, seed=0)
    assert found is None
    assert trace.scheduled == 100


def test_halves_are_disjoint_and_average_to_the_whole() -> None:
    trace = noisy_trace([affinity(5, seed=1)] * 4, per_epoch=5, noise=0.3)
    half = halves_of([(trace, np.ones(20, dtype=bool))])
    assert half.logs == 20
    np.testing.assert_allclose((half.even + half.odd) / 2, half.mean)
    np.testing.assert_allclose(half.mean, trace.gram.mean(axis=0))


def test_an_absent_task_is_left_out_of_the_mean_only_where_it_is_absent() -> None:
    trace = noisy_trace([affinity(4, seed=1)] * 4, per_epoch=1, noise=0.0)
    trace.gram[1, 2, :] = trace.gram[1, :, 2] = np.nan
    half = halves_of([(trace, np.ones(4, dtype=bool))])
    np.testing.assert_allclose(half.mean, affinity(4, seed=1))


def test_noise_alone_is_never_corrected() -> None:
    assert math.isnan(disattenuated(0.1, 0.05, 0.9))
    assert disattenuated(0.4, 0.8, 0.5) == pytest.approx(0.4 / math.sqrt(0.4))
