"""The calls: what the commands do, with their options as keywords and their results as objects.

Every keyword means what the option of its name means on the command line, and has the same default.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from auditor.api.asking import asked, saying, threads_of
from auditor.api.audit import Audit, Recommendation, Study
from auditor.api.requests import analysis_request, data_request
from auditor.api.result import Result
from auditor.api.running import recommended, studied

if TYPE_CHECKING:
    from auditor.affinity.recorded import TaskGradients
    from auditor.api.types import Given, Options, PathLike, Scoped

OPTIONS = ("budget", "groups", "seeds", "choice", "workers", "scheduler", "dry_run")
"""What `recommend` passes on to the analysis of that name."""


@asked
def overlap(
    benchmark: Given,
    *,
    smiles: str | None = None,
    features: str | Sequence[str] = (),
    key: str | None = None,
    tasks: Sequence[str] = (),
    exclude: Sequence[str] = (),
    missing: Sequence[str | float] = (),
    long: Options | None = None,
    censored: str = "drop",
    min_labels: int = 1,
    dataset_options: Options | None = None,
    reader: str = "auto",
    identity: str = "parent-inchikey",
    conflicts: str = "auto",
    measure: str = "jaccard",
    reliable_at: float = 0.40,
    borderline_at: float = 0.30,
    min_support: int = 20,
    only: Sequence[str] = (),
    skip: Sequence[str] = (),
    also: Sequence[str] = (),
    analysis_options: Scoped | None = None,
    no_structures: bool = False,
    anonymise: bool = False,
    cache_dir: PathLike | None = None,
    mirror: PathLike | None = None,
    offline: bool | None = None,
    quiet: bool = False,
) -> Audit:
    """Count the compounds that the tasks of a benchmark share, and judge every pair.

    Parameters
    ----------
    benchmark
        A registered name, the path of a table, a list of such paths to be joined, or a DataFrame.
    smiles, tasks
        The SMILES column, found by its name where not given; the tasks, all where not given.
    features, key
        Of a table without molecules: its columns of features, with ``*`` for any text, or a file of them;
        and the column that names the examples, without which every row is one of its own.
    exclude, min_labels
        Tasks or columns to leave out; tasks with fewer labels are left out too.
    long
        Of a table with one row per compound and assay: ``{"assay": COLUMN, "value": COLUMN}``.
    missing, censored
        What stands for "not measured" in a file or DataFrame, such as -1; what becomes of ``>10``.
    dataset_options, analysis_options
        Options of the dataset by name; of analyses by the analysis, then by name.
    reader
        Who reads a registered benchmark: ``"library"`` (PyTDC, DeepChem), ``"own"``, or a library where
        it is installed.
    identity, conflicts
        What counts as one compound; what becomes of replicates that disagree.
    measure, reliable_at, borderline_at, min_support
        Which overlap the gate looks at, and where it draws its lines.
    only, skip, also
        Analyses to run alone, to leave out, to run beside the default ones.
    no_structures, anonymise
        Whether documents show numbers for structures, and for tasks, columns and files too.
    cache_dir, mirror, offline
        Where files and results are kept, where published files are copied from, whether to open no
        connection. None takes ``MTL_AUDIT_CACHE_DIR``, ``MTL_AUDIT_MIRROR``, ``MTL_AUDIT_OFFLINE``.
    quiet
        Show no progress.

    Raises
    ------
    AuditError
        With a message and a hint: `UsageError`, `DataError` and others of `auditor.errors`.
    """
    from auditor.pipeline import audit_overlap

    with saying(quiet=quiet):
        context, document = audit_overlap(data_request("overlap", locals(), overlap))
    return Audit(document, context)


@asked
def analyze(
    benchmark: Given,
    *,
    encoder: str | None = None,
    encoder_options: Options | None = None,
    affinities: Sequence[str] = ("gradient-cosine", "error-cosine"),
    affinity_options: Scoped | None = None,
    gradients_from: TaskGradients | PathLike | None = None,
    split: str | None = None,
    preset: str = "quick",
    epochs: int | None = None,
    batch_size: int | None = None,
    lr: float | None = None,
    weight_decay: float | None = None,
    patience: int | None = None,
    log_every: int | None = None,
    log_window: float | None = None,
    gradients: str | None = None,
    directions: int | None = None,
    lookahead_lr: float | None = None,
    window: float = 0.2,
    seeds: int = 1,
    seed: int = 0,
    device: str = "auto",
    threads: int | None = None,
    ignore_gate: bool = False,
    dry_run: bool = False,
    smiles: str | None = None,
    features: str | Sequence[str] = (),
    key: str | None = None,
    tasks: Sequence[str] = (),
    exclude: Sequence[str] = (),
    missing: Sequence[str | float] = (),
    long: Options | None = None,
    censored: str = "drop",
    min_labels: int = 1,
    dataset_options: Options | None = None,
    reader: str = "auto",
    identity: str = "parent-inchikey",
    conflicts: str = "auto",
    measure: str = "jaccard",
    reliable_at: float = 0.40,
    borderline_at: float = 0.30,
    min_support: int = 20,
    only: Sequence[str] = (),
    skip: Sequence[str] = (),
    also: Sequence[str] = (),
    analysis_options: Scoped | None = None,
    no_structures: bool = False,
    anonymise: bool = False,
    cache_dir: PathLike | None = None,
    mirror: PathLike | None = None,
    offline: bool | None = None,
    quiet: bool = False,
) -> Study | Result:
    """Audit the overlap, then train an encoder on all tasks, log their gradients and analyse them.

    A call that is interrupted goes on where it was when it is made again. Keywords that are not named
    here are those of `overlap`.

    Parameters
    ----------
    encoder, encoder_options, affinities, affinity_options
        The network and the estimators, with their options (``affinity_options`` by the estimator). No
        encoder is ``"gcn"`` for molecules and ``"mlp"`` for features.
    gradients_from
        A `TaskGradients` that recorded a training of your own, or the path of its file; then nothing is
        trained.
    split, preset, epochs, batch_size, lr, weight_decay, patience
        How to train; None is the value of the preset, and for ``split`` ``"scaffold"``, for features
        ``"random"``.
    log_every, log_window, gradients, directions, lookahead_lr, window
        How gradients are logged and averaged.
    seeds, seed, device, threads
        How many seeds, the first of them, where, and with how many threads of torch (None: one).
    ignore_gate
        Go on where the gate fails; every report says so.
    dry_run
        Return how many trainings there would be and how long they take; run none.

    Raises
    ------
    GateFailed
        Too few pairs are reliable; its ``audit`` holds what was found until then.
    """
    values = locals()
    with saying(quiet=quiet), threads_of(threads):
        return studied(analysis_request("analyze", values, analyze), dry_run=dry_run)


@asked
def recommend(
    benchmark: Given,
    *,
    budget: int = 20,
    groups: int | None = None,
    choice: str = "random",
    seeds: int = 3,
    encoder: str | None = None,
    encoder_options: Options | None = None,
    affinities: Sequence[str] = ("chemical-correlation",),
    affinity_options: Scoped | None = None,
    split: str | None = None,
    epochs: int | None = None,
    batch_size: int | None = None,
    lr: float | None = None,
    weight_decay: float | None = None,
    patience: int | None = None,
    seed: int = 0,
    device: str = "auto",
    threads: int | None = None,
    workers: int = 1,
    scheduler: str | None = None,
    dry_run: bool = False,
    smiles: str | None = None,
    features: str | Sequence[str] = (),
    key: str | None = None,
    tasks: Sequence[str] = (),
    exclude: Sequence[str] = (),
    missing: Sequence[str | float] = (),
    long: Options | None = None,
    censored: str = "drop",
    min_labels: int = 1,
    dataset_options: Options | None = None,
    reader: str = "auto",
    identity: str = "parent-inchikey",
    conflicts: str = "auto",
    measure: str = "jaccard",
    reliable_at: float = 0.40,
    borderline_at: float = 0.30,
    min_support: int = 20,
    only: Sequence[str] = (),
    skip: Sequence[str] = (),
    also: Sequence[str] = (),
    analysis_options: Scoped | None = None,
    no_structures: bool = False,
    anonymise: bool = False,
    cache_dir: PathLike | None = None,
    mirror: PathLike | None = None,
    offline: bool | None = None,
    quiet: bool = False,
) -> Recommendation:
    """Train every task alone and some groups together, predict all others, and recommend a grouping.

    A call that is interrupted goes on where it was when it is made again, and a larger budget adds to
    what is there. Keywords that are not named here are those of `analyze` and `overlap`.

    Parameters
    ----------
    budget
        Groups of two tasks or more to train, those of earlier calls counted; single tasks come on top.
    groups
        At most so many groups in the answer; None for any number.
    choice
        How the groups to train are chosen.
    seeds, seed
        Trainings per group and task, and the first of their seeds.
    workers, scheduler
        Local processes, or the address of a Dask scheduler.
    dry_run
        Return how many trainings there would be and how long they take; run none.
    """
    values = locals()
    given = {name: values[name] for name in OPTIONS if values[name] is not None}
    with saying(quiet=quiet), threads_of(threads):
        return recommended(analysis_request("recommend", values, recommend), given)
