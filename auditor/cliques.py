"""The largest set of tasks whose pairs are all linked: a maximum clique, proven where time allows.

Branch and bound over bitsets with a greedy colouring as bound (Tomita & Seki 2003; San Segundo et
al. 2011, doi 10.1016/j.cor.2010.07.019). The budget counts colouring steps, not seconds, so that the
same graph gives the same answer on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.benchmark import Labels

BUDGET = 1_000_000
"""Colouring steps of a search, about half a second; published benchmarks need a tenth of it."""
STARTS = 16
_CELLS = 50_000
"""Compounds that cost as much to intersect as one colouring step."""


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


@dataclass
class _Search:
    """A search in progress over vertices in degeneracy order, sets of them as Python integers."""

    linked: list[int]
    apart: list[int]
    measured: list[int]
    budget: float
    best: list[int] = field(default_factory=list)
    count: int = -1
    done: bool = True


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
    search = _search(graph[np.ix_(order, order)], budget)
    place = {int(task): i for i, task in enumerate(order)}
    search.best = [place[task] for task in greedy]
    bound = _colour((1 << len(order)) - 1, search.apart, 1)[1][-1]
    _branch(search)
    exact, search.done = search.done, True
    if labels is not None:
        search.measured = _measured(labels, order)
        search.count = _common(search, search.best).bit_count()
        search.budget = budget
        _branch(search)
    return TaskSet(
        tasks=tuple(sorted(int(order[i]) for i in search.best)),
        bound=len(search.best) if exact else bound,
        exact=exact,
        compounds=None if labels is None else search.count,
        settled=labels is not None and exact and search.done,
    )


def _search(graph: NDArray[np.bool_], budget: float) -> _Search:
    everything = (1 << len(graph)) - 1
    linked = [_bits(row) for row in graph]
    apart = [everything & ~row & ~(1 << i) for i, row in enumerate(linked)]
    return _Search(linked, apart, [], budget)


def _branch(search: _Search) -> None:
    """Look for a better set than the best known; ties count where compounds are known."""
    everything = (1 << len(search.linked)) - 1
    stack = [(everything, [], *_coloured(search, everything, 0), _common(search, []))]
    while stack:
        candidates, chosen, order, colours, common = stack[-1]
        if not order or not _promising(search, len(chosen) + colours[-1], common):
            stack.pop()
            continue
        vertex = order.pop()
        colours.pop()
        stack[-1] = (candidates & ~(1 << vertex), chosen, order, colours, common)
        grown = [*chosen, vertex]
        shared = common & search.measured[vertex] if search.measured else 0
        rest = candidates & search.linked[vertex]
        if not rest:
            _keep(search, grown, shared)
        elif search.budget <= 0:
            search.done = False
            return
        else:
            stack.append((rest, grown, *_coloured(search, rest, len(grown)), shared))


def _promising(search: _Search, size: int, common: int) -> bool:
    if size != len(search.best):
        return size > len(search.best)
    return bool(search.measured) and common.bit_count() > search.count


def _keep(search: _Search, found: list[int], common: int) -> None:
    if _promising(search, len(found), common):
        search.best, search.count = found, common.bit_count()


def _coloured(search: _Search, vertices: int, size: int) -> tuple[list[int], list[int]]:
    """Return the vertices worth branching on, hardest last, with a bound on what each can add."""
    needed = len(search.best) - size + (0 if search.measured else 1)
    order, colours, steps = _colour(vertices, search.apart, max(needed, 1))
    search.budget -= steps + (search.measured[0].bit_length() / _CELLS if search.measured else 0)
    return order, colours


def _colour(vertices: int, apart: list[int], least: int) -> tuple[list[int], list[int], int]:
    """Colour vertices greedily; return those of colour ``least`` or more, their colours, the steps."""
    order: list[int] = []
    colours: list[int] = []
    colour = steps = 0
    while vertices:
        colour += 1
        alike = vertices
        while alike:
            low = alike & -alike
            vertex = low.bit_length() - 1
            vertices ^= low
            alike &= apart[vertex]
            steps += 1
            if colour >= least:
                order.append(vertex)
                colours.append(colour)
    return order, colours, steps


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
        out.append(_bits(mask))
    return out


def _common(search: _Search, vertices: list[int]) -> int:
    """Return the compounds measured in all vertices; with no vertex, those measured in any."""
    if not search.measured:
        return 0
    if not vertices:
        return _union(search.measured)
    common = search.measured[vertices[0]]
    for vertex in vertices[1:]:
        common &= search.measured[vertex]
    return common


def _union(sets: list[int]) -> int:
    out = 0
    for one in sets:
        out |= one
    return out


def _bits(row: NDArray[np.bool_]) -> int:
    return int.from_bytes(np.packbits(row, bitorder="little").tobytes(), "little")
