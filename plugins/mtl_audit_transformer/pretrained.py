"""A trained RoBERTa, such as ChemBERTa, from a folder; nothing is downloaded and no code in it is run."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from auditor.cache.bounded import read_bounded
from auditor.cache.store import sha256_file
from auditor.errors import DataError, UsageError
from mtl_audit_transformer.byte_pairs import BytePairs
from mtl_audit_transformer.layers import Shape
from mtl_audit_transformer.safetensors import HINT, read_safetensors

if TYPE_CHECKING:
    from mtl_audit_transformer.layers import Stack

WEIGHTS = "model.safetensors"
ALIKE = {
    "hidden_act": ("gelu",),
    "position_embedding_type": ("absolute", None),
    "is_decoder": (False, None),
    "add_cross_attention": (False, None),
}
"""What of a configuration decides the arithmetic, with the values that are computed here."""
ROLES = {"start": ("cls_token", "<s>"), "end": ("sep_token", "</s>"), "unknown": ("unk_token", "<unk>")}
OF_LAYER = {
    "attention.query": "attention.self.query",
    "attention.key": "attention.self.key",
    "attention.value": "attention.self.value",
    "attention.out": "attention.output.dense",
    "attention_norm": "attention.output.LayerNorm",
    "expand": "intermediate.dense",
    "contract": "output.dense",
    "norm": "output.LayerNorm",
}
"""Names within a layer, ours and those of the file."""


@dataclass(frozen=True)
class Pretrained:
    """What a folder holds: sizes, tokens and weights by the names of the file."""

    folder: Path
    shape: Shape
    tokens: BytePairs
    weights: Mapping[str, torch.Tensor]
    sha256: str

    @property
    def source(self) -> str:
        """A sentence on where the weights come from."""
        return f"It begins with the weights of {self.folder.name} (SHA-256 {self.sha256})."

    def check(self) -> None:
        """Compare the sizes of the configuration with the weights, before anything is made of that size.

        Raises
        ------
        DataError
            The configuration is that of another model.
        """
        shape = self.shape
        wide = self._get("encoder.layer.0.intermediate.dense.weight")
        found = (*self._get("embeddings.word_embeddings.weight").shape, len(wide), self._layers())
        told = (shape.codes, shape.hidden, shape.between, shape.layers)
        if found != told:
            raise DataError(
                f"{self.folder}: config.json and {WEIGHTS} are of different models: vocabulary, hidden and "
                f"intermediate size and layers are {told} and {found}",
                hint="fetch the folder again",
            )

    def _layers(self) -> int:
        """Return how many layers the weights have, by the largest number in their names."""
        numbered = (re.search(r"(?:^|\.)encoder\.layer\.(\d+)\.", name) for name in self.weights)
        return max((int(found[1]) + 1 for found in numbered if found), default=0)

    def fill(self, stack: Stack) -> None:
        """Give a stack of that shape the weights.

        Raises
        ------
        DataError
            One is missing, or of another shape.
        """
        state = dict(stack.named_parameters())
        with torch.no_grad():
            for own, values in self._named(len(stack.layers)):
                if state[own].shape != values.shape:
                    raise DataError(
                        f"{self.folder / WEIGHTS}: '{own}' has shape {tuple(values.shape)}, and "
                        f"config.json says {tuple(state[own].shape)}",
                        hint="both must be of one model",
                    )
                state.pop(own).copy_(values)
        assert not state, f"weights that nothing fills: {sorted(state)}"

    def _named(self, layers: int) -> Iterator[tuple[str, torch.Tensor]]:
        """Yield our names with the values of the file.

        Token types are one and the same for SMILES, so their row is part of every place; a bias of keys
        changes nothing.
        """
        first = self.tokens.pad + 1
        yield "words.weight", self._get("embeddings.word_embeddings.weight")
        types = self._get("embeddings.token_type_embeddings.weight")
        yield "places.weight", self._get("embeddings.position_embeddings.weight")[first:] + types[0]
        yield from self._both("norm", "embeddings.LayerNorm")
        for place in range(layers):
            for own, name in OF_LAYER.items():
                whole = self._both(f"layers.{place}.{own}", f"encoder.layer.{place}.{name}")
                yield from (pair for pair in whole if not pair[0].endswith("key.bias"))

    def _both(self, own: str, name: str) -> Iterable[tuple[str, torch.Tensor]]:
        return [(f"{own}.{part}", self._get(f"{name}.{part}")) for part in ("weight", "bias")]

    def _get(self, name: str) -> torch.Tensor:
        found = self.weights.get(name, self.weights.get(f"roberta.{name}"))
        if found is None:
            raise DataError(f"{self.folder / WEIGHTS} has no '{name}'", hint="it must be that of a RoBERTa")
        return found


def read_pretrained(folder: Path) -> Pretrained:
    """Return the model of a folder.

    Parameters
    ----------
    folder
        With config.json, model.safetensors, vocab.json and merges.txt.

    Raises
    ------
    UsageError
        There is no such folder.
    DataError
        A file is missing or damaged, or the model is no RoBERTa.
    """
    if not folder.is_dir():
        raise UsageError(f"there is no folder {folder}", hint=f"weights is {HINT}")
    config = _json(folder / "config.json")
    _refuse_others(folder, config)
    tokens = _tokens(folder, config)
    try:
        shape = _shape(config, tokens.pad)
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"{folder / 'config.json'} is not that of a model: {error}", hint=HINT) from error
    found = Pretrained(
        folder, shape, tokens, read_safetensors(folder / WEIGHTS), sha256_file(folder / WEIGHTS)
    )
    found.check()
    return found


def _shape(config: Mapping[str, Any], pad: int) -> Shape:
    names = "vocab_size max_position_embeddings hidden_size intermediate_size num_hidden_layers"
    sizes = {name: int(config[name]) for name in (*names.split(), "num_attention_heads")}
    wrong = [name for name, size in sizes.items() if size < 1]
    codes, places, hidden, between, layers, heads = sizes.values()
    if wrong or hidden % heads or places <= pad + 3:
        raise ValueError(", ".join(wrong) or "sizes that do not fit together")
    epsilon = float(config.get("layer_norm_eps", 1e-12))
    return Shape(codes, places - pad - 1, hidden, between, layers, heads, epsilon)


def _refuse_others(folder: Path, config: Mapping[str, Any]) -> None:
    kind = config.get("model_type")
    if kind != "roberta":
        raise DataError(f"{folder} holds a model of type {kind!r}", hint="only 'roberta' can be loaded")
    for name, taken in ALIKE.items():
        value = config.get(name, taken[-1])
        if value not in taken:
            raise DataError(
                f"{folder} holds a model with {name}={value!r}", hint=f"only {taken[0]!r} is computed"
            )


def _tokens(folder: Path, config: Mapping[str, Any]) -> BytePairs:
    vocabulary = _json(folder / "vocab.json")
    if not all(isinstance(code, int) and code >= 0 for code in vocabulary.values()):
        raise DataError(f"{folder / 'vocab.json'} is no table of codes", hint=HINT)
    special = (
        _json(folder / "special_tokens_map.json") if (folder / "special_tokens_map.json").exists() else {}
    )
    codes = {role: _code(folder, vocabulary, special, *names) for role, names in ROLES.items()}
    pad = config.get("pad_token_id", 1)
    if not isinstance(pad, int) or max(*vocabulary.values(), pad) >= int(config.get("vocab_size", 0)):
        raise DataError(
            f"{folder}: vocab.json has more codes than config.json says", hint="both must be of one model"
        )
    return BytePairs(vocabulary, _merges(folder / "merges.txt"), pad=pad, **codes)


def _code(
    folder: Path, vocabulary: Mapping[str, int], special: Mapping[str, Any], name: str, usual: str
) -> int:
    told = special.get(name, usual)
    token = str(told.get("content") if isinstance(told, dict) else told)
    if token not in vocabulary:
        raise DataError(f"{folder / 'vocab.json'} has no code for {token!r}", hint=HINT)
    return vocabulary[token]


def _merges(path: Path) -> dict[tuple[str, str], int]:
    lines = [line for line in _text(path).splitlines() if line and not line.startswith("#version")]
    pairs = [tuple(line.split(" ")) for line in lines]
    if any(len(pair) != 2 for pair in pairs):
        raise DataError(f"{path} has a line that is no pair", hint=HINT)
    return {(pair[0], pair[1]): rank for rank, pair in enumerate(pairs)}


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(_text(path))
    except (ValueError, RecursionError) as error:
        raise DataError(f"{path} is not JSON", hint=HINT) from error
    if not isinstance(found, dict):
        raise DataError(f"{path} holds no table", hint=HINT)
    return found


def _text(path: Path) -> str:
    try:
        return read_bounded(path).decode()
    except FileNotFoundError as error:
        raise DataError(f"there is no file {path}", hint=f"weights is {HINT}") from error
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise DataError(f"{path} cannot be read: {reason}", hint=HINT) from error
