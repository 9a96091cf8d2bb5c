"""The package keeps the contracts that mtl-audit relies on; one test per claim."""

import pytest

from auditor.testing import checks_of, small_audit
from mtl_audit_example.amines import load
from mtl_audit_example.conflict import estimate
from mtl_audit_example.extremes import analyse
from mtl_audit_example.letters import build


@pytest.mark.parametrize("check", checks_of("plugin"), ids=str)
def test_plugin(check):
    check("mtl_audit_example")


@pytest.mark.parametrize("check", checks_of("dataset"), ids=str)
def test_dataset(check):
    check(load, published={"large": 84, "aromatic": 84, "amine": 84, "carbons": 84})


@pytest.mark.parametrize("check", checks_of("encoder"), ids=str)
def test_encoder(check):
    check(build)


@pytest.mark.parametrize("check", checks_of("affinity"), ids=str)
def test_affinity(check):
    check(estimate)


@pytest.mark.parametrize("check", checks_of("analysis"), ids=str)
def test_analysis(check):
    check(analyse)


def test_the_pairs_begin_with_the_closest():
    pairs = analyse(small_audit(), most=1).data["pairs"]
    by_name = {}
    for pair in pairs:
        by_name.setdefault(pair["affinity"], []).append(pair["value"])
    assert all(values == sorted(values, reverse=True) for values in by_name.values())
