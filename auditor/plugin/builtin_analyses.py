"""The analyses that come with the core, each on its rows."""

from __future__ import annotations

from dataclasses import dataclass, replace

PAPER = "Cheng & Zhang 2026, arXiv 2604.07848"


@dataclass(frozen=True)
class Offer:
    """An analysis as it is registered; ``module`` lies in `auditor.analyses`."""

    name: str
    module: str
    summary: str
    default: bool = True
    reference: str = ""
    stage: str = "affinity"
    after: tuple[str, ...] = ()
    needs_molecules: bool = False
    trains: bool = False


_OF_DATA = (
    Offer(
        "data-quality",
        "data_quality.analysis",
        "repeats, conflicts, rejects, constant tasks, undefined stereo",
    ),
    Offer(
        "duplicate-tasks",
        "duplicate_tasks.analysis",
        "tasks with the same labels, and read-outs of one assay",
    ),
    Offer(
        "label-correlation",
        "label_correlation",
        "E per pair, with its interval; φ / φ max, tetrachoric or rank correlation",
    ),
    Offer(
        "pair-views",
        "pair_views.analysis",
        "the pairs that matter, compound by compound: labels, disagreement, scaffolds",
        after=("data-quality", "label-correlation"),
        needs_molecules=True,
    ),
    Offer("power", "power", "the smallest correlation that each pair's shared compounds can show"),
    Offer(
        "measurement-plan",
        "measurement_plan.analysis",
        "the fewest new measurements that make pairs reliable (--plan FILE)",
        default=False,
        needs_molecules=True,
    ),
    Offer(
        "shift",
        "shift.analysis",
        "whether tasks with few shared compounds lie in one chemistry",
        default=False,
        needs_molecules=True,
    ),
    Offer(
        "transfer-gain",
        "transfer_gain.analysis",
        "what each task gains from each other one and from all, without training",
        default=False,
        needs_molecules=True,
        reference="Bonilla et al. 2007, NeurIPS 20",
    ),
    Offer(
        "identity-levels",
        "identity_levels",
        "the overlap at every identity level (--identity all)",
        default=False,
        needs_molecules=True,
    ),
)
ANALYSES = (
    *(replace(one, stage="data") for one in _OF_DATA),
    Offer(
        "agreement",
        "agreement.analysis",
        "do gradients say what the labels say: r, ρ, Mantel p, interval",
        reference=f"{PAPER}, equation 8",
    ),
    Offer(
        "baselines", "baselines", "what predictors without a gradient reach: overlap, prevalence, support"
    ),
    Offer(
        "clusters",
        "clusters.analysis",
        "do clusters of tasks match their annotation, against chance",
        reference=f"{PAPER}, C.2",
    ),
    Offer(
        "domains", "domains.analysis", "affinity within and across domains, for panels that join sources"
    ),
    Offer(
        "dynamics",
        "dynamics.analysis",
        "from which epoch on the affinity no longer changes",
        reference=f"{PAPER}, C.4",
    ),
    Offer(
        "architectures",
        "architectures.analysis",
        "affinity across encoders, noise taken out",
        default=False,
        trains=True,
        needs_molecules=True,
        reference=f"{PAPER}, C.5",
    ),
    Offer(
        "threshold",
        "threshold.analysis",
        "overlap degraded on purpose: where each estimator fails",
        default=False,
        trains=True,
        reference=f"{PAPER}, C.3",
    ),
    Offer(
        "sparse-settings",
        "sparse_settings.analysis",
        "what helps at 5 to 20 % overlap, measured",
        default=False,
        trains=True,
        needs_molecules=True,
        reference=f"{PAPER}, appendix D",
    ),
    Offer(
        "controls",
        "controls.analysis",
        "what every estimator says of flipped, shuffled and disjoint twins of the tasks",
        trains=True,
    ),
    Offer(
        "benefit",
        "benefit.analysis",
        "what training tasks together wins on test compounds, and which affinity predicted it",
        default=False,
        trains=True,
        reference=f"{PAPER}, F.1 and G.3",
    ),
    Offer(
        "grouping",
        "grouping",
        "which tasks to train together, beside random groups of the same sizes",
        default=False,
        reference=f"{PAPER}, F.2",
        after=("benefit",),
    ),
    Offer(
        "gain-prediction",
        "gain_prediction",
        "can a group's gain be told before training it, and which to train next",
        default=False,
        reference="Ayman et al. 2026, arXiv 2602.18591",
        after=("benefit",),
    ),
    Offer(
        "recommendation",
        "recommendation.analysis",
        "which tasks to train together: some groups trained, the others predicted",
        default=False,
        trains=True,
        reference="Standley et al. 2020, ICML 119:9120",
    ),
    Offer(
        "synthetic-truth",
        "truth",
        "recovery of the designed correlation of a generated benchmark",
        reference=f"{PAPER}, G.2",
    ),
)
