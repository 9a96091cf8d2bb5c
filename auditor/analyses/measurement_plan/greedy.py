"""A plan of measurements for many pairs at once, made step by step and then thinned out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from auditor.analyses.measurement_plan.rules import Problem, met, support_of, weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

MARGIN = 0.02
"""Pairs that meet the rule by less than this share of their compounds still count, lest they fall back."""
BATCH = 500
"""A step measures at least this part of all compounds: finer steps take longer and save little."""
_ROUNDING = 1e-9


@dataclass(frozen=True)
class _State:
    """Groups as they split: where they are measured now (g, k), which group each came from, how many."""

    problem: Problem
    chosen: NDArray[np.bool_]
    now: NDArray[np.bool_]
    origin: NDArray[np.int64]
    counts: NDArray[np.int64]


def greedy_plan(problem: Problem) -> NDArray[np.int64]:
    """Return how many compounds of each group to measure in each task (g, k).

    Each step measures, in one task, the compounds that help the most unmet pairs, until the first of
    these pairs is met. Afterwards whatever is not needed is taken out again. Where too few compounds are
    available, the plan ends with pairs that do not meet the rule.
    """
    g, k = problem.groups.shape
    chosen = np.zeros((k, k), dtype=bool)
    chosen[problem.pairs[:, 0], problem.pairs[:, 1]] = True
    state = _State(problem, chosen | chosen.T, problem.groups, np.arange(g), problem.counts)
    while (after := _step(state)) is not None:
        state = after
    if _all_met(state):
        for task in range(k):
            state = _thinned(state, task)
    plan = np.zeros((g, k), dtype=np.int64)
    np.add.at(plan, state.origin, _planned(state) * state.counts[:, None])
    return plan


def _open(state: _State) -> NDArray[np.bool_]:
    """Return what may still be measured (g, k)."""
    free = ~state.now
    available = state.problem.available
    return free if available is None else free & available[state.origin][:, None]


def _planned(state: _State) -> NDArray[np.bool_]:
    """Return what is measured now and was not before (g, k)."""
    return state.now & ~state.problem.groups[state.origin]


def _step(state: _State) -> _State | None:
    """Return the state after one more batch; None when every chosen pair is met, or none can be helped."""
    support = support_of(state.now, state.counts)
    unmet = state.chosen & ~met(support, state.problem.rule)
    if not unmet.any():
        return None
    short, weight = _shortage(support, state.problem)
    close = unmet | (state.chosen & (short > -MARGIN * support))
    gain = state.now @ close.astype(np.float64) - np.where(close, weight, 0.0).sum(axis=1)
    gain[:, ~unmet.any(axis=0)] = -np.inf
    gain[~_open(state)] = -np.inf
    row, task = (int(at) for at in np.unravel_index(int(np.argmax(gain)), gain.shape))
    if gain[row, task] <= _ROUNDING:
        return _join(state, np.where(unmet, short, np.inf))
    rows, number = _batch(state, gain[:, task])
    others = np.flatnonzero(unmet[task])
    effect = state.now[np.ix_(rows, others)] - weight[task, others]
    lacking = zip(effect.T, short[task, others], strict=True)
    limits = (_until(helps, state.counts[rows], lacks) for helps, lacks in lacking)
    number = max(min(number, *limits), state.problem.n // BATCH, 1)
    return _changed(state, rows, task, number, measured=True)


def _batch(state: _State, gain: NDArray[np.float64]) -> tuple[NDArray[np.int64], int]:
    """Return the groups that gain, most first, and how many compounds gain the most of all."""
    rows = np.flatnonzero(gain > _ROUNDING)
    rows = rows[np.argsort(-gain[rows], kind="stable")]
    best = gain[rows] >= gain[rows[0]] - _ROUNDING
    return rows, int(state.counts[rows][best].sum())


def _shortage(
    support: NDArray[np.int64], problem: Problem
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the shared compounds that pairs lack, negative where they have more than they need (k, k).

    The second table says by how much each new compound of a row's task raises that need (k, k).
    """
    sizes = np.diag(support)
    weight = weights(sizes, problem.rule)
    needed = weight * sizes[:, None] + weight.T * sizes[None, :]
    binding = needed >= problem.rule.min_support
    short = np.maximum(needed, problem.rule.min_support) - support
    return short.astype(np.float64), np.where(binding, weight, 0.0)


