"""What a recommendation says in words: its verdict, its sentence, what to do next, and how it was made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from auditor.transfer.predicted.crossed import AGREED

METHOD = (
    "A gain is the test metric in the group less that of the task alone, averaged over seeds: positive is "
    "better; RMSE counts in standard deviations of the training labels. Every training takes its compounds "
    "from one split and stops early on validation compounds. The predictor is the one of least "
    "cross-validated error among those listed, whole groups left out in turn; the grouping maximises "
    "what it predicts, a task alone being worth exactly 0. R2 within tasks and its p are those of "
    "predictions learned from one part of the seeds on one half of the test compounds, and judged by the "
    "others on the other half, in both directions."
)
LIMITS = (
    "An interval says where the gain of a group that was not chosen for its prediction would lie: it holds "
    "what predictions of left-out groups missed, the choice of test compounds (bootstrap), and the spread "
    "between seeds of the tasks alone, which moves all gains of a task alike. The recommended groups "
    "were chosen for their predictions, so that their expected gains are optimistic: train them, and "
    "judge by other compounds. The interval of the whole counts all groups as off in the same direction."
)
NOT_KNOWN = (
    "R2 within tasks not known: it needs two seeds or more, and gains on both halves of the test compounds"
)
UNTOLD = (
    "The predictions are not shown to tell one group of a task from another, so no group is established "
    "to be better than training alone or together. The groups below are those of most predicted gain, "
    "and no more than a guess."
)


def status_of(data: Mapping[str, Any]) -> str:
    """Return whether a gain over training alone is established."""
    if not data["told_apart"]:
        return "fail"
    return "pass" if data["better_than_alone"] else "partial"


def sentence_of(data: Mapping[str, Any]) -> str:
    """Return what a recommendation comes to."""
    known = accuracy_of(data["accuracy"])
    expected = data["expected"]
    gain = f"{expected['value']:+.4f} per task{_range(expected, data['level'])}"
    if not data["told_apart"]:
        return (
            f"From {data['measured_groups']} measured groups, no group of tasks is established to be "
            f"better than training alone or together ({known}){_beside(data)}. The grouping of most "
            f"predicted gain is said to gain {gain}: a guess."
        )
    if not data["joins_tasks"]:
        return f"Train every task alone: no group is predicted to gain ({known})."
    groups = [group for group in data["groups"] if len(group["tasks"]) > 1]
    alone = len(data["groups"]) - len(groups)
    beside = f"all tasks together {_signed(data['together']['expected'])}, each alone 0"
    if data["random"]:
        beside += f", random groups of the same sizes {_signed(data['random']['mean'])}"
    told = (
        f"Train {len(groups)} group(s) and {alone} task(s) alone: expected gain {gain}; predicted "
        f"for {beside} ({known})"
    )
    if data["better_than_alone"]:
        return f"{told}."
    return f"{told}. The interval does not leave out 0: a gain over training alone is not established."


def _beside(data: Mapping[str, Any]) -> str:
    together = together_of(data)
    return f"; {together}" if together else ""


def accuracy_of(found: Mapping[str, float]) -> str:
    """Return how well left-out groups are told apart, judged by other seeds and other test compounds."""
    if not np.isfinite(found["within_r2"]):
        return NOT_KNOWN
    told = f"R2 within tasks {found['within_r2']:.2f}, p {found['within_p']:.2g}"
    if found["differ_p"] <= AGREED:
        return f"{told}; noise lets it be about {found['within_ceiling']:.2f} at most"
    return told if _differ(found) else f"{told}; the groups of a task are not shown to differ at all"


def _differ(found: Mapping[str, float]) -> bool:
    """Return whether groups of a task are shown to differ, by both measurements or by a prediction."""
    return found["differ_p"] <= AGREED or (found["within_r2"] > 0 and found["within_p"] <= AGREED)


def next_steps_of(data: Mapping[str, Any]) -> str:
    """Return what to do next, by how far the predictions can be believed."""
    if not data["told_apart"]:
        return f"{_measured_choice(data)} {_more_of_what(data)}"
    if not data["joins_tasks"]:
        return f"Train each task alone. {_more_of_what(data)}"
    named = ";".join("+".join(group["tasks"]) for group in data["groups"] if len(group["tasks"]) > 1)
    again = (
        f"Train the recommended groups themselves (analyze --also benefit, benefit.groups={named}) with "
        "seeds that took no part here, and compare with each task alone on compounds that took no part."
    )
    return again if data["better_than_alone"] else f"{again} {_more_of_what(data)}"


def together_of(data: Mapping[str, Any]) -> str:
    """Return what all tasks at once gained where that was trained; empty where it was not."""
    told = data["together"]
    if not np.isfinite(told["measured"]):
        return ""
    return f"all tasks together were measured to gain {told['measured']:+.4f} per task{_error(told)}"


def _measured_choice(data: Mapping[str, Any]) -> str:
    together = together_of(data)
    if not together:
        return "Train each task alone until more is known."
    told, error = data["together"]["measured"], data["together"]["standard_error"]
    if not np.isfinite(error):
        return f"Alone or together was measured: {together}; a single seed gives no error of it."
    reach = data["together"]["reach"]
    if told > reach:
        said = "more than its error: prefer that to training each alone"
    elif told < -reach:
        said = "a loss beyond its error: prefer training each alone"
    else:
        said = f"within {reach:.4f} of 0, its 95 % interval, so that neither is shown to be better"
    return f"Alone or together was measured, and needs no prediction: {together}, {said}."


def _more_of_what(data: Mapping[str, Any]) -> str:
    seeds = len(data["trainings"]["seeds"])
    if seeds == 1:
        return "One seed cannot tell a gain from luck: --seeds 3."
    surer = f"--seeds {2 * seeds} makes each gain surer; nothing that is stored is trained again."
    if _differ(data["accuracy"]):
        return (
            "The gains of a task differ between its groups by more than noise, so that there is "
            f"something to learn: a larger --budget adds groups to the {data['measured_groups']} that "
            f"were measured, and {surer}"
        )
    return (
        "The gains of a task are not shown to differ between its groups by more than noise; whether more "
        f"groups would help is therefore not known. More seeds come first: {surer}"
    )


def _error(found: Mapping[str, float]) -> str:
    error = found["standard_error"]
    return f" (standard error {error:.4f})" if np.isfinite(error) else ""


def _range(found: Mapping[str, float], level: float) -> str:
    if not np.isfinite(found["high"]):
        return " (too few groups or seeds for an interval)"
    return f" ({level:.0%} interval {found['low']:+.4f} to {found['high']:+.4f})"


def _signed(value: float) -> str:
    return f"{value:+.4f}" if np.isfinite(value) else "not estimable"
