"""SIDER through DeepChem: complete, as published."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.plugins.reading import read, registry


@pytest.mark.extras
def test_sider_is_offered_by_its_own_plugin() -> None:
    component = registry().get("dataset", "sider")
    assert component.owner.plugin == "sider"
    assert component.missing() == ()
    assert importlib.metadata.version(component.libraries[0])


@pytest.mark.published
def test_every_drug_has_every_label(mirror: Path, published_cache: Path) -> None:
    data, facts = read("sider", published_cache, mirror)
    raw = pd.read_csv(mirror / "moleculenet" / "sider.csv.gz")
    assert [table.task.name for table in data.tables] == raw.columns[1:].tolist()
    for table in data.tables:
        assert list(table.smiles) == raw.smiles.tolist()
        np.testing.assert_array_equal(table.values, raw[table.task.name].to_numpy(dtype=float))
    assert len(data.tables) == 27
    assert facts["plugin"].startswith("sider ")
    assert facts["licence"] == "CC BY-NC-SA 4.0"


@pytest.mark.published
def test_no_two_classes_of_reactions_exclude_each_other(mirror: Path, published_cache: Path) -> None:
    data, _ = read("sider", published_cache, mirror)
    phi = np.corrcoef([table.values for table in data.tables])
    pairs = phi[np.triu_indices(27, 1)]
    assert pairs.min() == pytest.approx(0.002, abs=1e-3)
    assert pairs.max() == pytest.approx(0.553, abs=1e-3)
