"""Folders of small trained models in the form of RoBERTa, written without the library that usually does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

HIDDEN, BETWEEN, LAYERS, PLACES = 8, 12, 2, 40
TOKENS = ["<s>", "<pad>", "</s>", "<unk>", *"CNOc1()=[]@H+-", "Cl", "CC", "CCO", "c1"]
MERGES = [("C", "C"), ("CC", "O"), ("C", "l"), ("c", "1")]
CONFIG = {
    "model_type": "roberta",
    "vocab_size": len(TOKENS),
    "hidden_size": HIDDEN,
    "intermediate_size": BETWEEN,
    "num_hidden_layers": LAYERS,
    "num_attention_heads": 2,
    "max_position_embeddings": PLACES,
    "pad_token_id": 1,
    "layer_norm_eps": 1e-5,
    "hidden_act": "gelu",
}


def weights_of(seed: int) -> dict[str, torch.Tensor]:
    """Return random weights by the names that RoBERTa has for them."""
    draw = torch.Generator().manual_seed(seed)
    sizes: dict[str, tuple[int, ...]] = {
        "word_embeddings.weight": (len(TOKENS), HIDDEN),
        "position_embeddings.weight": (PLACES, HIDDEN),
        "token_type_embeddings.weight": (1, HIDDEN),
        **{f"LayerNorm.{part}": (HIDDEN,) for part in ("weight", "bias")},
    }
    named = {f"embeddings.{name}": size for name, size in sizes.items()}
    dense = {
        **{f"attention.self.{name}": (HIDDEN, HIDDEN) for name in ("query", "key", "value")},
        "attention.output.dense": (HIDDEN, HIDDEN),
        "intermediate.dense": (BETWEEN, HIDDEN),
        "output.dense": (HIDDEN, BETWEEN),
    }
    for layer in range(LAYERS):
        for name, size in dense.items():
            named[f"encoder.layer.{layer}.{name}.weight"] = size
            named[f"encoder.layer.{layer}.{name}.bias"] = size[:1]
        for name in ("attention.output.LayerNorm", "output.LayerNorm"):
            named |= {f"encoder.layer.{layer}.{name}.{part}": (HIDDEN,) for part in ("weight", "bias")}
    scales = {name: float(name.endswith("LayerNorm.weight")) for name in named}
    return {
        f"roberta.{name}": scales[name] + torch.randn(size, generator=draw) / 3
        for name, size in named.items()
    }


def safetensors(tensors: Mapping[str, torch.Tensor]) -> bytes:
    """Return tensors of single precision as the bytes of a safetensors file."""
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    data = b""
    for name, tensor in tensors.items():
        values = tensor.contiguous().numpy().tobytes()
        offsets = [len(data), len(data) + len(values)]
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": offsets}
        data += values
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


def write_folder(folder: Path, *, seed: int = 0, **config: Any) -> Path:
    """Write a small model; ``config`` changes its configuration."""
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text(json.dumps({**CONFIG, **config}))
    (folder / "vocab.json").write_text(json.dumps({token: code for code, token in enumerate(TOKENS)}))
    (folder / "merges.txt").write_text("#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in MERGES))
    (folder / "model.safetensors").write_bytes(safetensors(weights_of(seed)))
    return folder
