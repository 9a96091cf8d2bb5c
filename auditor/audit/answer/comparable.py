"""Which tasks can be compared: groups of tasks whose pairs are all reliable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from auditor.audit.answer.wording import MOST_NAMES, answer, said
from auditor.gate.reliable_subset import largest_clique
from auditor.text import count_of

QUESTION = "Which tasks can be compared"
MOST_GROUPS = 5
MOST_ALONE = 3
"""Tasks outside all groups that are named."""
_BUDGET = 20_000
"""Steps of each search: a group that is not proven the largest is a group all the same."""


def comparable(data: Mapping[str, Any]) -> dict[str, str]:
    """Return the groups of tasks that can be compared, the largest first, and what the others are not."""
    verdict = data["verdict"]
    reliable, pairs = verdict["counts"]["reliable"], verdict["pairs"]
    rule = f"{verdict['measure'].capitalize()} {verdict['thresholds']['reliable']:.2f} or more"
    if reliable == pairs:
        tasks = count_of(len(data["tasks"]), "task")
        text = f"All {tasks} with each other: every pair shares enough compounds ({rule})."
        return answer(QUESTION, text, "Overlap")
    groups = groups_of(data)
    grouped = {name for group in groups for name in group}
    lone = [task["name"] for task in data["tasks"] if task["name"] not in grouped]
    text = (
        f"{_told(groups)}{_alone(lone) if groups else ''} {reliable:,} of {count_of(pairs, 'pair')} "
        f"{'shares' if reliable == 1 else 'share'} enough compounds ({rule}). "
        "Few shared compounds speak against comparing, not against training together."
    )
    return answer(QUESTION, text, "Overlap")


def _alone(lone: list[str]) -> str:
    if not lone:
        return ""
    who = ", ".join(lone) if len(lone) <= MOST_ALONE else count_of(len(lone), "task")
    return f" {who} {'is' if len(lone) == 1 else 'are'} in no such group."


def _told(groups: list[list[str]]) -> str:
    if not groups:
        return "No two of them."
    shown = ", ".join(f"{{{said(group, most=_names(groups))}}}" for group in groups[:MOST_GROUPS])
    more = len(groups) - MOST_GROUPS
    rest = f" and {count_of(more, 'smaller group')}" if more > 0 else ""
    return f"Within {'the' if len(groups) == 1 else 'each'} group: {shown}{rest}."


def _names(groups: list[list[str]]) -> int:
    return MOST_NAMES if len(groups) <= 3 else 4


def groups_of(data: Mapping[str, Any]) -> list[list[str]]:
    """Return disjoint groups of two tasks or more with reliable pairs only, the largest first."""
    names = [task["name"] for task in data["tasks"]]
    linked = np.array(
        [[said == "reliable" for said in row] for row in data["overlap"]["pair_verdict"]], dtype=bool
    )
    groups: list[list[str]] = []
    found = tuple(names.index(name) for name in data["verdict"]["reliable_subset"])
    while len(found) > 1:
        groups.append([names[place] for place in found])
        linked[list(found)] = linked[:, list(found)] = False
        found = largest_clique(linked, budget=_BUDGET).tasks
    return groups
