"""Layers of self-attention as BERT and RoBERTa have them: attention, then two dense layers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import nn

from auditor.seeding import derive
from auditor.training.dropout import Dropout

if TYPE_CHECKING:
    from mtl_audit_transformer.tokens import Rows, TokenBatch


@dataclass(frozen=True)
class Shape:
    """The sizes of a stack of layers.

    Parameters
    ----------
    codes
        Size of the vocabulary.
    places
        Most tokens of a molecule, start and end included.
    hidden, between
        Numbers per token, and in the middle of the two dense layers.
    layers, heads
        Of attention; the heads share ``hidden``.
    epsilon
        Of the layer normalisation.
    """

    codes: int
    places: int
    hidden: int
    between: int
    layers: int
    heads: int
    epsilon: float = 1e-5


class Attention(nn.Module):
    """Scaled dot-product attention of each molecule's tokens to one another.

    The keys have no bias: it would add the same to a query's scores of all tokens, which changes nothing.
    """

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.heads = shape.heads
        self.query = nn.Linear(shape.hidden, shape.hidden)
        self.key = nn.Linear(shape.hidden, shape.hidden, bias=False)
        self.value = nn.Linear(shape.hidden, shape.hidden)
        self.out = nn.Linear(shape.hidden, shape.hidden)

    def forward(self, tokens: torch.Tensor, batch: TokenBatch) -> torch.Tensor:
        """Return the tokens (r, hidden) after attention to those of their molecule."""
        parts = [part(tokens) for part in (self.query, self.key, self.value)]
        seen = torch.cat([self._attend(rows, *parts) for rows in batch.rows])
        found: torch.Tensor = self.out(seen)
        return found

    def _attend(
        self, rows: Rows, queries: torch.Tensor, keys: torch.Tensor, values: torch.Tensor
    ) -> torch.Tensor:
        """Return what the tokens of some molecules see of each other (last - first, hidden)."""
        query, key, value = (self._apart(rows.of(part)) for part in (queries, keys, values))
        scores = query @ key.transpose(-1, -2) / math.sqrt(query.shape[-1])  # (b, heads, l, l)
        weights = scores.masked_fill(~rows.real[:, None, None, :], -math.inf).softmax(dim=-1)
        return rows.back((weights @ value).transpose(1, 2).flatten(2))

    def _apart(self, tokens: torch.Tensor) -> torch.Tensor:
        """Return rows of tokens by head (b, heads, l, hidden / heads)."""
        *batch, hidden = tokens.shape
        return tokens.reshape(*batch, self.heads, hidden // self.heads).transpose(1, 2)


class Layer(nn.Module):
    """Attention and two dense layers, each added to what came in and normalised."""

    def __init__(self, shape: Shape, *, dropout: float, seed: int) -> None:
        super().__init__()
        self.attention = Attention(shape)
        self.attention_norm = nn.LayerNorm(shape.hidden, eps=shape.epsilon)
        self.expand = nn.Linear(shape.hidden, shape.between)
        self.contract = nn.Linear(shape.between, shape.hidden)
        self.norm = nn.LayerNorm(shape.hidden, eps=shape.epsilon)
        self.dropouts = nn.ModuleList(
            Dropout(dropout, seed=derive(seed, name)) for name in ("first", "second")
        )

    def forward(self, tokens: torch.Tensor, batch: TokenBatch) -> torch.Tensor:
        """Return the tokens (r, hidden)."""
        tokens = self.attention_norm(tokens + self.dropouts[0](self.attention(tokens, batch)))
        inner = self.contract(nn.functional.gelu(self.expand(tokens)))
        found: torch.Tensor = self.norm(tokens + self.dropouts[1](inner))
        return found


class Stack(nn.Module):
    """Tokens with their places, through all layers; new weights are drawn from torch's global generator."""

    def __init__(self, shape: Shape, *, dropout: float, seed: int) -> None:
        super().__init__()
        self.words = nn.Embedding(shape.codes, shape.hidden)
        self.places = nn.Embedding(shape.places, shape.hidden)
        self.norm = nn.LayerNorm(shape.hidden, eps=shape.epsilon)
        self.dropout = Dropout(dropout, seed=derive(seed, "tokens"))
        self.layers = nn.ModuleList(
            Layer(shape, dropout=dropout, seed=derive(seed, "layer", place))
            for place in range(shape.layers)
        )
        for module in self.modules():
            if isinstance(module, nn.Linear | nn.Embedding):
                nn.init.normal_(module.weight, std=module.weight.shape[1] ** -0.5)
            if isinstance(module, nn.Linear) and module.bias is not None:
                nn.init.zeros_(module.bias)

    def forward(self, batch: TokenBatch) -> torch.Tensor:
        """Return what each token of a batch became (r, hidden)."""
        placed = self.words(batch.codes) + self.places(batch.place)
        tokens: torch.Tensor = self.dropout(self.norm(placed))
        for layer in self.layers:
            tokens = layer(tokens, batch)
        return tokens
