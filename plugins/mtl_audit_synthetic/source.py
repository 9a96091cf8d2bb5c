"""Tasks of a designed correlation on generated molecules, measured on designed subsets of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from auditor.errors import UsageError
from auditor.source.rows import SourceData, Task, TaskTable
from mtl_audit_synthetic.molecules import DISTINCT, assemble

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.source.files import SourceFiles
    from auditor.source.rows import Kind

DEFAULT_LABELS = 600
MOST_TASKS = 16
FEWEST_COMPOUNDS = 100
_WITHIN = {(0, 1): 0.7, (0, 2): 0.5, (1, 2): 0.6, (3, 4): 0.8, (3, 5): 0.4, (4, 5): 0.5}
_BETWEEN = -0.3
_PATTERN = "AAABBBII"


def read_synthetic(
    files: SourceFiles,
    *,
    compounds: int = 0,
    labels_per_task: int = 0,
    tasks: int = 8,
    kind: Literal["classification", "regression", "mixed"] = "classification",
    overlap: float = 1.0,
    noise: float = 0.25,
    balance: float = 0.5,
    seed: int = 0,
) -> SourceData:
    """Generate a benchmark whose truth is known.

    Each task has a liability that is linear in how often each substituent occurs in a molecule. The
    counts are whitened over the generated molecules, so that without noise the liabilities have
    the designed correlation exactly. Tasks A1-A3 correlate 0.7, 0.5, 0.6, tasks B1-B3 0.8, 0.4,
    0.5, an A with a B -0.3, I1 and I2 with nothing; more than eight tasks repeat the pattern.

    Every task has the same number of labels: a core of compounds that all tasks share, and a
    remainder that is the task's alone, sized so that any two tasks have the given Jaccard overlap.

    Parameters
    ----------
    files
        Not used: nothing is downloaded.
    compounds
        How many molecules at most; 0 = as many as ``labels_per_task`` needs.
    labels_per_task
        0 = as many as ``compounds`` allows, or 600 where that is 0 too.
    tasks
        1 to 16.
    kind
        ``mixed`` alternates classification and regression.
    overlap
        Jaccard overlap of any two tasks, 0-1.
    noise
        Standard deviation of the noise added to a liability of standard deviation 1. It
        attenuates every correlation by 1 / (1 + noise²).
    balance
        Fraction of positives of classification tasks, 0.01-0.99.
    seed
        Determines molecules, weights and noise.

    Returns
    -------
    The tables, with the designed correlation of the liabilities as ``truth`` (t, t). Classes split
    from liabilities correlate less: at balance 0.5, φ = (2/π) arcsin ρ for normal liabilities.

    Raises
    ------
    UsageError
        An option is out of range, or the molecules do not suffice.
    """
    _check(compounds, labels_per_task, tasks, overlap, noise, balance, seed)
    share = 2 * overlap / (1 + overlap)
    labels = labels_per_task or DEFAULT_LABELS
    if compounds:
        labels = int(compounds / (share + tasks * (1 - share)) + 1e-9)
    core = round(share * labels)
    needed = core + tasks * (labels - core)
    smiles, liabilities = _generate(needed, tasks, noise, seed)
    tables = []
    for index in range(tasks):
        own = core + index * (labels - core)
        chosen = np.concatenate([np.arange(core), np.arange(own, own + labels - core)])
        task = _task(index, kind)
        values = liabilities[:, index]
        if task.kind == "classification":
            values = _classes(values, balance)
        tables.append(TaskTable(task, tuple(smiles[i] for i in chosen), values[chosen]))
    return SourceData(tuple(tables), truth=design(tasks), notes=_notes(noise, kind), licence="none needed")


def design(tasks: int) -> NDArray[np.float64]:
    """Return the designed correlation of the liabilities (t, t)."""
    matrix = np.eye(tasks)
    for i in range(tasks):
        for j in range(i):
            if i // 8 == j // 8:
                matrix[i, j] = matrix[j, i] = _designed(j % 8, i % 8)
    return matrix


def _designed(low: int, high: int) -> float:
    if {_PATTERN[low], _PATTERN[high]} == {"A", "B"}:
        return _BETWEEN
    return _WITHIN.get((low, high), 0.0)


def _check(
    compounds: int,
    labels: int,
    tasks: int,
    overlap: float,
    noise: float,
    balance: float,
    seed: int,
) -> None:
    for name, value, low, high in (
        ("compounds", compounds, 0, DISTINCT),
        ("labels_per_task", labels, 0, DISTINCT),
        ("tasks", tasks, 1, MOST_TASKS),
        ("overlap", overlap, 0, 1),
        ("noise", noise, 0, 100),
        ("balance", balance, 0.01, 0.99),
        ("seed", seed, 0, 2**32 - 1),
    ):
        if not low <= value <= high:
            raise UsageError(
                f"option '{name}' of dataset 'synthetic' is {value}", hint=f"it goes from {low} to {high}"
            )
    if compounds and labels:
        raise UsageError(
            "dataset 'synthetic' takes compounds or labels_per_task, not both",
            hint="either follows from the other, the number of tasks and the overlap",
        )


def _generate(count: int, tasks: int, noise: float, seed: int) -> tuple[list[str], NDArray[np.float64]]:
    """Return molecules (n,) and their liabilities (n, t) with noise, scaled to unit variance."""
    if count < FEWEST_COMPOUNDS:
        raise UsageError(
            f"{count} molecules are too few for a designed correlation",
            hint=f"ask for at least {FEWEST_COMPOUNDS} compounds",
        )
    try:
        smiles, counts = assemble(count, seed)
    except ValueError as error:
        raise UsageError(
            f"{count:,} molecules are asked for: {error}",
            hint="ask for fewer labels per task, fewer tasks or more overlap",
        ) from error
    signal = _whitened(counts) @ _directions(counts.shape[1] - 1, tasks, seed)
    signal = signal @ np.linalg.cholesky(design(tasks)).T
    errors = np.random.default_rng([seed, 2]).standard_normal(signal.shape)
    return smiles, np.round((signal + noise * errors) / np.sqrt(1 + noise**2), 6)


def _whitened(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the counts, centred and rotated to unit covariance: symmetric, hence unique.

    The last column is left out: the counts of a molecule add up to the number of positions.
    """
    centred = counts[:, :-1] - counts[:, :-1].mean(axis=0)
    values, vectors = np.linalg.eigh(centred.T @ centred / len(centred))
    scale = np.sqrt(np.maximum(values, 1e-9))
    whitened: NDArray[np.float64] = centred @ (vectors / scale) @ vectors.T
    return whitened


