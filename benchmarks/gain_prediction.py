"""Gain prediction on a published table of all groups: accuracy, intervals, which groups to train next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from auditor.seeding import derive
from auditor.statistics.association import correlation
from auditor.transfer.group_gains import GroupGains, choose_groups, group_gains
from auditor.transfer.grouping.grouping import value_of
from auditor.transfer.grouping.partition import best_partition
from auditor.transfer.predicted.active import next_groups
from auditor.transfer.predicted.assess import Accuracy, assess, r_squared
from auditor.transfer.predicted.choose import choose, predictors
from auditor.transfer.predicted.interval import (
    LEVEL,
    conformal_half_width,
)
from auditor.transfer.predicted.linear import pair_gains, task_mean
from auditor.transfer.predicted.random_effects import Posterior, covariance, mean, posterior
from auditor.transfer.predictor import Fit, extend
from benchmarks.published_gains import measured, published
from benchmarks.support import has_mirror, table

SEEDS = range(10)
TRAINING = (5, 10, 20, 50)
STATED = (0.35, 0.48, 0.50, 0.59)
"""Held-out R2 of a membership ridge that was stated for this table beforehand."""
START = 5


def main() -> None:
    """Print the tables."""
    if not has_mirror():
        return
    gains, tag, repeated = published()
    ceiling(gains, repeated)
    accuracy(gains, tag)
    intervals(gains)
    active(gains)


def parted(gains: GroupGains, training: int, seed: int) -> tuple[GroupGains, GroupGains]:
    """Return training and held-out groups: all tasks, and others at random, as ETAP does."""
    order = np.random.default_rng(derive(seed, "training groups")).permutation(gains.g)
    everyone = int(np.argmax(gains.sizes))
    order = np.concatenate([[everyone], order[order != everyone]])
    return choose_groups(gains, order[:training]), choose_groups(gains, order[training:])


def ceiling(gains: GroupGains, repeated: NDArray[np.float64]) -> None:
    """What a second run of the 21 pairs says about noise."""
    first = pair_gains(gains)
    known = np.isfinite(first)
    one, other = first[known], repeated[known]
    task = np.nonzero(known)[1]
    means = [np.array([np.mean(run[task == t]) for t in range(gains.t)])[task] for run in (one, other)]
    larger = choose_groups(gains, gains.sizes > 2)
    print(
        "Two published runs of the 21 pairs, 42 gains each, and pairs averaged into larger groups (HOA):\n"
    )
    rows = [
        ("r of the two runs", f"{correlation(one, other):.2f}"),
        ("the same within tasks", f"{correlation(one - means[0], other - means[1]):.2f}"),
    ]
    for name, said in (
        ("HOA from the table's own pairs", extend(first, larger.members)),
        ("HOA from the other run", extend(repeated, larger.members)),
        (
            "mean of each task over the 21 pairs",
            task_mean(choose_groups(gains, gains.sizes == 2))(larger.members),
        ),
    ):
        found = assess(said, larger)
        rows.append((f"{name}: r, R2, R2 within tasks", _three(found)))
    table(("quantity", "value"), rows)
    print()


def _three(found: Accuracy) -> str:
    return f"{found.pearson:.2f}, {found.r2:.2f}, {found.within_r2:.2f}"


def accuracy(gains: GroupGains, tag: NDArray[np.float64]) -> None:
    """R2 of every predictor on held-out groups, and of the one chosen without a look at them."""
    plain = predictors({"TAG": tag})
    print(
        f"ETTm1, 7 tasks, 120 groups of two or more; training groups at random, {len(SEEDS)} seeds. Mean "
        "R2 over (group, task) cells of the held-out groups ± its standard deviation over seeds / mean r / "
        "mean R2 within tasks.\n"
    )
    rows = [("stated for a membership ridge", *(f"{value:.2f}" for value in STATED))]
    rows += [(name, *(_scored(fit, gains, size) for size in TRAINING)) for name, fit in plain.items()]
    chosen = [choice(plain, gains, size) for size in TRAINING]
    rows.append(("**chosen by cross-validation in training groups**", *(text for text, _ in chosen)))
    table(("predictor", *(f"{size} training groups" for size in TRAINING)), rows)
    print("\nHow often each was chosen:\n")
    names = sorted({name for _, names in chosen for name in names})
    table(
        ("predictor", *map(str, TRAINING)), [(name, *(n.count(name) for _, n in chosen)) for name in names]
    )
    print()


def _scored(fit: Fit, gains: GroupGains, size: int) -> str:
    found = []
    for seed in SEEDS:
        train, held = parted(gains, size, seed)
        found.append(assess(fit(train)(held.members), held))
    return summary(found)


def choice(candidates: Mapping[str, Fit], gains: GroupGains, size: int) -> tuple[str, list[str]]:
    """Return the accuracy of the chosen predictor, and which one that was for each seed."""
    found, names = [], []
    for seed in SEEDS:
        train, held = parted(gains, size, seed)
        best = choose(candidates, train, seed=seed)
        found.append(assess(best.predict(held.members), held))
        names.append(best.name)
    return summary(found), names


def summary(found: list[Accuracy]) -> str:
    """Return mean R2 ± standard deviation / mean r / mean R2 within tasks."""
    r2 = np.array([one.r2 for one in found])
    r, within = (np.mean([getattr(one, name) for one in found]) for name in ("pearson", "within_r2"))
    return f"{r2.mean():.2f} ± {r2.std():.2f} / {r:.2f} / {within:.2f}"


def intervals(gains: GroupGains) -> None:
    """Share of held-out gains inside intervals."""
    print(f"Share of held-out gains inside {LEVEL:.0%} intervals (mean width), {len(SEEDS)} seeds:\n")
    rows = []
    for name, ends in (("posterior", _posterior_ends), ("conformal, task mean", _conformal_ends)):
        cells = []
        for size in TRAINING:
            found = []
            for seed in SEEDS:
                train, held = parted(gains, size, seed)
                low, high = ends(train, held)
                width = float(np.nanmean(high - low))
                found.append((_covered(low, high, held), width))
            share, width = np.mean(found, axis=0)
            cells.append(f"{share:.2f} ({width:.2f})")
        rows.append((name, *cells))
    table(("interval", *(f"{size} training groups" for size in TRAINING)), rows)
    print()


def _posterior_ends(train: GroupGains, held: GroupGains) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the ends (g, t) between which one new measurement of each gain lies."""
    found = posterior(train)
    middle = mean(found, held.members)
    half = float(norm.ppf(0.5 + LEVEL / 2)) * standard_deviation(found, held.members)
    return middle - half, middle + half


