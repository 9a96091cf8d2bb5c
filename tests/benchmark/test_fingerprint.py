"""Labels are named by what they are, whatever the order of rows and of tasks."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from auditor.benchmark.benchmark import Benchmark
from auditor.benchmark.fingerprint import digest_of_all, label_digests
from auditor.source.rows import Task
from tests.making import ALCOHOLS, labels_of

VALUES = st.floats(-1e12, 1e12, allow_nan=False) | st.sampled_from([0.0, 1.0, 1e-9, np.nan])


def benchmark(dense: NDArray[np.float64], compounds: tuple[str, ...]) -> Benchmark:
    tasks = tuple(Task(f"t{i}", "regression") for i in range(dense.shape[1]))
    return Benchmark("b", tasks, compounds, compounds, labels_of(dense), "as-written")


@st.composite
def tables(draw: st.DrawFn) -> NDArray[np.float64]:
    rows, columns = draw(st.integers(1, 20)), draw(st.integers(1, 4))
    cells = draw(st.lists(VALUES, min_size=rows * columns, max_size=rows * columns))
    return np.array(cells).reshape(rows, columns)


@given(tables(), st.randoms())
def test_neither_the_order_of_compounds_nor_that_of_tasks_is_part_of_it(
    dense: NDArray[np.float64], random: object
) -> None:
    n, t = dense.shape
    rows, columns = (np.array(random.sample(range(size), size)) for size in (n, t))  # type: ignore[attr-defined]
    names = np.array(ALCOHOLS[:n], dtype=object)
    first = label_digests(benchmark(dense, tuple(names)))
    second = label_digests(benchmark(dense[np.ix_(rows, columns)], tuple(names[rows])))
    assert [first[column] for column in columns] == list(second)
    told = [digest_of_all(zip(map(str, order), found)) for order, found in ((range(t), first), (columns, second))]  # fmt: skip # noqa: B905
    assert told[0] == told[1]


@given(tables(), st.data())
def test_another_value_changes_the_digest_of_its_task_alone(
    dense: NDArray[np.float64], data: st.DataObject
) -> None:
    row, column = (data.draw(st.integers(0, size - 1)) for size in dense.shape)
    other = dense.copy()
    old = dense[row, column]
    other[row, column] = 7.0 if np.isnan(old) else data.draw(st.sampled_from([np.nan, old * 1.001 + 1e-3]))
    before, after = (label_digests(benchmark(x, ALCOHOLS[: len(dense)])) for x in (dense, other))
    assert [a == b for a, b in zip(before, after, strict=True)] == [
        place != column for place in range(len(before))
    ]


def test_the_same_values_of_other_compounds_are_other_labels() -> None:
    dense = np.arange(10.0).reshape(5, 2)
    first, second = (label_digests(benchmark(dense, ALCOHOLS[start : start + 5])) for start in (0, 1))
    assert not set(first) & set(second)


@pytest.mark.parametrize("value", [0.1 + 0.2, 4.7, 1e-9 / 3, 123456.789, -5.55])
def test_the_last_digit_of_a_program_is_no_other_label(value: float) -> None:
    column = np.full((3, 1), value)
    noisy = benchmark(np.nextafter(column, np.inf), ALCOHOLS[:3])
    exact = benchmark(column, ALCOHOLS[:3])
    assert label_digests(noisy) == label_digests(exact)
    assert noisy.labels.digest() != exact.labels.digest()


def test_names_of_tasks_are_told_apart() -> None:
    assert digest_of_all([("a", "1"), ("b", "2")]) != digest_of_all([("a", "2"), ("b", "1")])
    renamed = dataclasses.replace(
        benchmark(np.ones((3, 1)), ALCOHOLS[:3]), tasks=(Task("x", "regression"),)
    )
    assert label_digests(renamed) == label_digests(benchmark(np.ones((3, 1)), ALCOHOLS[:3]))
