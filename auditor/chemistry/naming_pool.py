"""Name molecules in worker processes, where one that crashes or never ends costs only itself.

RDKit and InChI are native code: no exception handler survives their crash, and no signal interrupts
their loops. After the death of a worker the rest of its chunk is named by one that answers molecule
by molecule, so that a second death tells which molecule it was.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from auditor.chemistry.named import Named
from auditor.chemistry.naming_worker import namer
from auditor.compute.processes import Death, Program, Worker, run_all
from auditor.errors import PluginError

if TYPE_CHECKING:
    from auditor.plugin.component import Component

CHUNK = 500
LIMIT_S = 30
"""Processor seconds for one molecule; the slowest found within the size limits needs 6."""
_FAULTS = ("SIGSEGV", "SIGABRT", "SIGBUS", "SIGFPE", "SIGILL")


def name_in_workers(
    smiles: Sequence[str], level: Component, *, workers: int, limit_s: int = LIMIT_S
) -> Iterator[dict[str, Named]]:
    """Yield the names of distinct molecules, some hundred at a time, in the order they are ready.

    A molecule that crashes its worker, or needs more than ``limit_s`` seconds of processor time, is
    rejected with that as its reason. (Windows has no such limit; there only the size of a molecule
    bounds its time.)

    Raises
    ------
    PluginError
        A worker cannot start, or was ended from outside.
    """
    chunks = [smiles[i : i + CHUNK] for i in range(0, len(smiles), CHUNK)]
    program = Program(partial(namer, level.target), limit_s=limit_s, quiet=True)
    yield from run_all(chunks, program, partial(_name_chunk, level.name), workers=workers)


def _name_chunk(level: str, worker: Worker, chunk: Sequence[str]) -> dict[str, Named]:
    """Return the names of some molecules; one at which a careful worker dies has none."""
    found: dict[str, Named] = {}
    careful = False
    while len(found) < len(chunk):
        rest = chunk[len(found) :]
        ran = worker.run((rest, careful))
        rows = itertools.chain.from_iterable(ran.answers)
        found.update((text, Named(*row)) for text, row in zip(rest, rows, strict=False))
        if ran.death is not None:
            reason = _reason(ran.death, level, worker.program.limit_s)
            if careful and len(found) < len(chunk):
                found[chunk[len(found)]] = Named(None, reason)
            careful = True
    return found


def _reason(death: Death, level: str, limit_s: int) -> str:
    """Return why a molecule is rejected at which a worker died."""
    if not death.opened:
        raise PluginError(
            f"a process for identity '{level}' cannot start: {death.said or death.name}",
            hint="a plugin's function must be importable from a new process",
        )
    if death.name == "SIGXCPU":
        return f"needs more than {limit_s} s of processor time"
    if death.code < 0 and death.name not in _FAULTS:
        raise PluginError(
            f"a process that named compounds was ended from outside ({death.name})",
            hint="the machine may be out of memory; run again, what was named is kept",
        )
    return f"crashes the parser ({death.name})"
