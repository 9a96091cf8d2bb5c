"""An encoder that keeps every contract, and the same one with a single flaw."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import nn

from auditor.seeding import seeded

ELEMENTS = ("C", "N", "O", "F", "S", "Cl", "Br")


def build(flaw: str = "") -> Callable[..., Any]:
    """Return the factory of an encoder with a flaw; none by default."""

    def factory(*, seed: int, width: int = 6) -> Any:
        if flaw == "reseeds torch":
            torch.manual_seed(seed)
        if flaw == "no module":
            return object()
        return Flawed(width, 0 if flaw == "one seed" else seed, flaw)

    def untyped(*, seed: int, layers: Any = (1, 2)) -> Any:
        return Flawed(6, seed, flaw)

    return untyped if flaw == "untyped option" else factory


@dataclasses.dataclass(frozen=True)
class Rows:
    """Features of all molecules (n, f)."""

    table: torch.Tensor
    flaw: str

    def batch(self, compounds: torch.Tensor) -> torch.Tensor:
        """Cut a batch."""
        if not len(compounds) and self.flaw != "accepts nothing":
            raise ValueError("an empty batch")
        return self.table[compounds.sort().values if self.flaw == "sorts" else compounds]


class Flawed(nn.Module):
    """Counts of elements through two dense layers."""

    def __init__(self, width: int, seed: int, flaw: str) -> None:
        super().__init__()
        self.width, self.flaw = width, flaw
        with seeded(seed):
            self.first = nn.Linear(len(ELEMENTS) + 1, 8)
            self.last = nn.Linear(8, width, bias=flaw == "bias normalised away")
            self.unused = nn.Linear(2, 2) if flaw == "dead parameter" else None
            self.shift = torch.randn(width) if flaw == "state outside" else torch.zeros(width)
        self.seen = 0

    def featurize(self, mol: Any) -> list[float]:
        """Count the elements."""
        symbols = [atom.GetSymbol() for atom in mol.GetAtoms()]
        scale = mol.GetNumBonds() if self.flaw == "divides by bonds" else 1
        counts = [float(symbols.count(element)) for element in ELEMENTS]
        return [*[count / scale if scale else float("nan") for count in counts], float(len(symbols))]

    def pack(self, features: Sequence[list[float]]) -> Rows:
        """Put the features into a table."""
        if not features:
            raise ValueError("no molecule")
        table = torch.tensor(features)
        return Rows(table - table.mean(dim=0) if self.flaw == "centres the pack" else table, self.flaw)

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        """Embed a batch."""
        hidden = self.first(batch).relu()
        if self.flaw == "centres the batch":
            hidden = hidden - hidden.mean(dim=0)
        if self.flaw == "always drops":
            hidden = nn.functional.dropout(hidden, 0.5, training=True)
        if self.flaw == "detaches":
            hidden = hidden.detach()
        out = self.last(hidden) + self.shift
        if self.flaw == "counts calls":
            self.seen += 1
            out = out + self.seen
        if self.flaw == "counts gradients" and out.requires_grad:
            asked = itertools.count(1)
            out.register_hook(lambda gradient: gradient * next(asked))
        return out[:, :-1] if self.flaw == "too narrow" else out
