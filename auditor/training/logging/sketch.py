"""The Gram matrix of hundreds of tasks from a few random directions of the shared parameters.

Along a direction v the embeddings change by J v (b, h), J being the encoder's Jacobian, and the loss
of task t by y_t = <c_t, J v> = <g_t, v>, c_t being its cotangent. One derivative along v serves all
tasks. For standard normal v, E[y_i y_j] = <g_i, g_j>.

J v is the derivative by u of <J'u, v>, so it takes two backward passes through the graph that the
training forward left: no second forward, the dropout masks and batch statistics are those of the
step, and nothing is counted twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch

from auditor.errors import PluginError, UsageError
from auditor.training.logging.sketch_error import LEAST_DIRECTIONS

if TYPE_CHECKING:
    from torch.nn import Parameter

DIRECTIONS = 64


def sketched_gram(
    embeddings: torch.Tensor,
    cotangents: torch.Tensor,
    shared: Sequence[Parameter],
    *,
    seed: int,
    directions: int = DIRECTIONS,
    chunk: int = 1,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return an unbiased estimate of the tasks' Gram matrix (p, p), and their mean gradient (d,), exact.

    The graph is freed.

    Parameters
    ----------
    embeddings
        Of the training forward (b, h), with its graph.
    cotangents
        Derivatives of the tasks' losses by the embeddings (p, b, h).
    shared
        The encoder's parameters, d numbers in all.
    seed
        Of the directions: ``derive(seed, "sketch", step)`` gives each log its own, and a resumed
        training the same.
    directions
        Their number s. An estimated product has variance (|g_i|^2 |g_j|^2 + <g_i, g_j>^2) / s; for the
        cosine see `auditor.training.logging.sketch_error`.
    chunk
        Directions followed at once; 1 is fastest on a processor.

    Raises
    ------
    UsageError
        Too few directions for an error to be stated.
    PluginError
        The encoder uses an operation that cannot be differentiated twice.
    """
    if len(cotangents) == 0:
        empty = torch.zeros(0, 0, dtype=torch.float64, device=embeddings.device)
        return empty, embeddings.new_zeros(sum(parameter.numel() for parameter in shared))
    y = project(embeddings, cotangents, shared, seed=seed, directions=directions, chunk=chunk).double()
    gradients = torch.autograd.grad(embeddings, shared, cotangents.mean(dim=0), materialize_grads=True)
    mean = torch.cat([gradient.reshape(-1) for gradient in gradients])
    products = y @ y.T / directions
    return (products + products.T) / 2, mean


def project(
    embeddings: torch.Tensor,
    cotangents: torch.Tensor,
    shared: Sequence[Parameter],
    *,
    seed: int,
    directions: int = DIRECTIONS,
    chunk: int = 1,
) -> torch.Tensor:
    """Return the tasks' derivatives along random directions (p, s); the graph stays.

    Besides the graph, memory holds s derivatives (s, b, h) and one direction (d,) per entry of a
    chunk, never a row per task.
    """
    if directions < LEAST_DIRECTIONS or chunk < 1:
        raise UsageError(
            f"a sketch of {directions} directions, {chunk} at once",
            hint=f"at least {LEAST_DIRECTIONS} directions, and at least 1 at once",
        )
    generator = torch.Generator(embeddings.device).manual_seed(seed)
    probe = torch.zeros_like(embeddings, requires_grad=True)
    pulled = _differentiable(embeddings, shared, probe)
    changes = embeddings.new_empty(directions, embeddings.numel())
    for start in range(0, directions, chunk):
        count = min(chunk, directions - start)
        drawn = torch.stack([_normal(shared, generator) for _ in range(count)])
        changes[start : start + count] = _along(pulled, probe, shared, drawn).reshape(count, -1)
    return cotangents.flatten(1) @ changes.T


def _differentiable(
    embeddings: torch.Tensor, shared: Sequence[Parameter], probe: torch.Tensor
) -> list[torch.Tensor]:
    """Return J'u for each parameter, as a function of the probe u."""
    pulled = torch.autograd.grad(embeddings, shared, probe, create_graph=True, materialize_grads=True)
    if not any(gradient.requires_grad for gradient in pulled):
        raise PluginError(
            "the encoder's gradient cannot be differentiated again",
            hint="measure its gradients exactly: the sketch needs operations with a second derivative",
        )
    return list(pulled)


def _normal(shared: Sequence[Parameter], generator: torch.Generator) -> torch.Tensor:
    like = shared[0]
    length = sum(parameter.numel() for parameter in shared)
    return torch.randn(length, generator=generator, dtype=like.dtype, device=like.device)


def _along(
    pulled: Sequence[torch.Tensor],
    probe: torch.Tensor,
    shared: Sequence[Parameter],
    drawn: torch.Tensor,
) -> torch.Tensor:
    """Return J v for some directions v (c, d), as (c, b, h) or, for one, (b, h)."""
    pieces = torch.split(drawn, [parameter.numel() for parameter in shared], dim=1)
    single = len(drawn) == 1
    outputs, vectors = [], []
    for gradient, parameter, piece in zip(pulled, shared, pieces, strict=True):
        if gradient.requires_grad:
            outputs.append(gradient)
            vectors.append(piece.view(parameter.shape if single else (len(drawn), *parameter.shape)))
    try:
        (change,) = torch.autograd.grad(
            outputs, probe, vectors, retain_graph=True, is_grads_batched=not single
        )
    except torch.OutOfMemoryError:
        raise
    except RuntimeError as error:
        raise PluginError(
            f"the encoder's gradient cannot be differentiated again: {error}",
            hint="measure its gradients exactly: the sketch needs operations with a second derivative",
        ) from error
    return change