def _until(effect: NDArray[np.float64], counts: NDArray[np.int64], goal: float) -> int:
    """Return how many compounds of some groups (g,), in order, until their effects add up to a goal.

    All of them where they do not.
    """
    done = np.concatenate([[0.0], np.cumsum(effect * counts)])
    reached = np.flatnonzero(done >= goal - _ROUNDING)
    if not len(reached):
        return int(counts.sum())
    last = int(reached[0]) - 1
    return int(counts[:last].sum()) + int(np.ceil((goal - done[last]) / effect[last] - _ROUNDING))


def _changed(state: _State, rows: NDArray[np.int64], task: int, number: int, *, measured: bool) -> _State:
    """Return the state with so many compounds of some groups, in order, (un)measured in a task."""
    ends = np.cumsum(state.counts[rows])
    whole = rows[ends <= number]
    now, origin, counts = state.now.copy(), state.origin, state.counts.copy()
    now[whole, task] = measured
    left = number - (int(ends[len(whole) - 1]) if len(whole) else 0)
    if left and len(whole) < len(rows):
        row = int(rows[len(whole)])
        counts[row] -= left
        now = np.vstack([now, now[row]])
        now[-1, task] = measured
        origin, counts = np.append(origin, origin[row]), np.append(counts, left)
    return replace(state, now=now, origin=origin, counts=counts)


def _join(state: _State, short: NDArray[np.float64]) -> _State | None:
    """Bring on the pair that lacks least, where no single measurement helps on balance; None for none."""
    for flat in np.argsort(short, axis=None, kind="stable"):
        task, other = (int(at) for at in np.unravel_index(int(flat), short.shape))
        if not np.isfinite(short[task, other]):
            return None
        brought = _brought_on(state, task, other, max(1, int(np.ceil(short[task, other]))))
        if brought is not None:
            return brought
    return None


def _brought_on(state: _State, task: int, other: int, number: int) -> _State | None:
    """Return the state with so many more compounds in both tasks; None where none may be measured."""
    free = _open(state)
    for one, two in ((task, other), (other, task)):
        half = np.flatnonzero(state.now[:, two] & free[:, one])
        if len(half):
            return _changed(state, half, one, number, measured=True)
    neither = np.flatnonzero(free[:, task] & free[:, other])
    if not len(neither):
        return None
    state = _changed(state, neither, task, number, measured=True)
    half = np.flatnonzero(state.now[:, task] & _open(state)[:, other])
    return _changed(state, half, other, number, measured=True)


def _thinned(state: _State, task: int) -> _State:
    """Return the state without the planned compounds of a task that no chosen pair needs."""
    others = np.flatnonzero(state.chosen[task])
    for _ in range(2 * len(others)):
        short, weight = _shortage(support_of(state.now, state.counts), state.problem)
        spare = np.maximum(-short[task, others], 0)
        loss = state.now[:, others] - weight[task, others]
        free = _planned(state)[:, task] & (loss <= spare + _ROUNDING).all(axis=1)
        rows = np.flatnonzero(free)
        if not len(rows):
            break
        rows = rows[np.argsort(loss[rows].sum(axis=1), kind="stable")]
        limits = (_within(loss[rows, o], state.counts[rows], spare[o]) for o in range(len(others)))
        less = _changed(state, rows, task, min(limits), measured=False)
        if not _all_met(less):
            break
        state = less
    return state


def _within(effect: NDArray[np.float64], counts: NDArray[np.int64], limit: float) -> int:
    """Return how many compounds of some groups (g,), in order, before their effects exceed a limit."""
    done = np.concatenate([[0.0], np.cumsum(effect * counts)])
    beyond = np.flatnonzero(done > limit + _ROUNDING)
    if not len(beyond):
        return int(counts.sum())
    last = int(beyond[0]) - 1
    return int(counts[:last].sum()) + int(np.floor((limit - done[last]) / effect[last] + _ROUNDING))


def _all_met(state: _State) -> bool:
    enough = met(support_of(state.now, state.counts), state.problem.rule)
    return bool(enough[state.chosen].all())


def planned_support(problem: Problem, plan: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the shared compounds of all pairs of tasks after a plan (k, k).

    In a group, every task takes the first compounds in the same order: no other choice of the same
    numbers shares more.
    """
    after = np.where(problem.groups, problem.counts[:, None], plan)
    rows = (np.minimum(after, after[:, [task]]).sum(axis=0) for task in range(after.shape[1]))
    return np.stack(list(rows))


def is_met(problem: Problem, plan: NDArray[np.int64]) -> bool:
    """Return whether every chosen pair meets the rule after a plan."""
    enough = met(planned_support(problem, plan), problem.rule)
    return bool(enough[problem.pairs[:, 0], problem.pairs[:, 1]].all())
