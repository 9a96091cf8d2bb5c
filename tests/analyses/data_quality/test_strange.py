"""Slips, other units and compounds that decide an E are named with the value and its row, and nothing else is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from auditor.analyses.data_quality.analysis import analyse
from auditor.analyses.data_quality.far import far_values
from auditor.analyses.data_quality.pairs import Decided, decided
from auditor.analyses.data_quality.units import mixed_units
from auditor.document.blocks import to_json
from auditor.overlap.label_correlation import empirical_correlation
from auditor.source.rows import SourceData, Task
from auditor.source.table.reading import read_table
from benchmarks.strange_values import ORDINARY
from tests.analyses.making import context_of
from tests.making import ALCOHOLS, labels_of, table

Values = NDArray[np.float64]
SEEDS = st.integers(0, 10**6)
SIZES = st.integers(40, 400)


def plain(rng: np.random.Generator, n: int) -> Values:
    return np.round(rng.normal(6, 1, n), 2)


def in_nanomolar(rng: np.random.Generator, n: int, spread: float = 1.0) -> Values:
    found: Values = 10 ** rng.normal(2, spread, n)
    return found


@given(SEEDS, SIZES, st.sampled_from([10, 100, 1000]), st.booleans())
@settings(max_examples=60)
def test_a_slip_of_the_decimal_point_is_far(seed: int, n: int, times: float, below_zero: bool) -> None:
    rng = np.random.default_rng(seed)
    values = plain(rng, n) - 6 * below_zero
    place = int(rng.integers(n))
    values[place] = (-1 if below_zero else 1) * 8.5 * times * (10 if below_zero else 1)
    assert far_values(values).tolist() == [place]


@given(SEEDS, SIZES)
@settings(max_examples=60)
def test_a_concentration_in_another_unit_is_far_among_few_and_below(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    values = in_nanomolar(rng, n, 0.7)
    places = rng.choice(n, 2, replace=False)
    values[places] *= 1e-9
    assert set(far_values(values).tolist()) == set(places.tolist())


@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_values_are_neither_far_nor_in_two_units(name: str) -> None:
    wrong = 0
    for seed in range(300):
        rng = np.random.default_rng(seed)
        values = ORDINARY[name](rng, int(rng.choice([50, 200, 1000])))
        wrong += bool(len(far_values(values))) or mixed_units(values) is not None
    assert wrong <= 3  # 1 % of tasks


@given(SEEDS, st.integers(150, 400), st.sampled_from([3, 6, 9]), st.floats(0.15, 0.5), st.floats(0.2, 0.5))
@settings(max_examples=80)
def test_two_units_are_told_with_an_example_of_each(
    seed: int, n: int, power: int, share: float, spread: float
) -> None:
    rng = np.random.default_rng(seed)
    small = rng.random(n) < share
    values = in_nanomolar(rng, n, spread) * np.where(small, 10.0**-power, 1)
    found = mixed_units(values)
    assert found is not None and found.power == power
    assert small[found.small] and not small[found.large]
    assert abs(found.counts[0] - small.sum()) <= 0.05 * n


def test_three_units_are_told_by_their_first_step() -> None:
    rng = np.random.default_rng(1)
    values = in_nanomolar(rng, 300, 0.5) * 10.0 ** -rng.choice([0, 3, 9], 300)
    found = mixed_units(values)
    assert found is not None and found.power == 6  # mol/L, then micromolar


def pair(x: Values, y: Values) -> list[Decided]:
    labels = labels_of(np.stack([x, y], axis=1))
    tasks = [Task(name, "regression") for name in "ab"]
    return decided(labels, tasks, empirical_correlation(labels))


@given(SEEDS, st.integers(30, 300), st.floats(-0.6, 0.6), st.floats(150, 1000))
@settings(max_examples=60, deadline=None)
def test_one_compound_that_decides_is_named(seed: int, n: int, r: float, far: float) -> None:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    y = r * x + np.sqrt(1 - r * r) * rng.normal(size=n)
    expected = np.corrcoef(x, y)[0, 1]
    x[5], y[5] = far, far
    (found,) = pair(x, y)
    assert found.by_one and found.compound == 5 and found.values == (far, far)
    assert found.without == pytest.approx(expected, abs=0.15) and found.correlation > 0.8


@pytest.mark.parametrize("r", [0.0, 0.4, 0.8, -0.6])
@pytest.mark.parametrize("n", [20, 60, 400])
def test_in_ordinary_pairs_no_compound_decides(r: float, n: int) -> None:
    wrong = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        x = rng.normal(size=n)
        wrong += len(pair(x, r * x + np.sqrt(1 - r * r) * rng.normal(size=n)))
    assert wrong <= 2


def test_values_that_curve_or_have_a_long_tail_are_told_by_their_ranks() -> None:
    x = np.linspace(0, 12, 200)
    (found,) = pair(np.exp(x * 2), x)
    assert not found.by_one and found.by_few and found.spearman == pytest.approx(1)


def audit(folder: Path, columns: dict[str, Any]) -> dict[str, Any]:
    frame = pd.DataFrame({"smiles": ["", *ALCOHOLS], **{k: [None, *v] for k, v in columns.items()}})
    frame.to_csv(folder / "a.csv", index=False)
    found = analyse(context_of(read_table(folder / "a.csv"), folder))
    return {"sentence": found.sentence, "blocks": str([to_json(b) for b in found.blocks]), **found.data}


def test_the_row_of_the_file_and_the_compound_are_told(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    x = plain(rng, 60)
    y = np.round(x + rng.normal(0, 0.5, 60), 2)
    y[30] = 550
    found = audit(tmp_path, {"a": x, "b": y})
    (far,) = found["tasks"][1]["far_values"]
    assert (far["value"], far["row"], far["smiles"]) == (550, 32, ALCOHOLS[30])
    assert found["tasks"][0]["far_values"] == []
    (told,) = found["pairs"]
    assert told["by_one_compound"] and [place["row"] for place in told["places"]] == [32, 32]
    assert "550 (row 32, " in found["blocks"] and "far from all others" in found["blocks"]
    assert "1 pair whose E one compound decides" in found["sentence"]


def test_two_units_are_a_remark_with_a_value_and_a_row_of_each(tmp_path: Path) -> None:
    values = in_nanomolar(np.random.default_rng(4), 60, 0.4)
    values[:20] /= 1000
    found = audit(tmp_path, {"Ki": values})
    units = found["tasks"][0]["mixed_units"]
    small, large = units["examples"]
    assert units["factor"] == 1000 and units["counts"] == [20, 40]
    assert small["row"] <= 21 < large["row"] and small["smiles"] == ALCOHOLS[small["row"] - 2]
    assert "perhaps two units: 20 about" in found["blocks"] and f"row {large['row']}" in found["blocks"]
    assert "1 task perhaps in two units" in found["sentence"]


def test_a_source_without_rows_says_the_place_among_its_values(tmp_path: Path) -> None:
    values = plain(np.random.default_rng(5), 60)
    values[10] = 600
    found = analyse(context_of(SourceData((table("a", ALCOHOLS, values, "regression"),)), tmp_path))
    assert found.data["tasks"][0]["far_values"][0]["where"] == "row 11 of its values"


def test_limits_are_no_slips(tmp_path: Path) -> None:
    cells = [f"{value}" for value in plain(np.random.default_rng(6), 59)]
    found = audit(tmp_path, {"a": [*cells, ">5000"]})
    assert found["tasks"][0]["far_values"] == []
