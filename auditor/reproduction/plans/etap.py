"""ETAP (Ayman, Mukhopadhyay & Laszka 2026), as far as the published gains of ETTm1 allow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from auditor.reproduction.plan import Claim, Computation, Measure, Plan
from auditor.reproduction.reading import exactly, value_with_ends
from auditor.seeding import derive
from auditor.statistics.association import correlation
from auditor.statistics.student import reach
from auditor.transfer.group_gains import GroupGains, choose_groups, group_gains, shared_groups
from auditor.transfer.predicted.etap import affinity_line, etap
from auditor.transfer.predicted.linear import membership_ridge, pair_gains
from auditor.transfer.predictor import Fit, extend

SEEDS = 10
SIZES = (10, 20, 50)
WORK = "ettm1"
FILES = tuple(f"gains/ETTm1_{name}.csv" for name in ("x", "y", "TAG_HOA"))
LOSSES = {"ETTm1": 3.89, "Chemical": 4.67, "CelebA": 49.41, "Ridership": 17.59}
NO_LOSSES = (
    "The released table of ETTm1 holds gains and no losses; those of the other three were not found."
)
THEIR_AFFINITY = (
    "With TAG's affinity, which is published beside the gains and of which ETAP's is the first-order term: "
    "ETAP's own was not released."
)
RESULT_TABLES = (
    "The paper's tables of R² and r were not at hand: claims without a printed number are bounds."
)


def measure(members: Path, gains: Path, tag: Path) -> dict[str, Any]:
    """Return r of predicted and measured gains over 10 divisions of the groups, by predictor and size.

    As the paper does it: the group of all tasks is always learned from, tasks alone are left out, and r is
    over all members of all other groups.
    """
    inside, measured, scored = (np.loadtxt(path) for path in (members, gains, tag))
    tasks = [f"task-{place}" for place in range(inside.shape[1])]
    whole = shared_groups(group_gains(tasks, inside > 0, measured))
    affinity = pair_gains(group_gains(tasks, inside > 0, scored))
    fits: dict[str, Fit] = {
        "etap": etap(affinity, masked=False),
        "line": affinity_line(affinity),
        "membership": membership_ridge(masked=False),
    }
    found: dict[str, Any] = {
        name: {str(size): [_r(fit, whole, size, seed) for seed in range(SEEDS)] for size in SIZES}
        for name, fit in fits.items()
    }
    score = extend(affinity, whole.members)
    at = whole.measured & np.isfinite(score)
    return {
        "tasks": len(tasks),
        "groups": len(inside),
        "r": found,
        "affinity": correlation(score[at], whole.gains[at]),
        "less": {
            f"{one} at {size} less {other} at {than}": _difference(found, (one, size), (other, than))
            for (one, size), (other, than) in (
                (("etap", 10), ("etap", 50)),
                (("etap", 20), ("line", 20)),
                (("etap", 20), ("membership", 20)),
                (("etap", 10), ("membership", 10)),
            )
        },
    }


def _r(fit: Fit, whole: GroupGains, size: int, seed: int) -> float:
    order = np.random.default_rng(derive(seed, "training groups")).permutation(whole.g)
    everyone = int(np.argmax(whole.sizes))
    order = np.concatenate([[everyone], order[order != everyone]])
    train, test = choose_groups(whole, order[:size]), choose_groups(whole, order[size:])
    told = fit(train)(test.members)
    cells = test.measured & np.isfinite(told)
    return correlation(told[cells], test.gains[cells])


def _difference(found: dict[str, Any], one: tuple[str, int], other: tuple[str, int]) -> list[float]:
    """Return the mean difference of r over divisions with its 95 % interval by Student's t."""
    apart = np.array(found[one[0]][str(one[1])]) - np.array(found[other[0]][str(other[1])])
    half = float(reach(np.array([len(apart) - 1]))[0] * apart.std(ddof=1) / np.sqrt(len(apart)))
    mean = float(apart.mean())
    return [mean, mean - half, mean + half]


def _less(name: str) -> Measure:
    note = "over 10 divisions of one table's groups; another table may differ more"
    return value_with_ends(WORK, lambda data: data["less"][name], seeds=SEEDS, note=note)


def plan() -> Plan:
    """Return it."""
    part = "ETTm1"
    bounds = (
        ("few-groups", "10 trained groups predict as well as 50 (r lower by at most 0.05)", -0.05,
         "etap at 10 less etap at 50"),
        ("steps", "Spline and ridge predict better than the affinity's line (20 groups)", 0.0,
         "etap at 20 less line at 20"),
        ("affinity-20", "The affinity adds to who is in the group (20 groups)", 0.0,
         "etap at 20 less membership at 20"),
        ("affinity-10", "The affinity adds to who is in the group (10 groups)", 0.0,
         "etap at 10 less membership at 10"),
    )  # fmt: skip
    counts = (
        Claim("tasks", part, "ETTm1 has 7 tasks", 7, works=(WORK,), digits=0,
              measure=exactly(WORK, lambda data: data["tasks"])),
        Claim("groups", part, "All 127 groups of ETTm1 were trained", 127, works=(WORK,), digits=0,
              measure=exactly(WORK, lambda data: data["groups"])),
    )  # fmt: skip
    claims = (
        *counts,
        *(
            Claim(
                name, part, said, line, "at least", works=(WORK,), measure=_less(key), reason=THEIR_AFFINITY
            )
            for name, said, line, key in bounds
        ),
        Claim(
            "run-time", "Cost", "The affinity costs 70 % less time than TAG's", 70, digits=0, testable=True,
            reason="A time of one machine; both are affinities of this tool, tag-linear and tag.",
        ),
        Claim(
            "celeba-r", "Other tables", "r of affinity and gain over the pairs of CelebA", 0.32,
            reason="The gains of CelebA were not released.",
        ),
        *(
            Claim(f"loss-{name.lower()}", "Other tables", f"Total loss of {name}", loss, reason=NO_LOSSES)
            for name, loss in LOSSES.items()
        ),
    )  # fmt: skip
    works = (Computation(WORK, "auditor.reproduction.plans.etap:measure", 0.2, FILES),)
    return Plan("ETAP 2026", "Ayman et al. 2026, arXiv 2602.18591", "etap", claims, works, (RESULT_TABLES,))