def standard_deviation(found: Posterior, members: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the standard deviation of one new measurement of each member's gain (g, t)."""
    out = np.full(members.shape, np.nan)
    for row, group in enumerate(members):
        _, spread = covariance(found, group[None])
        out[row, group] = np.sqrt(np.maximum(np.diag(spread), 0.0) + found.variances[-2:].sum())
    return out


def _covered(low: NDArray[np.float64], high: NDArray[np.float64], held: GroupGains) -> float:
    """Return the share of measured gains between the ends (g, t)."""
    cells = held.measured & np.isfinite(low) & np.isfinite(high)
    return float(((held.gains >= low) & (held.gains <= high))[cells].mean())


def _conformal_ends(train: GroupGains, held: GroupGains) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    best = choose({"task mean": task_mean}, train, seed=0)
    half = conformal_half_width(best.out_of_fold, train)
    middle = best.predict(held.members)
    return middle - half, middle + half


def active(gains: GroupGains) -> None:
    """Groups chosen for what they tell, against groups chosen at random, from the same start."""
    print(
        f"Groups trained after the first {START} (the same for both ways): mean R2 of the random-effects "
        f"predictor over all groups not trained, {len(SEEDS)} seeds; difference ± standard error.\n"
    )
    rows, values = [], []
    for size in TRAINING[1:]:
        lucky = [_grown(gains, size, seed, _at_random) for seed in SEEDS]
        planned = [_grown(gains, size, seed, _planned) for seed in SEEDS]
        by_cost = [_grown(gains, size, seed, partial(_planned, by_size=True)) for seed in SEEDS]
        rows.append((size, *(_versus(way, lucky) for way in (lucky, planned, by_cost))))
        values.append((size, *(_versus(way, lucky, part=2) for way in (lucky, planned, by_cost))))
    table(("training groups", "at random", "chosen", "chosen per trained task"), rows)
    print("\nIn brackets: trained tasks, summed over the groups; a larger group costs more.\n")
    best = best_partition(measured(gains), gains.t, most=gains.t).value
    print(
        "The grouping of most predicted gain after these trainings: its gain per task as it was measured, "
        f"{len(SEEDS)} seeds; the best grouping there is gains {best:.3f}, all tasks together "
        f"{value_of([range(gains.t)], measured(gains), gains.t):.3f}.\n"
    )
    table(("training groups", "at random", "chosen", "chosen per trained task"), values)
    print()


def _versus(way: list[Grown], lucky: list[Grown], *, part: int = 0) -> str:
    mean, trained = np.mean([(one[part], one[1]) for one in way], axis=0)
    brackets = f" ({trained:.0f})" if part == 0 else ""
    if way is lucky:
        return f"{mean:.3f}{brackets}"
    difference = np.array([a[part] - b[part] for a, b in zip(way, lucky, strict=True)])
    error = difference.std(ddof=1) / np.sqrt(len(difference))
    return f"{mean:.3f}{brackets}, {difference.mean():+.3f} ± {error:.3f}"


Grown = tuple[float, float, float]
Way = Callable[[GroupGains, GroupGains, int, int], NDArray[np.int64]]


def _grown(gains: GroupGains, size: int, seed: int, way: Way) -> Grown:
    """Return R2 over the groups not trained, the number of trained tasks, and what the grouping gains."""
    train, rest = parted(gains, START, seed)
    more = way(train, rest, size - START, seed)
    left = np.setdiff1d(np.arange(rest.g), more)
    grown = joined(train, choose_groups(rest, more))
    held = choose_groups(rest, left)
    found = posterior(grown)
    said = mean(found, held.members)
    cells = held.measured
    advised = best_partition(lambda members: mean(found, members), gains.t, most=gains.t)
    gained = value_of(advised.groups, measured(gains), gains.t)
    return r_squared(held.gains[cells], said[cells]), float(grown.sizes.sum()), gained


def _at_random(train: GroupGains, rest: GroupGains, count: int, seed: int) -> NDArray[np.int64]:
    return np.arange(count)  # the rest is in random order


def _planned(
    train: GroupGains, rest: GroupGains, count: int, seed: int, *, by_size: bool = False
) -> NDArray[np.int64]:
    cost = rest.sizes.astype(np.float64) if by_size else None
    return next_groups(posterior(train), rest.members, count=count, seed=seed, cost=cost)


def joined(first: GroupGains, second: GroupGains) -> GroupGains:
    """Return the groups of two tables of the same tasks."""
    members, gains = (
        np.concatenate([getattr(first, name), getattr(second, name)]) for name in ("members", "gains")
    )
    return group_gains(first.tasks, members, gains)
