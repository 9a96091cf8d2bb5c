"""The largest set of tasks whose pairs are all linked: a maximum clique, proven where time allows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditor.gate.clique_search import Search, bits, branch, open_search, shared_by, upper_bound

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.benchmark.labels import Labels

BUDGET = 1_000_000
"""Colouring steps of a search, about half a second; published benchmarks need a tenth of it."""
STARTS = 16


@dataclass(frozen=True)
class TaskSet:
    """Tasks whose pairs are all linked.

    Parameters
    ----------
    tasks
        Indices, increasing; empty where no two tasks are linked.
    bound
        No such set has more tasks than this.
    exact
        Whether the search was exhaustive, so that no such set is larger than this one.
    compounds
        Compounds measured in every task of the set; None where no labels were given.
    settled
        Whether, beyond that, no set of the same size has more such compounds.
    """

    tasks: tuple[int, ...] = ()
    bound: int = 0
    exact: bool = True
    compounds: int | None = None
    settled: bool = False


def largest_clique(
    linked: NDArray[np.bool_], *, labels: Labels | None = None, budget: int = BUDGET
) -> TaskSet:
    """Return a largest set of tasks whose pairs are all linked.

    Parameters
    ----------
    linked
        Which pairs are linked (t, t), symmetric; the diagonal is ignored.
    labels
        Among sets of equal size, the one with more compounds measured in all its tasks is returned.
    budget
        Colouring steps for the size, and as many again for the ties; a search that runs out returns
        the best set found, with ``exact`` or ``settled`` False.
    """
    graph = linked & linked.T
    np.fill_diagonal(graph, False)
    if not graph.any():
        return TaskSet(settled=labels is not None)
    greedy = _greedy(graph)
    core = _core(graph, len(greedy))
    order = core[_degeneracy(graph[np.ix_(core, core)])]
    search = open_search(graph[np.ix_(order, order)], budget)
    place = {int(task): i for i, task in enumerate(order)}
    search.best = [place[task] for task in greedy]
    bound = upper_bound(search)
    branch(search)
    exact = search.done
    if labels is not None:
        _break_ties(search, _measured(labels, order), budget)
        exact = exact or search.done
    return TaskSet(
        tasks=tuple(sorted(int(order[i]) for i in search.best)),
        bound=len(search.best) if exact else bound,
        exact=exact,
        compounds=None if labels is None else search.count,
        settled=labels is not None and search.done,
    )


def _break_ties(search: Search, measured: list[int], budget: float) -> None:
    """Go on to the set of the best size with the most compounds measured in all of it."""
    search.measured, search.budget, search.done = measured, budget, True
    search.count = shared_by(search, search.best).bit_count()
    branch(search)


def _greedy(graph: NDArray[np.bool_]) -> list[int]:
    """Return the largest set grown from the best-linked tasks by most links left."""
    best: list[int] = []
    for start in np.argsort(-graph.sum(axis=1), kind="stable")[:STARTS]:
        chosen, candidates = [int(start)], graph[start].copy()
        links = graph[:, candidates].sum(axis=1)
        while candidates.any():
            pick = int(np.argmax(np.where(candidates, links, -1)))
            chosen.append(pick)
            gone = candidates & ~graph[pick]
            candidates &= graph[pick]
            links -= graph[:, gone].sum(axis=1)
        best = max(best, chosen, key=len)
    return best


def _core(graph: NDArray[np.bool_], size: int) -> NDArray[np.int64]:
    """Return the tasks that a set of so many tasks can hold: each with enough links to the others."""
    alive = np.ones(len(graph), dtype=bool)
    while True:
        kept = alive & (graph[:, alive].sum(axis=1) >= size - 1)
        if (kept == alive).all():
            return np.flatnonzero(alive)
        alive = kept


def _degeneracy(graph: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the tasks so that each has few links to those before it, the best-linked first."""
    links = graph.sum(axis=1).astype(np.int64)
    out = []
    for _ in range(len(graph)):
        least = int(np.argmin(links))
        out.append(least)
        links -= graph[least]
        links[least] = np.iinfo(np.int64).max // 2
    return np.array(out[::-1], dtype=np.int64)


def _measured(labels: Labels, tasks: NDArray[np.int64]) -> list[int]:
    out = []
    for task in tasks:
        mask = np.zeros(labels.n, dtype=bool)
        mask[labels.column(int(task))[0]] = True
        out.append(bits(mask))
    return out
