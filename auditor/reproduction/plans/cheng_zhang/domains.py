"""Claims on domains (table 2) and on the overlap of published collections."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import combinations

import numpy as np

from auditor.reproduction.plan import Claim, Measure
from auditor.reproduction.plans.cheng_zhang import pairs
from auditor.reproduction.plans.cheng_zhang.data_sets import R
from auditor.reproduction.plans.cheng_zhang.tables import (
    FIGURE_2C,
    TABLE_2,
    TDC,
    TDC_ABOVE,
)
from auditor.reproduction.reading import (
    Document,
    arithmetic,
    exactly,
    summary,
)


def claims() -> Iterator[Claim]:
    """Yield them in the order of the paper."""
    yield from _domains()
    yield from _collections()


def _domains() -> Iterator[Claim]:
    part, work = "Table 2 and figure 2C", "tox21-adme-gcn"
    sides = {"within toxicity": "toxicity", "within ADME": "ADME", "across": "across"}
    for said, (count, mean_g, mean_e, r) in TABLE_2.items():
        side, name = sides[said], said.replace(" ", "-").lower()

        def of(statistic: pairs.Statistic, which: str, side: str = side) -> Measure:
            return pairs.of_domains(work, side, statistic, of=which)

        tasks = 64 if side == "across" else 8 * 7 / 2
        yield Claim(
            f"table-2-{name}-pairs", part, f"{count} pairs {said}", count, digits=0,
            measure=arithmetic(tasks, "of two domains of eight tasks"),
        )  # fmt: skip
        yield Claim(
            f"table-2-{name}-g", part, f"Mean G {said}", mean_g, within=0.02, works=(work,), digits=3,
            measure=of(pairs.mean_of, "gradient-cosine"),
        )  # fmt: skip
        yield Claim(
            f"figure-2c-{name}-g", part, f"Mean G {said}, in the figure", FIGURE_2C[said], within=0.02,
            works=(work,), digits=3, measure=of(pairs.mean_of, "gradient-cosine"),
            reason="Table and figure print different numbers." if FIGURE_2C[said] != mean_g else "",
        )  # fmt: skip
        yield Claim(
            f"table-2-{name}-e", part, f"Mean E {said}", mean_e, within=0.05, works=(work,),
            measure=of(pairs.mean_of, "E"),
        )  # fmt: skip
        yield Claim(
            f"table-2-{name}-r", part, f"r of G with E {said}", r, within=R, works=(work,),
            measure=of(pairs.r_of, "gradient-cosine"),
        )  # fmt: skip
    thermal = ("u0", "u298", "h298", "g298")
    for which, line in (("gradient-cosine", 0.95), ("E", 0.99)):
        letter = "E" if which == "E" else "G"
        yield Claim(
            f"qm9-thermodynamic-{letter.lower()}", part,
            f"In QM9 every pair of the thermodynamic block has {letter} above {line}", line, "at least",
            works=("qm9-gcn",), measure=pairs.smallest("qm9-gcn", thermal, of=which),
        )  # fmt: skip


def _collections() -> Iterator[Claim]:
    part, work = "Overlap of published collections", "tdc-21-overlap"
    own = "The paper's numbers are containment, |A∩B| / min(|A|, |B|), not its equation 4."
    for figure, claimed in TDC.items():
        for measure in ("containment", "jaccard"):
            yield Claim(
                f"tdc-{figure}-{measure}", part,
                f"The {figure} overlap of 21 TDC sets is {claimed} % (as {measure})", claimed, digits=1,
                works=(work,), measure=summary(work, measure, figure), within=0.1, reason=own,
            )  # fmt: skip
    for line, claimed in TDC_ABOVE.items():
        yield Claim(
            f"tdc-above-{line}", part, f"{claimed} of 210 pairs of TDC sets are above {line} %", claimed,
            digits=0, works=(work,), measure=exactly(work, partial(_above, line=line / 100)),
            reason=own,
        )  # fmt: skip
    yield Claim(
        "tdc-pairs", part, "21 TDC sets have 210 pairs", 210, digits=0, works=(work,),
        measure=exactly(work, lambda data: data["verdict"]["pairs"]),
    )  # fmt: skip
    yield Claim(
        "tdc-cyp", part, "The pairs of CYP sets overlap by about 80 %", 80, within=4.5, digits=0,
        works=(work,), measure=exactly(work, _cyp, "mean containment of the ten pairs"), reason=own,
    )  # fmt: skip
    for measure in ("jaccard", "containment"):
        for figure in ("median", "max"):
            yield Claim(
                f"moleculenet-{measure}-{figure}", part,
                f"MoleculeNet sets share less than 5 % ({figure} {measure})", 5, "at most", digits=0,
                works=("moleculenet-overlap",), measure=summary("moleculenet-overlap", measure, figure),
            )  # fmt: skip


def _containment(data: Document) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.array(data["overlap"]["containment"], dtype=np.float64)


def _above(data: Document, line: float) -> int:
    found = _containment(data)
    return int((found[np.triu_indices(len(found), 1)] > line).sum())


def _cyp(data: Document) -> float:
    names = [task["name"] for task in data["tasks"]]
    cyp = [place for place, name in enumerate(names) if name.startswith("cyp") and name.endswith("_veith")]
    found = _containment(data)
    return 100 * float(np.mean([found[i, j] for i, j in combinations(cyp, 2)]))
