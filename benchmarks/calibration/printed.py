"""Every interval, p and ceiling that a report prints, and where it is measured how often it is right."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Printed:
    """A number of a report.

    Parameters
    ----------
    section
        The heading of the report under which it stands, without a name that follows a colon.
    number
        What it is.
    measured
        Titles of sections of the page; empty where it is measured elsewhere or not at all.
    elsewhere
        Another measurement, or why there is none.
    """

    section: str
    number: str
    measured: tuple[str, ...] = ()
    elsewhere: str = ""


E = (
    "E of two classes",
    "E of two tasks of values",
    "E of values in a curved relation",
    "E of a class with values",
)
R = ("Mantel p", "The interval of r over tasks")
DIRECTED = (
    "Mantel p of gains with a direction",
    "The interval of r and AUROC over tasks, with a direction",
)
NULLS = "`python -m benchmarks false_positives`"
PRINTED = (
    Printed("Label correlation", "E: interval, p", E),
    Printed(
        "Label correlation",
        "pairs beyond chance",
        ("Pairs called correlated among tasks that are not", "Published tables with shuffled labels"),
    ),
    Printed("Answers", "what goes together and against", ("Published tables with shuffled labels",)),
    Printed("Power", "the smallest correlation that is found", ("Power",)),
    Printed(
        "Affinity",
        "chemical-correlation: interval, p, pairs beyond chance, without pairs of one scaffold",
        (
            "chemical-correlation on real molecules",
            "chemical-correlation under batch effects",
            "chemical-correlation of tasks with the same substructures",
        ),
    ),
    Printed(
        "Affinity",
        "trained estimators: interval by their standard error over logs",
        elsewhere="not of the truth: `python -m benchmarks estimator_truth`; do not read it as a test",
    ),
    Printed("Agreement", "r: interval over tasks, Mantel p", R),
    Printed("Agreement", "partial r: p", ("Partial Mantel p",), NULLS),
    Printed("Agreement", "reliability of E, ceiling", ("The reliability of E",)),
    Printed(
        "Agreement",
        "reliability of an affinity",
        elsewhere="of the noise of logs within a training, not of its seeds: these stand beside it",
    ),
    Printed(
        "Agreement",
        "r / ceiling: interval",
        elsewhere="that of r, divided; it leaves out the error of the ceiling, and the report says so",
    ),
    Printed("Baselines", "r: Mantel p; lead: interval over tasks", R, NULLS),
    Printed("Method", "Mantel p", ("Mantel p",)),
    Printed("Clusters", "p of AMI and NMI, ARI", elsewhere=NULLS),
    Printed("Domains", "p of a difference, p of partial r", elsewhere=NULLS),
    Printed("Benefit", "benefit of a pair: interval", ("The benefit of a pair",)),
    Printed("Benefit", "mean benefit of all pairs: interval", ("The mean benefit of all pairs",)),
    Printed("Benefit", "r with an affinity by pairs: interval, p", R),
    Printed("Benefit", "r within and over recipients: interval, p; AUROC of a gain: interval", DIRECTED),
    Printed(
        "Benefit",
        "reliability over seeds, ceiling",
        elsewhere="an estimate without an interval; seeds share the test compounds, and the report says so",
    ),
    Printed(
        "Gain prediction",
        "p, R² and its ceiling",
        (
            "Predicted gains where companions do not matter",
            "Predicted gains where companions matter",
            "The ceiling of predicted gains",
        ),
    ),
    Printed("Grouping", "p against random groups", ("Groupings beside random groups",)),
    Printed(
        "Recommendation",
        "expected gain: interval; better than alone",
        ("The expected gain of a recommendation",),
    ),
    Printed("Shift", "in domain or not", ("The domain of tasks of one pool",)),
    Printed(
        "Measurement plan",
        "half of the interval of E = 0",
        elsewhere="of two tasks of values, planned and not measured; that of rare classes is wider",
    ),
    Printed("Transfer gain", "gains, r and h: intervals", elsewhere="`python -m benchmarks transfer`"),
    Printed("Dynamics", "agreement by epoch: interval over tasks", ("The interval of r over tasks",)),
    Printed("Architectures", "r between encoders: interval over tasks", ("The interval of r over tasks",)),
    Printed("Threshold", "r, bend: interval over tasks and repeats; a threshold", ("Threshold",)),
    Printed("Sparse settings", "r, gain: interval over tasks and repeats; helps", ("Sparse settings",)),
    Printed("Index of the reports", "r with E: interval, p; r of the benefit: interval, p", R),
    Printed("Index of the reports", "mean benefit: interval", ("The mean benefit of all pairs",)),
    Printed("Index of the reports", "rank p, not corrected", ("Groupings beside random groups",)),
)
