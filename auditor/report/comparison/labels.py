"""Whether two audits saw the same labels, and which tasks differ, as far as their documents can tell."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from auditor.benchmark.fingerprint import digest_of_all

if TYPE_CHECKING:
    from auditor.report.comparison.run import Run

DIGEST = "labels_sha256"
SAME = "the same"
OTHER = "not the same"
OTHER_IDENTITY = "cannot be told: compounds are named at another identity level"
OLDER = "cannot be told: a document of 0.1 knows labels in one order of rows and tasks only"
CLOSE = 1e-6
"""Means and standard deviations are the same within this share: sums depend on the order of rows."""
Task = Mapping[str, Any]


def label_changes(first: Run, other: Run) -> dict[str, Any]:
    """Return whether the labels are the same in any order, in words too, and the tasks that differ.

    ``changed_tasks`` are in both with other labels, each with its two counts; ``renamed_tasks`` have the
    same labels under another name, each with its two names.
    """
    before, after = _tasks(first), _tasks(other)
    told = _told(first, other)
    common = [name for name in before if name in after]
    changed = [name for name in common if told != SAME and _differ(before[name], after[name], told)]
    return {
        "same_labels": told == SAME,
        "labels": told,
        "changed_tasks": [
            {"task": name, "labels": [before[name]["labels"], after[name]["labels"]]} for name in changed
        ],
        "renamed_tasks": _renamed(before, after),
    }


def digest_of_run(run: Run) -> str | None:
    """Return the digest of the labels of a run, in any order of rows and of tasks where it has that."""
    tasks = _tasks(run)
    if _all_known(tasks):
        return digest_of_all((name, task[DIGEST]) for name, task in tasks.items())
    found: str | None = run.data["benchmark"].get(DIGEST)
    return found


def _told(first: Run, other: Run) -> str:
    known = all(_all_known(_tasks(run)) for run in (first, other))
    a, b = (run.data["benchmark"] for run in (first, other))
    one_level = a.get("identity") == b.get("identity")
    if known and one_level:
        return SAME if digest_of_run(first) == digest_of_run(other) else OTHER
    if a.get(DIGEST) is not None and a.get(DIGEST) == b.get(DIGEST) and _names(first) == _names(other):
        return SAME
    before, after = _tasks(first), _tasks(other)
    if before.keys() != after.keys() or any(_counted_apart(before[n], after[n]) for n in before):
        return OTHER
    return OLDER if one_level else OTHER_IDENTITY


def _differ(before: Task, after: Task, told: str) -> bool:
    if told == OTHER and DIGEST in before and DIGEST in after:
        return bool(before[DIGEST] != after[DIGEST])
    return _counted_apart(before, after)


def _counted_apart(before: Task, after: Task) -> bool:
    if before["labels"] != after["labels"]:
        return True
    moments = ((before.get(key), after.get(key)) for key in ("mean", "sd"))
    scale = abs(before.get("mean") or 0.0) + abs(before.get("sd") or 0.0)
    return any(
        a is not None and b is not None and not math.isclose(a, b, rel_tol=CLOSE, abs_tol=CLOSE * scale)
        for a, b in moments
    )


def _renamed(before: Mapping[str, Task], after: Mapping[str, Task]) -> list[list[str]]:
    gone = {task[DIGEST]: name for name, task in before.items() if DIGEST in task and name not in after}
    new = {name: task.get(DIGEST) for name, task in after.items() if name not in before}
    return [[gone[digest], name] for name, digest in new.items() if digest in gone]


def _tasks(run: Run) -> dict[str, Task]:
    return {task["name"]: task for task in run.data["tasks"]}


def _names(run: Run) -> list[str]:
    return list(_tasks(run))


def _all_known(tasks: Mapping[str, Task]) -> bool:
    return all(DIGEST in task for task in tasks.values())
