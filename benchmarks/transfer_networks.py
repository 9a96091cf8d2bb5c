"""Gains of small networks from one donor: how well each affinity, and the predicted gain, ranks them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from auditor import console
from auditor.affinity.chemical.products import Columns
from auditor.affinity.chemical.relation import relate
from auditor.affinity.chemical.similarity import compounds_of
from auditor.transfer.kernel.gain import Target, Task, gains_of, task_of
from auditor.transfer.kernel.panel import Panel, column_of, grouped
from auditor.transfer.kernel.share import share_of
from benchmarks.support import has_mirror, table
from benchmarks.transfer_designs import donor_of, held_out, recipient_of
from benchmarks.transfer_nets import Wanted, fingerprints, trained
from benchmarks.transfer_panels import Published, published

DONOR, SPLITS, STARTS = 300, 2, 2
DESIGNS: tuple[tuple[str, Target], ...] = (
    ("expansionrx", "new"),
    ("qm9", "new"),
    ("expansionrx", "measured"),
    ("kinases", "new"),
    ("qm9", "measured"),
    ("tdc", "new"),
)
CHOSEN = 0.01
"""Expected gain in R² from which a donor is chosen."""


@dataclass(frozen=True)
class Pairs:
    """Every pair of one split, its gains in networks, and what was said of it.

    Parameters
    ----------
    keys
        Recipient and donor (p, 2).
    gains, over_shuffled
        In R² on held-out compounds, means over beginnings (p,).
    said
        Predictors by name (p,).
    """

    keys: NDArray[np.int64]
    gains: NDArray[np.float64]
    over_shuffled: NDArray[np.float64]
    said: dict[str, NDArray[np.float64]]


def main() -> None:
    """Print both tables; ``MTL_AUDIT_PANELS=qm9`` does some of the panels only."""
    console.settings.level = -1
    if not has_mirror():
        return
    torch.set_num_threads(1)
    wanted = os.environ.get("MTL_AUDIT_PANELS", "").split(",")
    print(
        "Networks of one shared layer over fingerprints. Recipients of 100 labels, donors of up to "
        f"{DONOR}, {SPLITS} splits by scaffold, {STARTS} beginnings. Correlation of what was said of a "
        "pair with its gain in R² on held-out compounds, both centred per recipient, means over the "
        "splits; ± by leaving out one task at a time. Reliability: of that mean, from the correlation of "
        "splits. E and chemical-correlation know all labels of the panel, the others those of the design "
        "alone.\n"
    )
    choices: list[tuple[object, ...]] = []
    names = (
        "predicted",
        "expected",
        "gradient-cosine",
        "size of chemical-correlation",
        "size of E",
        "donor's h",
    )
    columns = ("panel", "target", "pairs", "gain", "shuffled donor", "reliability", *names)
    rows = (
        _row(panel, target, names, choices)
        for panel, target in DESIGNS
        if wanted == [""] or panel in wanted
    )
    table(columns, rows)
    print(f"\nR² of recipients by donors chosen; expected: those from {CHOSEN} on. ± over recipients.\n")
    table(("panel", "alone", "all", "expected", "as many at random", "donors", "expected - all"), choices)


def _row(
    name: str, target: Target, names: Sequence[str], choices: list[tuple[object, ...]]
) -> tuple[object, ...]:
    panel = published(name)
    features = fingerprints(panel.smiles)
    known = _known(panel)
    splits = [_split(panel, target, split, features, known) for split in range(SPLITS)]
    if target == "new":
        choices.append(_choice(panel, features, splits))
    keys = sorted(set.intersection(*({tuple(key) for key in one.keys.tolist()} for one in splits)))
    order = [[one.keys.tolist().index(list(key)) for key in keys] for one in splits]
    gains = np.array([one.gains[o] for one, o in zip(splits, order, strict=True)])
    over = np.array([one.over_shuffled[o] for one, o in zip(splits, order, strict=True)])
    recipient = np.array([key[0] for key in keys])
    centred = np.array([_centred(row, recipient) for row in gains])
    between = np.corrcoef(centred)[np.triu_indices(SPLITS, 1)].mean()
    reliability = SPLITS * between / (1 + (SPLITS - 1) * between)
    cells = []
    for said in names:
        values = np.nanmean([one.said[said][o] for one, o in zip(splits, order, strict=True)], axis=0)
        cells.append(_agreement(np.array(keys), values, gains.mean(axis=0)))
    shuffled = (gains - over).mean()
    return (name, target, len(keys), f"{gains.mean():.3f}", f"{shuffled:.3f}", f"{reliability:.2f}", *cells)


def _split(
    panel: Published,
    target: Target,
    split: int,
    features: torch.Tensor,
    known: dict[str, NDArray[np.float64]],
) -> Pairs:
    t, held = panel.labels.shape[1], held_out(panel, split)
    keys, wanted, tests, shuffled, alone, said = [], [], [], [], [], []
    for i in range(t):
        rows, test = recipient_of(panel, i, held, split)
        for j in (j for j in range(t) if j != i):
            rng = np.random.default_rng([split, i, j, 2])
            found = donor_of(panel, target, split, j, rows, test, rng, most=DONOR)
            if found is None:
                continue
            donor, judged = found
            kernel = _kernel_gain(panel, target, (i, j), rows, donor)
            if kernel is None:
                continue
            keys.append((i, j))
            said.append(kernel)
            tests.append(judged)
            alone.append(wanted_of(panel, i, rows, ()))
            wanted.append(wanted_of(panel, i, rows, ((j, donor),)))
            mixed = rng.permutation(len(donor))
            z = np.concatenate([wanted[-1].z[: len(rows)], wanted[-1].z[len(rows) :][mixed]])
            shuffled.append(Wanted(wanted[-1].rows, wanted[-1].task, z))
    firsts = {key[0]: place for place, key in reversed(list(enumerate(keys)))}
    off, cosine = np.zeros((3, STARTS, len(keys))), np.zeros((STARTS, len(keys)))
    for start in range(STARTS):
        every = np.arange(len(panel.labels))
        places = list(firsts.values())
        singles, _ = trained(features, [alone[k] for k in places], [every] * len(places), seed=start)
        single = dict(zip(firsts, singles, strict=True))
        both, cosine[start] = trained(features, wanted, tests, seed=start)
        mixed, _ = trained(features, shuffled, tests, seed=start)
        for k, (i, _) in enumerate(keys):
            z = _scaled(panel, i, alone[k].rows, tests[k])
            spread = ((z - z.mean()) ** 2).sum()
            guesses = (single[i][tests[k]], both[k], mixed[k])
            off[:, start, k] = [((z - guess) ** 2).sum() / spread for guess in guesses]
    off = off.mean(axis=1)
    pairs = np.array(keys)
    about = {name: matrix[pairs[:, 0], pairs[:, 1]] for name, matrix in known.items()}
    about |= dict(zip(("predicted", "expected", "donor's h"), np.array(said).T, strict=True))
    return Pairs(pairs, off[0] - off[1], off[2] - off[1], {**about, "gradient-cosine": cosine.mean(axis=0)})


def _choice(panel: Published, features: torch.Tensor, splits: Sequence[Pairs]) -> tuple[object, ...]:
    """Return the R² of recipients without donors, with all, with those expected to help, and at random."""
    t = panel.labels.shape[1]
    r2 = np.full((SPLITS, t, 4), np.nan)
    counts = []
    for split, pairs in enumerate(splits):
        held = held_out(panel, split)
        kept, wanted, tests = [], [], []
        for i in np.unique(pairs.keys[:, 0]):
            rows, test = recipient_of(panel, int(i), held, split)
            mine = pairs.keys[:, 0] == i
            donors, gains = pairs.keys[mine, 1], pairs.said["expected"][mine]
            best = donors[gains > CHOSEN]
            rng = np.random.default_rng([split, int(i), 5])
            counts.append(len(best))
            for some in ((), donors, best, rng.permutation(donors)[: len(best)]):
                own = []
                for j in some:
                    again = np.random.default_rng([split, int(i), int(j), 2])
                    found = donor_of(panel, "new", split, int(j), rows, test, again, most=DONOR)
                    assert found is not None
                    own.append((int(j), found[0]))
                wanted.append(wanted_of(panel, int(i), rows, own))
                tests.append(test)
            kept.append((int(i), rows, test))
        for start in range(STARTS):
            said, _ = trained(features, wanted, tests, seed=start)
            for place, (i, rows, test) in enumerate(kept):
                z = _scaled(panel, i, rows, test)
                spread = ((z - z.mean()) ** 2).sum()
                found = [1 - ((z - guess) ** 2).sum() / spread for guess in said[4 * place : 4 * place + 4]]
                r2[split, i] = np.nansum([r2[split, i], np.array(found) / STARTS], axis=0)
    mean = np.nanmean(r2, axis=0)
    mean = mean[np.isfinite(mean).all(axis=1)]
    apart = mean[:, 2] - mean[:, 1]
    said_apart = f"{apart.mean():+.3f} ± {apart.std(ddof=1) / np.sqrt(len(apart)):.3f}"
    return (
        panel.name,
        *(f"{value:.3f}" for value in mean.mean(axis=0)),
        f"{np.mean(counts):.1f}",
        said_apart,
    )


def wanted_of(
    panel: Published, task: int, rows: NDArray[np.int64], donors: Sequence[tuple[int, NDArray[np.int64]]]
) -> Wanted:
    """Return the labels of a network: a recipient's, and those of some donors."""
    parts = [(task, rows), *donors]
    return Wanted(
        np.concatenate([compounds for _, compounds in parts]),
        np.concatenate([np.full(len(part[1]), place) for place, part in enumerate(parts)]),
        np.concatenate([_scaled(panel, one, compounds, compounds) for one, compounds in parts]),
    )


