"""Which tasks and compounds an overlap is designed on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from auditor.analyses.threshold.material import ground_of, layouts
from auditor.analyses.threshold.settings import Settings
from auditor.analyses.threshold.sweep import trained_on
from auditor.errors import DataError
from tests.analyses.making import context_of, panel
from tests.auditing import audited

ETHERS = tuple(f"{'C' * a}O{'C' * b}" for a in range(1, 41) for b in range(a, 41))
"""Eight hundred and twenty distinct ethers, all acyclic."""
SETTINGS = Settings("matched", (1.0, 0.5, 0.0), 2, 2, 6, 0.5, 0, 2, ("random", "scaffold"), (16,))


def test_all_tasks_take_part_where_enough_compounds_are_measured_in_each(tmp_path: Path) -> None:
    found = ground_of(context_of(panel((0, 300), (50, 350), (60, 400), smiles=ETHERS), tmp_path))
    assert found.tasks.tolist() == [0, 1, 2]
    assert len(found.compounds) == len(found.scaffolds) == 240


def test_a_task_apart_is_left_out_rather_than_all_compounds(tmp_path: Path) -> None:
    data = panel((0, 400), (0, 400), (400, 800), (0, 400), smiles=ETHERS)
    found = ground_of(context_of(data, tmp_path))
    assert found.tasks.tolist() == [0, 1, 3]
    assert found.benchmark.task_names == ("t0", "t1", "t3") and len(found.compounds) == 400


def test_too_few_shared_compounds_are_refused_with_a_way_out(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="fewer than 200") as refused:
        ground_of(context_of(panel((0, 150), (0, 150), (0, 150), smiles=ETHERS), tmp_path))
    assert "--tasks" in refused.value.hint


def test_one_scaffold_cannot_be_divided(tmp_path: Path) -> None:
    found = ground_of(context_of(panel((0, 400), (0, 400), (0, 400), smiles=ETHERS), tmp_path))
    with pytest.raises(DataError, match="leave 0 labels"):
        layouts(found, SETTINGS, 0)
    fewer = replace(SETTINGS, assignments=("random",))
    assert {layout.labels for layout in layouts(found, fewer, 0).values()} == {200}


@pytest.mark.slow
def test_layouts_of_real_scaffolds_are_disjoint_and_of_one_size(tmp_path: Path) -> None:
    context = audited(
        tmp_path, options={"labels_per_task": "500", "tasks": "6"}, affinities=("chemical-correlation",)
    )
    ground = ground_of(context)
    found = layouts(ground, SETTINGS, 0)
    assert len({layout.labels for layout in found.values()}) == 1
    scaffold = dict(zip(ground.compounds.tolist(), ground.scaffolds, strict=True))
    for (assignment, _), layout in found.items():
        first, second = (set(part.tolist()) for part in layout.compounds_of(0.4))
        common = {scaffold[i] for i in first - second} & {scaffold[i] for i in second - first}
        assert bool(common) == (assignment == "random")
    assert (found["random", 0].groups == found["scaffold", 0].groups).all(), "repeats are paired"
    assert (found["random", 0].groups != found["random", 1].groups).any()


@pytest.mark.slow
def test_every_compound_of_a_degraded_table_is_trained_on(tmp_path: Path) -> None:
    context = audited(
        tmp_path, options={"labels_per_task": "300", "tasks": "5"}, affinities=("chemical-correlation",)
    )
    table = context.benchmark
    varied = trained_on(context, table, SETTINGS, 16, 1)
    assert varied.trainings is not None and varied.seed == 1
    assert (varied.trainings.split.train == np.arange(table.n)).all()
    assert len(varied.trainings.split.validation) == 0
    assert varied.trainings.config.epochs == varied.trainings.config.patience == 2
