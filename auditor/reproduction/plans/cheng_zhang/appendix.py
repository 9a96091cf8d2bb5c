"""Claims of appendices A and C: network, organ classes, pathways, the sweep, epochs, architectures."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from auditor.reproduction.plan import Claim, Documents, Measure, Measured
from auditor.reproduction.plans.cheng_zhang.data_sets import R
from auditor.reproduction.plans.cheng_zhang.pairs import between
from auditor.reproduction.plans.cheng_zhang.tables import (
    ARCHITECTURES,
    EPOCHS_BETWEEN,
    EPOCHS_TO_END,
    FIGURE_2D,
    ORGANS,
    PATHWAYS,
    SIDER_PAIRS,
)
from auditor.reproduction.reading import (
    Document,
    arithmetic,
    at,
    exactly,
    finding,
    number_of,
    one_pair,
    value_with_ends,
)

HEAD = 33_281
"""Parameters of a head in the released code."""
BEYOND = "Epoch 50 needs trainings of 100 epochs: --preset paper."


def claims() -> Iterator[Claim]:
    """Yield them in the order of the paper."""
    yield from _network()
    yield from _organs()
    yield from _pathways()
    yield from _epochs()
    yield from _architectures()


def _network() -> Iterator[Claim]:
    part = "Appendix A"
    yield Claim(
        "a3-parameters", part, "The network has about 500,000 parameters", 500_000, within=50_000, digits=0,
        works=("tox21-gcn",),
        measure=exactly(
            "tox21-gcn",
            lambda data: data["training"]["runs"][0]["shared_parameters"] + 12 * HEAD,
            "the encoder as it is described, and twelve heads of the released code",
        ),
    )  # fmt: skip
    yield Claim(
        "a3-features", part, "An atom has 74 features", 74, digits=0,
        measure=arithmetic(
            10 + 7 + 6 + 6 + 6 + 1 + 1, "of the released code; the paper's list adds up to 132"
        ),
    )  # fmt: skip


def _organs() -> Iterator[Claim]:
    part, trained, counted = "Table C.1", "sider-gcn", "sider-overlap"
    for first, second, g, e in SIDER_PAIRS:
        name, said = f"c1-{first}-{second}".lower(), f"{first} and {second} (SIDER)"
        tasks = ORGANS[first], ORGANS[second]
        yield Claim(
            f"{name}-g", part, f"G of {said}", g, within=0.1, works=(trained,), digits=3,
            measure=one_pair(trained, *tasks),
        )  # fmt: skip
        yield Claim(
            f"{name}-e", part, f"E of {said}", e, within=0.1, works=(counted,), digits=3,
            measure=one_pair(counted, *tasks, of="E"),
        )  # fmt: skip


def _pathways() -> Iterator[Claim]:
    part, work = "Table C.2", "tox21-gcn"
    for classes, scores in PATHWAYS.items():
        for score, claimed in zip(("ari", "nmi"), scores, strict=True):
            note = "one training: there is no interval. By Ward's linkage; E alone stands beside it."
            yield Claim(
                f"c2-{classes}-{score}", part,
                f"Clusters of G match {classes} classes of Tox21 with {score.upper()} {claimed}", claimed,
                works=(work,), digits=3, measure=_score(work, classes, score, "affinity"),
                labels_alone=_score(work, classes, score, "E"), reason=note,
            )  # fmt: skip


def _score(work: str, classes: int, score: str, side: str) -> Measure:
    def measure(documents: Documents) -> Measured:
        found = finding(documents[work]["data"], "clusters")["affinities"]["gradient-cosine"]
        told = at(found, "levels", f"{classes} classes", "linkages", "ward", side, score)
        p = number_of(told["p"])
        note = f"{'clusters of E' if side == 'E' else 'p of classes dealt out at random'}: p = {p:.3g}"
        return Measured(number_of(told["value"]), seeds=1, pairs=66, note=note)

    return measure


def _epochs() -> Iterator[Claim]:
    part, work = "Table C.4 and figure 2D", "tox21-gcn"
    for epoch, claimed in EPOCHS_TO_END.items():
        yield _to_end(
            f"c4-{epoch}", part, f"r of G after epoch {epoch} with the final one", epoch, claimed, 2
        )
    for (first, second), claimed in EPOCHS_BETWEEN.items():
        yield Claim(
            f"c4-{first}-{second}", part, f"r of G at epoch {first} with that at epoch {second}", claimed,
            testable=True,
            reason="An audit holds every epoch against the end, not two epochs against each other.",
        )  # fmt: skip
    for epoch, claimed in FIGURE_2D.items():
        said = f"r of G after epoch {epoch} with the final one, in the figure"
        yield _to_end(f"figure-2d-{epoch}", part, said, epoch, claimed, 3)
    for epoch in (10, 20):
        yield Claim(
            f"c4-stable-{epoch}", part,
            f"G is stable by epoch {epoch} (the script's own criterion, r with the final one at least 0.9)",
            0.9, "at least", works=(work,),
            measure=value_with_ends(work, partial(_stage, epoch=epoch)),
        )  # fmt: skip


def _to_end(name: str, part: str, said: str, epoch: int, claimed: float, digits: int) -> Claim:
    if epoch >= 50:
        return Claim(name, part, said, claimed, testable=True, digits=digits, reason=BEYOND)
    work = "tox21-gcn"
    return Claim(
        name, part, said, claimed, within=R, works=(work,), digits=digits,
        measure=value_with_ends(work, partial(_stage, epoch=epoch)),
    )  # fmt: skip


def _stage(data: Document, epoch: int) -> Any:
    """Return r of the epochs up to one with the end; raises LookupError where it was not looked at."""
    stages = finding(data, "dynamics")["stages"]
    found = [one for one in stages if one["part"] == "up to" and one["epoch"] == epoch]
    if not found:
        raise LookupError(f"epoch {epoch} was not compared with the end")
    return found[0]["agreement"]


def _architectures() -> Iterator[Claim]:
    part = "Table C.5"
    for (first, second), claimed in ARCHITECTURES.items():
        works = f"tox21-{first}", f"tox21-{second}"
        yield Claim(
            f"c5-{first}-{second}", part, f"r of the G of {first.upper()} with that of {second.upper()}",
            claimed, within=R, works=works, measure=between(*works),
        )  # fmt: skip
    works = "tox21-ecfp", "tox21-gcn"
    yield Claim(
        "results-ecfp-gcn", part, "The released results say r = 0.853 of ECFP with a graph network", 0.853,
        within=R, works=works, measure=between(*works), digits=3,
    )  # fmt: skip