def _scaled(
    panel: Published, task: int, known: NDArray[np.int64], rows: NDArray[np.int64]
) -> NDArray[np.float64]:
    y = panel.labels[known, task]
    found: NDArray[np.float64] = (panel.labels[rows, task] - y.mean()) / y.std()
    return found


def _kernel_gain(
    panel: Published,
    target: Target,
    pair: tuple[int, int],
    rows: NDArray[np.int64],
    donor: NDArray[np.int64],
) -> tuple[float, float, float] | None:
    """Return the predicted and the expected gain of a pair, and the donor's h."""
    columns = [
        column_of(panel.tasks[task], of, panel.labels[of, task], classes=panel.classes, labels=len(of))
        for task, of in zip(pair, (rows, donor), strict=True)
    ]
    if columns[0] is None or columns[1] is None:
        return None
    used = np.union1d(rows, donor)
    groups = np.zeros(len(panel.labels), dtype=np.int64)
    groups[used] = grouped(list(panel.scaffolds[used]), seed=0)
    drawn = Panel(panel.similarity, (columns[0], columns[1]), groups)
    tasks: list[Task] = []
    for column in drawn.columns:
        kernel = panel.similarity.block(column.rows, column.rows)
        tasks.append(task_of(drawn, column, share_of(kernel, column.z), kernel))
    gain = gains_of(drawn, tasks[0], tasks[1]).gains.get((0, target))
    return None if gain is None else (gain.r2.predicted, gain.r2.expected.value, tasks[1].share.h)


