"""`chemical-correlation` on real molecules: its interval and p, and what a batch effect does to it."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import numpy as np

from auditor import console
from auditor.affinity.chemical.robustness import holds
from auditor.chemistry.fingerprints import unpacked
from benchmarks.calibration.measured import Measured, Section, counted
from benchmarks.chemical_correlation import KERNELS, Panel, apart, panel_of, readable, related
from benchmarks.support import MIRROR

COMPOUNDS = 800
TASKS = 40
ACTIVE = 30
"""Substructures that a label follows."""
STRUCTURE = 0.5
"""Share of a label's variance that structure explains."""
LINK = 0.7
POOLS = ("Tox21", "kinase panel", "one series of kinase ligands")


@cache
def pool(name: str) -> Panel:
    """Return real molecules: of Tox21, of a panel of kinases, or the neighbours of one of its compounds."""
    rng = np.random.default_rng(0)
    kinase = name != "Tox21"
    file = "kinase/kinase_panel19_derived.csv.gz" if kinase else "moleculenet/tox21.csv.gz"
    data, column = (MIRROR / file).read_bytes(), "SMILES" if kinase else "smiles"
    smiles = [row[column] for row in csv.DictReader(io.StringIO(gzip.decompress(data).decode()))]
    few = COMPOUNDS if name != POOLS[2] else 4 * COMPOUNDS
    chosen = [smiles[i] for i in rng.permutation(len(smiles))[: few + 50]]
    chosen = [text for text in chosen if readable(text)][:few]
    if name == POOLS[2]:
        chosen = _series(chosen)
    return panel_of(chosen, np.zeros((len(chosen), 1)))


