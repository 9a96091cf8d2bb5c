"""The audits of a plan, cheapest first, each kept as soon as it is done: a killed run goes on there."""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from auditor import __version__, console
from auditor.api.asking import threads_of
from auditor.cache.bounded import read_bounded
from auditor.cache.run_folder import check_run, write_run
from auditor.errors import AuditError, DataError
from auditor.faults import contained, line_of
from auditor.privacy import discreet
from auditor.reproduction.command import command_of, file_of, request_of
from auditor.reproduction.plan import Computation, Plan, PlannedAudit, Work
from auditor.text import count_of, duration

AUDITS = "audits"
"""The folder of the documents, below that of the report."""
FILE = "audit.json"


@dataclass
class Collected:
    """What is there of a plan.

    Parameters
    ----------
    documents
        By the name of the audit or computation.
    beside
        Those of them that another report beside this one holds, and the folder of it.
    failed
        Why one gave no document, in a line.
    """

    documents: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    beside: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)


def collect(
    plan: Plan,
    folder: Path,
    *,
    budget_h: float,
    place: Mapping[str, Any],
    after_each: Callable[[Collected], None],
) -> Collected:
    """Run what is not there yet, cheapest first, until the next one does not fit into the budget.

    Parameters
    ----------
    budget_h
        Hours on the clock. An audit begins only if what it is said to cost is left; none is cut short.
    place
        ``cache_dir``, ``mirror`` and ``offline``, as the calls take them.
    after_each
        Told what is there after every audit.
    """
    found = kept(plan, folder)
    waiting = sorted((work for work in plan.works if work.name not in found.documents), key=_cost)
    _announce(plan, found, waiting, budget_h)
    started = time.monotonic()
    for number, work in enumerate(waiting, start=1):
        spent = time.monotonic() - started
        if spent + 60 * work.minutes > 3600 * budget_h:
            left = count_of(len(waiting) - number + 1, "audit")
            console.say(f"the budget is spent: {left} not run; a larger --budget goes on from here")
            break
        cost = duration(60 * work.minutes)
        console.say(f"{number} of {len(waiting)}: {work.name}, about {cost}: {command_of(work)}")
        _try(work, folder, found, place)
        after_each(found)
    return found


def kept(plan: Plan, folder: Path) -> Collected:
    """Return what earlier runs left: whole documents of exactly the audits of this plan.

    An audit of the same command that lies beside the folder, in the folder of another report, counts too.
    """
    documents: dict[str, Mapping[str, Any]] = {}
    for work in plan.works:
        path = folder / AUDITS / work.name / FILE
        document = _read(path, told=True) if path.is_file() else None
        if document is None:
            continue
        if document["meta"].get("command") == discreet(command_of(work)):
            documents[work.name] = document
        else:
            console.say(f"{path} is of an earlier form of this plan: {work.name} is run again")
    found = Collected(documents)
    _look_beside(plan, folder, found)
    return found


def _look_beside(plan: Plan, folder: Path, found: Collected) -> None:
    wanted = {
        discreet(command_of(work)): work.name
        for work in plan.works
        if work.name not in found.documents and isinstance(work, PlannedAudit)
    }
    around = folder.parent
    for path in sorted((*around.glob(f"*/{FILE}"), *around.glob(f"*/*/{FILE}"))):
        if not wanted or folder in path.parents:
            continue
        document = _read(path, told=False)
        name = wanted.pop(document["meta"].get("command"), None) if document else None
        if document is not None and name is not None:
            found.documents[name] = document
            found.beside[name] = path.parent.relative_to(around).as_posix()


def _read(path: Path, *, told: bool) -> dict[str, Any] | None:
    """Return a whole document, None where it is none; said where it was to be used."""
    from auditor.document.parsing import parsed

    try:
        data = read_bounded(path)
        check_run(path, data)
        document: dict[str, Any] = parsed(data)
        return document if isinstance(document["meta"], dict) else None
    except (OSError, ValueError, KeyError, TypeError, AuditError) as error:
        if told:
            console.warn(f"{path} is not used and made again: {line_of(error)}")
        return None


def _cost(work: Work) -> tuple[float, str]:
    return work.minutes, work.name


def _announce(plan: Plan, found: Collected, waiting: list[Work], budget_h: float) -> None:
    cost = duration(60 * sum(work.minutes for work in waiting))
    limit = "no limit" if budget_h == float("inf") else f"a budget of {duration(3600 * budget_h)}"
    console.say(
        f"{count_of(len(plan.claims), 'claim')}, {count_of(len(plan.works), 'audit')}: "
        f"{len(found.documents)} are here already, {len(waiting)} to run, about {cost} on one core; {limit}"
    )


def _try(work: Work, folder: Path, found: Collected, place: Mapping[str, Any]) -> None:
    """Run one and keep it; where it fails, keep why and go on."""
    from auditor.report.json import dump

    try:
        document = made(work, place)
    except AuditError as error:
        found.failed[work.name] = error.message
        console.warn(f"{work.name} was not run: {error.message}")
        return
    write_run(folder / AUDITS / work.name, {FILE: dump(document)}, document["meta"])
    found.documents[work.name] = document


def made(work: Work, place: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document of an audit or a computation; raises AuditError where it fails."""
    with threads_of(1):
        if isinstance(work, Computation):
            return _computed(work, place)
        from auditor.pipeline import audit_affinity, audit_overlap

        data, analysis = request_of(work, place)
        if analysis is None:
            return audit_overlap(data)[1]
        return audit_affinity(analysis)[1]


def _computed(work: Computation, place: Mapping[str, Any]) -> dict[str, Any]:
    from auditor.document.jsonable import plain_data

    module, _, name = work.target.partition(":")
    paths = [file_of(file, place) for file in work.files]
    try:
        with contained():
            found = getattr(importlib.import_module(module), name)(*paths)
    except AuditError:
        raise
    except Exception as error:
        raise DataError(f"{work.target} failed: {line_of(error)}") from error
    document: dict[str, Any] = plain_data(
        {
            "schema_version": 1,
            "kind": "computation",
            "meta": {"command": command_of(work), "mtl_audit": __version__},
            "data": found,
        }
    )
    return document


def places(plan: Plan) -> Iterator[str]:
    """Yield the parts of the paper in the order of the plan, once each."""
    yield from dict.fromkeys(claim.part for claim in plan.claims)
