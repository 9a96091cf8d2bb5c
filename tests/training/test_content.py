"""The digest of some content: equal for equal content, another for any other, whatever holds it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import torch
from rdkit.Chem import MolFromSmiles
from rdkit.Chem.rdFingerprintGenerator import GetMorganGenerator
from torch import nn
from torch_geometric.data import Data

from auditor.errors import PluginError
from auditor.training.content import digest_of_content
from mtl_audit_ecfp.model import ecfp


@dataclass
class Held:
    value: Any


class Slotted:
    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


def in_objects(value: Any) -> Any:
    held = np.empty(2, dtype=object)
    held[0] = value
    return held


HOLDERS = {
    "itself": lambda value: value,
    "dataclass": Held,
    "slots": Slotted,
    "list": lambda value: [0, value],
    "dictionary": lambda value: {"b": 1, "a": (value,)},
    "objects": in_objects,
    "graph": lambda value: [Data(x=torch.zeros(2, 1), more=value)],
}
VALUES = [
    (lambda: torch.arange(4), lambda: torch.arange(4).flip(0)),
    (lambda: torch.zeros(2, 2), lambda: torch.zeros(4)),
    (lambda: torch.zeros(2), lambda: torch.zeros(2, dtype=torch.float64)),
    (lambda: torch.eye(3).to_sparse(), lambda: (torch.eye(3) * 2).to_sparse()),
    (lambda: torch.eye(3).to_sparse_csr(), lambda: torch.eye(3).flip(0).to_sparse_csr()),
    (lambda: np.zeros(3), lambda: np.array([0, 0, 1e-300])),
    (lambda: {"x", "y", "zz"}, lambda: {"x", "y", "z"}),
    (lambda: "ab", lambda: b"ab"),
    (lambda: 1.5, lambda: np.nextafter(1.5, 2)),
    (lambda: MolFromSmiles("CCO"), lambda: MolFromSmiles("CCN")),
]


@pytest.mark.filterwarnings("ignore:Sparse CSR tensor")
@pytest.mark.parametrize("holder", HOLDERS)
@pytest.mark.parametrize("value", VALUES)
def test_equal_content_has_one_digest_and_other_content_another(holder: str, value: Any) -> None:
    same, other = value
    hold: Any = HOLDERS[holder]
    assert digest_of_content(hold(same())) == digest_of_content(hold(same()))
    assert digest_of_content(hold(same())) != digest_of_content(hold(other()))


def test_content_that_holds_itself_has_a_digest() -> None:
    held = Held([])
    held.value.append(held)
    assert digest_of_content(held)


def test_content_that_cannot_be_compared_is_refused_or_named_by_its_type() -> None:
    generator = Held(GetMorganGenerator())
    with pytest.raises(PluginError, match="cannot be compared"):
        digest_of_content(generator)
    assert digest_of_content(generator, strict=False) == digest_of_content(
        Held(GetMorganGenerator()), strict=False
    )


def test_a_network_is_compared_by_weights_buffers_and_plain_tensors() -> None:
    def built(**changes: Any) -> str:
        network = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
        for parameter in network.parameters():
            nn.init.ones_(parameter)
        for name, value in changes.items():
            setattr(network[1], name, value)
        return digest_of_content(network, strict=False)

    plain = built()
    assert plain == built()
    changes = [
        {"running_mean": torch.ones(2)},
        {"weight": nn.Parameter(torch.zeros(2))},
        {"x": torch.ones(1)},
    ]
    assert len({plain, *(built(**change) for change in changes)}) == 4


def test_another_process_finds_the_same_digest() -> None:
    code = (
        "from auditor.training.content import digest_of_content as d;"
        "from mtl_audit_ecfp.model import ecfp;"
        "print(d([ecfp(seed=0, width=8, hidden=8, bits=16), {'a', 'b', 'c'}], strict=False))"
    )
    here = digest_of_content([ecfp(seed=0, width=8, hidden=8, bits=16), {"a", "b", "c"}], strict=False)
    there = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert there.stdout.strip() == here
