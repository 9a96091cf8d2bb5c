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
        ("chemical-correlation on real molecules", "chemical-correlation under batch effects"),
    ),
    Printed(
        "Affinity",
        "trained estimators: interval by their standard error over logs",
        elsewhere="not of the truth: `python -m benchmarks estimator_truth`; do not read it as a test",
    ),
    Printed("Agreement", "r: interval over tasks, Mantel p", R),
    Printed("Agreement", "partial r: p", elsewhere=NULLS),
    Printed("Agreement", "ceiling, r / ceiling", elsewhere="an estimate without an interval"),
    Printed("Baselines", "r: Mantel p; lead: interval over tasks", R, NULLS),
    Printed("Method", "Mantel p", ("Mantel p",)),
    Printed("Clusters", "p of AMI and NMI, ARI", elsewhere=NULLS),
    Printed("Domains", "p of a difference, p of partial r", elsewhere=NULLS),
    Printed("Benefit", "benefit of a pair: interval", ("The benefit of a pair",)),
    Printed("Benefit", "r with an affinity: interval, p, ceiling", R),
    Printed(
        "Gain prediction",
        "p, R² and its ceiling",
        (
            "Predicted gains where companions do not matter",
            "Predicted gains where companions matter",
            "The ceiling of predicted gains",
        ),
    ),
    Printed("Grouping", "p against random groups", elsewhere="not measured"),
    Printed("Recommendation", "expected gain: interval", elsewhere="not measured"),
    Printed("Transfer gain", "gains, r and h: intervals", elsewhere="`python -m benchmarks transfer`"),
    Printed("Dynamics", "agreement by epoch: interval over tasks", ("The interval of r over tasks",)),
    Printed("Architectures", "r between encoders: interval over tasks", ("The interval of r over tasks",)),
    Printed("Threshold", "fits: interval over tasks and repeats", elsewhere="not measured"),
    Printed("Sparse settings", "r: interval over tasks and repeats", elsewhere="not measured"),
)