def _series(smiles: list[str]) -> list[str]:
    """Return the most similar compounds of the one that has the most similar ones."""
    from auditor.affinity.chemical.similarity import similarities
    from auditor.chemistry.fingerprints import morgan_bits

    packed = morgan_bits(smiles)
    near = similarities(packed, packed)
    centre = int((near > 0.4).sum(axis=0).argmax())
    return [smiles[i] for i in np.argsort(-near[centre], kind="stable")[: COMPOUNDS // 2]]


def of_real_molecules(draws: int, rng: np.random.Generator) -> Iterator[Measured]:
    """Yield how often unrelated tasks are called related, and whether the interval holds the truth."""
    console.settings.level = -1
    for name in POOLS:
        panel = pool(name)
        for kernel in KERNELS:
            case = f"{name}, {len(panel.labels)} compounds, {kernel}"
            panels = range(-(-draws // (TASKS // 2)))
            exact, unrelated, linked, known = [], [], [], []
            for seed in panels:
                one, two, three = _pairs()
                found = related(labelled(panel, _orthogonal(panel, rng), rng), kernel, seed=seed)
                outside = (found.low > 0) | (found.high < 0)
                exact.append(outside[one, two])
                unrelated.append(outside[one, three])
                found = related(labelled(panel, _linked(panel, rng), rng), kernel, seed=seed)
                inside = (found.low <= LINK) & (found.high >= LINK)
                estimated = np.isfinite(found.low[one, two])
                linked.append(inside[one, two][estimated])
                known.append(estimated)
            yield counted(case, "r exactly 0, called", "calls chance", np.concatenate(exact))
            yield counted(case, "unrelated, called", "calls chance", np.concatenate(unrelated))
            yield counted(case, f"interval, effects at {LINK}", "holds the truth", np.concatenate(linked))
            yield counted(case, f"estimated, effects at {LINK}", "is marked", np.concatenate(known))


def of_batches(draws: int, rng: np.random.Generator) -> Iterator[Measured]:
    """Yield what a shift of whole scaffolds that two unrelated tasks share does."""
    console.settings.level = -1
    for name in POOLS:
        panel = pool(name)
        _, series = np.unique(panel.scaffolds, return_inverse=True)
        for kernel in KERNELS:
            for size in (0.5, 1.0):
                called, kept = [], []
                for seed in range(-(-draws // (TASKS // 2))):
                    one, two, _ = _pairs()
                    shift = rng.normal(size=(series.max() + 1, TASKS // 2))[series]
                    shift = np.repeat((shift - shift.mean(axis=0)) / shift.std(axis=0), 2, axis=1)
                    changed = labelled(panel, _orthogonal(panel, rng), rng)
                    changed = replace(changed, labels=changed.labels + np.sqrt(size) * shift)
                    found, other = related(changed, kernel, seed=seed), apart(changed, kernel, seed=seed)
                    outside = ((found.low > 0) | (found.high < 0))[one, two]
                    called.append(outside)
                    kept.append(outside & holds(found.correlation, other)[one, two])
                share = float(1 - np.concatenate(kept).sum() / max(np.concatenate(called).sum(), 1))
                case = f"{name}, {kernel}, shifts of {size:g} of the variance"
                all_called = np.concatenate(called)
                yield counted(case, "r exactly 0, called", "calls chance", all_called, share)
                yield counted(case, "called, and said to hold", "calls chance", np.concatenate(kept))


def _pairs() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return tasks, the ones at r = 0 with each, and unrelated ones; no pair has a task of another's."""
    one = np.arange(0, TASKS, 2)
    return one, one + 1, np.roll(one, 2) + 1


def labelled(panel: Panel, structure: np.ndarray, rng: np.random.Generator) -> Panel:
    noise = rng.normal(size=structure.shape)
    return replace(panel, labels=np.sqrt(STRUCTURE) * structure + np.sqrt(1 - STRUCTURE) * noise)


def substructures(panel: Panel) -> np.ndarray:
    """Return the substructures that 2 to 98 % of the compounds have (n, q)."""
    bits = unpacked(panel.packed).astype(float)
    share = bits.mean(axis=0)
    return bits[:, (share > 0.02) & (share < 0.98)]


def scaled(values: np.ndarray) -> np.ndarray:
    return np.asarray((values - values.mean(axis=0)) / values.std(axis=0))


def _orthogonal(panel: Panel, rng: np.random.Generator) -> np.ndarray:
    """Return what tasks follow (n, t): `ACTIVE` substructures each, and two and two exactly at r = 0."""
    bits = substructures(panel)
    effects = np.zeros((bits.shape[1], TASKS))
    for own in effects.T:
        own[rng.choice(len(own), ACTIVE, replace=False)] = rng.normal(size=ACTIVE)
    out = scaled(bits @ effects)
    first, second = out[:, ::2], out[:, 1::2]
    out[:, 1::2] = scaled(second - (first * second).mean(axis=0) * first)
    return out


def _linked(panel: Panel, rng: np.random.Generator) -> np.ndarray:
    """Return tasks (n, t) that follow all substructures, two and two with effects correlated at `LINK`."""
    bits = substructures(panel)
    effects = rng.normal(size=(bits.shape[1], TASKS))
    effects[:, 1::2] = LINK * effects[:, ::2] + np.sqrt(1 - LINK**2) * effects[:, 1::2]
    return scaled(bits @ effects)


SECTIONS = (
    Section(
        "chemical-correlation on real molecules",
        f"Labels that follow {ACTIVE} substructures of the molecules and, as much, noise. *r exactly 0*: "
        "the structural parts of two tasks are made uncorrelated over the compounds. *Unrelated*: each "
        f"follows substructures of its own. *Effects at {LINK}*: all substructures, with correlated "
        "effects; *estimated*: with an interval.",
        of_real_molecules,
        400,
        needs_mirror=True,
        fast=20,
    ),
    Section(
        "chemical-correlation under batch effects",
        "Two tasks exactly at r = 0 that share a shift of every scaffold. A report says of a pair whether "
        "it holds without pairs of compounds of one scaffold.",
        of_batches,
        200,
        needs_mirror=True,
        fast=20,
    ),
)
