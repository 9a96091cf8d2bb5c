"""How far target compounds may lie: splits by time and by neighbourhood beside splits by scaffold."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from auditor import console
from auditor.chemistry.fingerprints import tanimoto
from auditor.transfer.kernel.given import Nearness, nearness
from auditor.transfer.kernel.panel import Panel, column_of, grouped
from auditor.transfer.kernel.share import share_of
from benchmarks.support import MIRROR, has_mirror, table
from benchmarks.transfer import covered
from benchmarks.transfer_designs import HELD_OUT, Tried, designs, held_out, recipient_of
from benchmarks.transfer_designs import task_of_column as task_of
from benchmarks.transfer_panels import Published, published

PANELS = ("expansionrx", "qm9", "kinases", "tdc")
SPLITS = 2


def main() -> None:
    """Print one row a split; ``MTL_AUDIT_PANELS=qm9`` does some of the panels only."""
    console.settings.level = -1
    if not has_mirror():
        return
    wanted = os.environ.get("MTL_AUDIT_PANELS", "").split(",")
    print(
        "The designs of `transfer`, target new, with other compounds held out: the later ones, or the "
        "scaffolds nearest to a compound at random. Explained: share of the label variance that the "
        "recipient's own labels explain by the model, of held-out compounds and of its left-out "
        "scaffolds, means over recipients. Covered: the interval holds the held-out gain, whose own "
        "error is allowed for.\n"
    )
    columns = (
        "panel", "split", "explained", "of left-out scaffolds", "ratio", "pairs", "expected", "held out",
        "r(expected, held out)", "covered",
    )  # fmt: skip
    chosen = [name for name in PANELS if wanted == [""] or name in wanted]
    table(columns, (row for name in chosen for row in _rows(published(name))))


def _rows(panel: Published) -> Iterator[tuple[object, ...]]:
    if panel.name == "expansionrx":
        yield _row(replace(panel, held=_later(panel)), "by time", 0)
    for split in range(SPLITS):
        yield _row(panel, "scaffolds at random", split)
        yield _row(replace(panel, held=_around(panel, split)), "scaffolds around a compound", split)


def _row(panel: Published, kind: str, split: int) -> tuple[object, ...]:
    near = [
        found for task in range(len(panel.tasks)) if (found := _nearness(panel, task, split)) is not None
    ]
    tried: list[Tried] = designs(panel, "new", split)
    expected = np.array([one.expected.value for one in tried])
    gains = np.array([one.held_out.value for one in tried])
    return (
        panel.name,
        kind,
        *(
            f"{np.mean(values):.2f}"
            for values in zip(*((n.given, n.left_out, n.share) for n in near), strict=True)
        ),
        len(tried),
        f"{expected.mean():.3f}",
        f"{gains.mean():.3f}",
        f"{np.corrcoef(expected, gains)[0, 1]:.2f}",
        f"{np.mean([covered(one) for one in tried]):.0%}",
    )


def _nearness(panel: Published, task: int, split: int) -> Nearness | None:
    rows, test = recipient_of(panel, task, held_out(panel, split), split)
    column = column_of(
        panel.tasks[task], rows, panel.labels[rows, task], classes=panel.classes, labels=len(rows)
    )
    if column is None or len(test) < 30:
        return None
    groups = np.zeros(len(panel.labels), dtype=np.int64)
    groups[rows] = grouped(list(panel.scaffolds[rows]), seed=split)
    drawn = Panel(panel.similarity, (column,), groups, np.sort(test))
    kernel = panel.similarity.block(rows, rows)
    if not share_of(kernel, column.z).explains:
        return None
    return nearness(drawn, task_of(drawn, column))


def _later(panel: Published) -> NDArray[np.bool_]:
    frame = pd.read_csv(MIRROR / "openadmet" / "expansion_data_train.csv")
    number = frame["Molecule Name"].str.extract(r"(\d+)")[0].astype(int)
    when = dict(zip(frame["SMILES"], number, strict=True))
    order = np.array([when[smiles] for smiles in panel.smiles])
    found: NDArray[np.bool_] = order > np.quantile(order, 1 - HELD_OUT)
    return found


def _around(panel: Published, split: int) -> NDArray[np.bool_]:
    middle = np.random.default_rng([split, 11]).integers(len(panel.smiles))
    packed = panel.similarity.packed
    like = tanimoto(packed, packed[[middle]])[:, 0]
    _, number = np.unique(panel.scaffolds, return_inverse=True)
    size = np.bincount(number)
    order = np.argsort(-np.bincount(number, weights=like) / size)
    return np.isin(number, order[np.cumsum(size[order]) <= HELD_OUT * size.sum()])
