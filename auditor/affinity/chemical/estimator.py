"""How tasks go together over similar compounds: an estimate that needs no shared compound."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from auditor.affinity.chemical.jackknife import GROUPS, scaffold_groups
from auditor.affinity.chemical.relation import OWN_Z, Relation, columns_of, relate, values_of
from auditor.affinity.chemical.robustness import limited, robustness
from auditor.affinity.chemical.similarity import Compounds, Kernel, compounds_of
from auditor.audit.results import AffinityMatrix
from auditor.chemistry.naming import identify
from auditor.errors import UsageError
from auditor.overlap.overlap import support_counts
from auditor.seeding import derive

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.affinity.chemical.products import Columns
    from auditor.audit.context import AuditContext
    from auditor.benchmark.benchmark import Benchmark

NAME = "chemical-correlation"
MEANING = (
    "Correlation of what two tasks' labels owe to molecular structure, from pairs of similar compounds "
    "of which one was measured for the one task and one for the other. A negative value means opposite "
    "labels. Noise can carry a value beyond -1 or 1; nothing is cut off."
)
ESTIMAND = (
    "whether what substructures do to the one label they do to the other, on compounds like these; 0 for "
    "tasks that follow structure independently, which can still go together by chance"
)
ASSUMPTION = "labels vary smoothly with the substructures of compounds; tasks that do not are refused"


def estimate(
    context: AuditContext,
    *,
    kernel: Kernel = "ridge",
    exclude: Literal["compound", "skeleton"] = "compound",
    groups: int = GROUPS,
    liability: bool = False,
) -> AffinityMatrix:
    """Return how every pair of tasks goes together over similar compounds; nothing is trained.

    This is the genetic correlation of bivariate Haseman-Elston regression with a molecular kernel
    in place of the relationship matrix; `relate` has the formula. It assumes that labels vary
    smoothly over the kernel. Where they do not - labels at random, the parity of a count, an effect
    of single compounds - a task's own labels show no more likeness among similar compounds than
    shuffled ones do: its row and column are NaN, and ``about["refused"]`` names it. Where only a part
    of a label is smooth, the estimate is of that part.

    Parameters
    ----------
    kernel
        See `compounds_of`. ``tanimoto`` weights a few broad chemical families most, so that its value
        can be far from the correlation of the labels themselves; ``ridge`` weights all
        directions that the compounds determine about alike.
    exclude
        Which pairs of compounds count as one: the same compound, or also its stereoisomers.
    groups
        Of scaffolds, left out in turn for the errors.
    liability
        Give the kernel variance of a classification task on the scale of the liability behind the
        class. That is one factor per task, so that the correlation is the same on either scale.

    Raises
    ------
    UsageError
        Fewer than two groups, or an unknown kernel.

    Reference
    ---------
    Haseman & Elston 1972, doi 10.1007/BF01066731; Golan, Lander & Rosset 2014,
    doi 10.1073/pnas.1419064111 (binary traits); Bulik-Sullivan et al. 2015, doi 10.1038/ng.3406
    (correlation without shared samples).
    """
    if groups < 2:
        raise UsageError(f"{NAME} with {groups} groups", hint="at least 2 groups")
    benchmark = context.benchmark
    families = np.arange(benchmark.n)
    if exclude == "skeleton":
        families = _numbers(context, "skeleton")
    arranged = _arranged(context, kernel, families, groups)
    found, grouped = relate(*arranged), int(arranged[1].groups.max()) + 1
    apart = values_of(*_arranged(context, kernel, limited(_numbers(context, "scaffold")), groups))
    support = support_counts(benchmark.labels)
    reach = float(np.nanmax(np.abs(found.correlation), initial=1.0))
    return AffinityMatrix(
        estimator=NAME,
        tasks=benchmark.task_names,
        values=found.correlation,
        standard_error=found.standard_error,
        count=np.add.outer(np.diag(support), np.diag(support)) - support,
        value_range=(-reach, reach),
        signed=True,
        meaning=MEANING,
        about={
            "kernel": kernel,
            "groups": grouped,
            "same_compound": exclude,
            **_about(benchmark, found, liability=liability),
            **robustness(benchmark.task_names, found, apart),
        },
    )


def liability_factor(prevalence: float) -> float:
    """Return what turns a share of a class label's variance into one of the liability's.

    p (1 - p) / φ(Φ⁻¹(p))² for a fraction p of positives, that of the sample being that of the
    population; NaN for a constant label.

    Reference: Dempster & Lerner 1950, Genetics 35:212; Golan, Lander & Rosset 2014, equation 2.
    """
    from scipy.stats import norm

    if not 0 < prevalence < 1:
        return float("nan")
    return float(prevalence * (1 - prevalence) / norm.pdf(norm.ppf(prevalence)) ** 2)


def _arranged(
    context: AuditContext, kernel: str, families: NDArray[np.int64], groups: int
) -> tuple[Compounds, Columns]:
    """Return compounds and labels in an order in which groups and, in them, families (n,) lie together."""
    benchmark = context.benchmark
    seed = derive(context.seed, NAME, "groups")
    grouped = scaffold_groups(_names(context, "scaffold"), families, seed=seed, groups=groups)
    order = np.lexsort((families, grouped))
    compounds = compounds_of([benchmark.smiles[i] for i in order], kernel, cache=context.request.cache)
    return compounds, columns_of(benchmark.labels, order, families, grouped)


def _numbers(context: AuditContext, level: str) -> NDArray[np.int64]:
    """Return the number of the name of every compound at a level (n,)."""
    return np.unique(_names(context, level), return_inverse=True)[1].astype(np.int64)


def _names(context: AuditContext, level: str) -> list[str]:
    component = context.request.registry.get("identity", level)
    smiles = context.benchmark.smiles
    named = identify(smiles, component, cache=context.request.cache)
    return [named[text].name or text for text in smiles]


def _about(benchmark: Benchmark, found: Relation, *, liability: bool) -> dict[str, Any]:
    variance = found.kernel_variance.copy()
    for task, about in enumerate(benchmark.tasks):
        if liability and about.kind == "classification":
            values = benchmark.labels.column(task)[1]
            variance[task] *= liability_factor(float((values == values.max()).mean()))
    refused = [name for name, z in zip(benchmark.task_names, found.own_z, strict=True) if not z >= OWN_Z]
    endless = np.isnan(found.low) & np.logical_and.outer(found.own_z >= OWN_Z, found.own_z >= OWN_Z)
    return {
        "refused": _refusal(refused, int(endless.sum()) // 2),
        "refused_tasks": refused,
        "observations": "compounds measured for either task",
        "assumption": ASSUMPTION,
        "estimand": ESTIMAND,
        "interval": "95 %, Fieller's for the ratio: the wider end of a jackknife over scaffold groups and "
        "of random signs over directions of chemistry",
        "low": found.low,
        "high": found.high,
        "p": found.p,
        "own_z": found.own_z,
        "kernel_variance": variance,
        "kernel_variance_scale": "liability" if liability else "observed",
    }


def _refusal(refused: list[str], endless: int) -> str:
    tasks = (
        f"{', '.join(refused)}: labels no more alike among similar compounds than shuffled labels "
        f"(below {OWN_Z:g} standard deviations)"
        if refused
        else "no task"
    )
    return f"{tasks}; {endless} pair(s) whose interval has no end" if endless else tasks
