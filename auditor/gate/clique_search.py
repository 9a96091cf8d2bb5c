"""Branch and bound for maximum cliques, over sets of vertices kept as Python integers.

A greedy colouring bounds what a set of vertices can add (Tomita & Seki 2003; San Segundo et al. 2011,
doi 10.1016/j.cor.2010.07.019). The budget counts colouring steps, not seconds, so that the same graph
gives the same answer on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

CELLS = 50_000
"""Compounds that cost as much to intersect as one colouring step."""


_Frame = tuple[int, list[int], list[int], list[int], int]
"""Candidates, chosen vertices, candidates in the order to try with their bounds, shared compounds."""


@dataclass
class Search:
    """A search in progress.

    Parameters
    ----------
    linked, apart
        Per vertex the other vertices that it is linked to, and that it is not linked to.
    measured
        Per vertex the compounds measured for it; empty while ties do not count.
    budget
        Colouring steps left.
    best, count
        The best set so far, and how many compounds are measured for all of it.
    done
        False once the budget has run out before the search was exhaustive.
    """

    linked: list[int]
    apart: list[int]
    measured: list[int]
    budget: float
    best: list[int] = field(default_factory=list)
    count: int = -1
    done: bool = True


def open_search(graph: NDArray[np.bool_], budget: float) -> Search:
    """Return a search that has not begun, over the vertices in the order of the graph (v, v)."""
    everything = (1 << len(graph)) - 1
    linked = [bits(row) for row in graph]
    apart = [everything & ~row & ~(1 << i) for i, row in enumerate(linked)]
    return Search(linked, apart, [], budget)


def branch(search: Search) -> None:
    """Look for a better set than the best known; ties count where compounds are known."""
    everything = (1 << len(search.linked)) - 1
    stack: list[_Frame] = [(everything, [], *_coloured(search, everything, 0), shared_by(search, []))]
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
            if _promising(search, len(grown), shared):
                search.best, search.count = grown, shared.bit_count()
        elif search.budget <= 0:
            search.done = False
            return
        else:
            stack.append((rest, grown, *_coloured(search, rest, len(grown)), shared))


def _promising(search: Search, size: int, common: int) -> bool:
    if size != len(search.best):
        return size > len(search.best)
    return bool(search.measured) and common.bit_count() > search.count


def _coloured(search: Search, vertices: int, size: int) -> tuple[list[int], list[int]]:
    """Return the vertices worth branching on, hardest last, with a bound on what each can add."""
    needed = len(search.best) - size + (0 if search.measured else 1)
    order, colours, steps = _colour(vertices, search.apart, max(needed, 1))
    search.budget -= steps + (search.measured[0].bit_length() / CELLS if search.measured else 0)
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


def shared_by(search: Search, vertices: list[int]) -> int:
    """Return the compounds measured in all vertices; with no vertex, those measured in any."""
    if not search.measured:
        return 0
    if not vertices:
        return reduce(or_, search.measured)
    common = search.measured[vertices[0]]
    for vertex in vertices[1:]:
        common &= search.measured[vertex]
    return common


def upper_bound(search: Search) -> int:
    """Return a size that no clique exceeds: the number of colours of a greedy colouring."""
    return _colour((1 << len(search.linked)) - 1, search.apart, 1)[1][-1]


def bits(row: NDArray[np.bool_]) -> int:
    """Return a row of flags as an integer, the first flag as its lowest bit."""
    return int.from_bytes(np.packbits(row, bitorder="little").tobytes(), "little")