def _known(panel: Published) -> dict[str, NDArray[np.float64]]:
    """Return E and chemical-correlation of all labels of a panel (t, t), absolute."""
    groups = grouped(list(panel.scaffolds), seed=0)
    order = np.argsort(groups, kind="stable")
    labels = panel.labels[order]
    z = (labels - np.nanmean(labels, axis=0)) / np.nanstd(labels, axis=0)
    masks = np.isfinite(z).astype(np.float32)
    columns = Columns(np.nan_to_num(z).astype(np.float32), masks, order, groups[order])
    chemical = relate(compounds_of([panel.smiles[k] for k in order], "ridge"), columns).correlation
    t = labels.shape[1]
    e = np.full((t, t), np.nan)
    for i in range(t):
        for j in range(t):
            both = np.isfinite(labels[:, i]) & np.isfinite(labels[:, j])
            if both.sum() >= 20:
                e[i, j] = np.corrcoef(labels[both, i], labels[both, j])[0, 1]
    return {"size of chemical-correlation": np.abs(chemical), "size of E": np.abs(e)}


def _centred(values: NDArray[np.float64], recipient: NDArray[np.int64]) -> NDArray[np.float64]:
    means = {i: values[recipient == i].mean() for i in np.unique(recipient)}
    return values - np.array([means[i] for i in recipient])


def _agreement(keys: NDArray[np.int64], said: NDArray[np.float64], gains: NDArray[np.float64]) -> str:
    """Return the correlation of both centred per recipient, and its error by leaving out tasks."""
    known = np.isfinite(said)
    if known.sum() < 10:
        return "–"

    def r(keep: NDArray[np.bool_]) -> float:
        both = [_centred(values[keep], keys[keep, 0]) for values in (said, gains)]
        return float(np.corrcoef(*both)[0, 1])

    tasks = np.unique(keys)
    without = np.array([r(known & ~(keys == task).any(axis=1)) for task in tasks])
    error = np.sqrt((len(tasks) - 1) / len(tasks) * ((without - without.mean()) ** 2).sum())
    return f"{r(known):.2f} ± {error:.2f}"
