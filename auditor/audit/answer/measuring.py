"""What to measure next, so that more pairs of tasks can be compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from auditor.audit.answer.wording import answer, has_molecules, sentence_of
from auditor.text import count_of

QUESTION = "What to measure next"
MOST_PAIRS = 3
NOTHING = "Labels of one task for compounds that another one has already."


def next_labels(data: Mapping[str, Any]) -> dict[str, str]:
    """Return the pairs that the fewest new labels make reliable, or what the plan says that was asked."""
    planned = sentence_of(data, "measurement-plan")
    if planned:
        return answer(QUESTION, planned, "Measurement plan")
    if data["verdict"]["counts"]["reliable"] == data["verdict"]["pairs"]:
        return answer(QUESTION, "Nothing in order to compare tasks: every pair is reliable.")
    planned_for = has_molecules(data)
    steps = cheapest(data) if data["verdict"]["measure"] == "jaccard" else []
    if not steps:
        text = "The option --plan FILE says which labels make pairs reliable." if planned_for else NOTHING
        return answer(QUESTION, text)
    told = "; ".join(
        f"{recipient} on {count_of(count, 'compound')} of {known}" for count, recipient, known in steps
    )
    more = " --plan FILE names the compounds." if planned_for else ""
    return answer(QUESTION, f"To compare one more pair, cheapest first: {told}.{more}")


def cheapest(data: Mapping[str, Any]) -> list[tuple[int, str, str]]:
    """Return labels needed, the task to be measured and the task whose compounds it takes, cheapest first.

    With a and b compounds measured and s shared, m labels of one task on compounds of the other leave the
    union a + b - s as it is, so the Jaccard overlap is (s + m) / (a + b - s).
    """
    names = [task["name"] for task in data["tasks"]]
    limits = data["verdict"]["thresholds"]
    support = np.array(data["overlap"]["support"], dtype=np.int64)
    sizes = support.diagonal()
    rows, columns = np.triu_indices(len(names), 1)
    shared = support[rows, columns]
    union = sizes[rows] + sizes[columns] - shared
    needed = np.maximum(np.ceil(limits["reliable"] * union - 1e-9).astype(np.int64), limits["min_support"])
    left = np.maximum(sizes[rows], sizes[columns]) - shared
    verdicts = data["overlap"]["pair_verdict"]
    steps = []
    for place in np.argsort(needed - shared, kind="stable"):
        i, j, wanted = rows[place], columns[place], int(needed[place] - shared[place])
        if verdicts[i][j] in ("unreliable", "borderline") and 0 < wanted <= left[place]:
            known, recipient = (i, j) if sizes[i] >= sizes[j] else (j, i)
            steps.append((wanted, names[recipient], names[known]))
        if len(steps) == MOST_PAIRS:
            break
    return steps
