"""The attention encoder: layers of self-attention, the mean over tokens, a projection."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn

from auditor.errors import UsageError
from auditor.seeding import derive, seeded
from auditor.training.frozen import freeze_bias
from mtl_audit_transformer.grammar import CODES, END, START, codes_of
from mtl_audit_transformer.layers import Layer, Shape, Stack
from mtl_audit_transformer.pretrained import read_pretrained
from mtl_audit_transformer.tokens import TokenBatch, Tokens, pack

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from rdkit.Chem import Mol

    from mtl_audit_transformer.pretrained import Pretrained

LAYERS, HIDDEN, HEADS, LENGTH = 3, 64, 4, 200


def transformer(
    *,
    seed: int,
    layers: int | None = None,
    hidden: int | None = None,
    heads: int | None = None,
    length: int = LENGTH,
    width: int = 256,
    dropout: float = 0.1,
    weights: str = "",
) -> AttentionEncoder:
    """Return an attention network over the tokens of a molecule's canonical SMILES.

    Parameters
    ----------
    layers, hidden, heads
        Layers of attention (3), numbers per token (64), and attention heads that share them (4); those of
        the weights where these are given.
    length
        Tokens that are read of a SMILES; the pack counts the longer ones.
    width
        Embedding width h.
    dropout
        Fraction dropped of the tokens, and after attention and dense layers.
    weights
        Folder of a trained RoBERTa, such as ChemBERTa; empty to begin with random weights.
    """
    sizes = {"layers": layers, "hidden": hidden, "heads": heads}
    for name, value in {**sizes, "length": length, "width": width}.items():
        if value is not None and value < 1:
            raise UsageError(f"{name}={value} is not a network", hint=f"{name} must be at least 1")
    given = [name for name, value in sizes.items() if value is not None]
    if weights and given:
        raise UsageError(f"weights decide {', '.join(given)}", hint=f"leave out {', '.join(given)}")
    loaded = read_pretrained(Path(weights).expanduser()) if weights else None
    if loaded is not None:
        length = min(length, loaded.shape.places - 2)
        return AttentionEncoder(
            loaded.shape, loaded, length=length, width=width, dropout=dropout, seed=seed
        )
    hidden, heads = hidden or HIDDEN, heads or HEADS
    if hidden % heads:
        raise UsageError(
            f"{hidden} numbers per token cannot be shared by {heads} attention heads",
            hint="choose hidden as a multiple of heads",
        )
    shape = Shape(CODES, length + 2, hidden, 4 * hidden, layers or LAYERS, heads)
    return AttentionEncoder(shape, None, length=length, width=width, dropout=dropout, seed=seed)


class AttentionEncoder(nn.Module):
    """Layers of self-attention over tokens; the mean of a molecule's tokens, projected and normalised.

    Parameters
    ----------
    loaded
        Trained weights and their tokens; None for new weights and tokens by the grammar of SMILES.
    """

    def __init__(
        self, shape: Shape, loaded: Pretrained | None, *, length: int, width: int, dropout: float, seed: int
    ) -> None:
        super().__init__()
        self.width, self.length = width, length
        with seeded(seed):
            self.stack = Stack(shape, dropout=dropout, seed=derive(seed, "dropout"))
            self.projection = nn.Linear(shape.hidden, width, bias=False)  # the norm has one
            self.projection_norm = nn.BatchNorm1d(width)
        if loaded is not None:
            loaded.fill(self.stack)
        last = self.stack.layers[-1]
        assert isinstance(last, Layer)
        for layer in (last.norm, self.projection_norm):  # what is added to all embeddings has no effect
            freeze_bias(layer)
        tokens = None if loaded is None else loaded.tokens
        self.codes_of: Callable[[str], list[int]] = tokens.codes_of if tokens else codes_of
        self.ends = (tokens.start, tokens.end) if tokens else (START, END)
        self.source = "" if loaded is None else loaded.source

    def featurize(self, mol: Mol) -> NDArray[np.int32]:
        """Return the codes of the tokens of a molecule's canonical SMILES."""
        from rdkit.Chem import MolToSmiles

        if mol.GetNumAtoms() == 0:
            raise ValueError("a molecule without atoms has no SMILES")
        return np.array(self.codes_of(MolToSmiles(mol)), dtype=np.int32)

    def pack(self, features: Sequence[NDArray[np.int32]]) -> Tokens:
        """Return all tokens end to end, on the encoder's device."""
        device = self.projection.weight.device
        return pack(features, self.length, ends=self.ends, device=device, source=self.source)

    def forward(self, batch: TokenBatch) -> torch.Tensor:
        """Return the embeddings of a batch (b, h)."""
        pooled = batch.mean(self.stack(batch))
        embeddings: torch.Tensor = self.projection_norm(self.projection(pooled))
        return embeddings

    def extra_repr(self) -> str:
        """Return what `repr` shows: how much of a SMILES is read."""
        return f"length={self.length}"