def _directions(features: int, tasks: int, seed: int) -> NDArray[np.float64]:
    """Return random orthonormal directions (features, t), one per task."""
    normal = np.random.default_rng([seed, 1]).standard_normal((features, tasks))
    directions, upper = np.linalg.qr(normal)
    oriented: NDArray[np.float64] = directions * np.sign(np.diag(upper))
    return oriented


def _classes(values: NDArray[np.float64], balance: float) -> NDArray[np.float64]:
    """Return 1 for the given fraction with the highest liability, else 0."""
    positives = max(1, round(balance * len(values)))
    threshold = np.sort(values)[-positives]
    classes: NDArray[np.float64] = (values >= threshold).astype(np.float64)
    return classes


def _task(index: int, kind: str) -> Task:
    block = _PATTERN[index % 8]
    number = sum(_PATTERN[k % 8] == block for k in range(index + 1))
    own: Kind = "regression" if kind == "regression" else "classification"
    if kind == "mixed" and index % 2:
        own = "regression"
    return Task(
        name=f"{block}{number}",
        kind=own,
        description=f"generated liability of block {block}" if block != "I" else "independent liability",
        domain="synthetic",
    )


def _notes(noise: float, kind: str) -> tuple[str, ...]:
    truth = (
        "The truth is the designed correlation ρ of noise-free liabilities; noise lowers a measured "
        f"correlation to {1 / (1 + noise**2):.3g} of it"
    )
    if kind == "regression":
        return (f"{truth}.",)
    return (f"{truth}, and at balance 0.5 splitting into classes lowers it further to (2/π) arcsin ρ.",)
