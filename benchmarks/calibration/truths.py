"""Simulated pairs of tasks whose correlation is known."""

from __future__ import annotations

import numpy as np

Pair = tuple[np.ndarray, np.ndarray, float]


def classes(
    n: int, p: float, q: float, phi: float, draws: int, rng: np.random.Generator
) -> tuple[np.ndarray, ...]:
    """Return 2 x 2 tables (draws at most,) of classes that both occur: both, first, second, total."""
    corner = p * q + phi * np.sqrt(p * (1 - p) * q * (1 - q))
    drawn = rng.multinomial(n, [corner, p - corner, q - corner, 1 - p - q + corner], draws).astype(float)
    both, first, second = drawn[:, 0], drawn[:, 0] + drawn[:, 1], drawn[:, 0] + drawn[:, 2]
    varied = (first > 0) & (first < n) & (second > 0) & (second < n)
    return both[varied], first[varied], second[varied], np.full(varied.sum(), float(n))


def phi_of(p: float, q: float, share: float) -> float:
    """Return a share of the largest φ that two prevalences allow, of the sign of the share."""
    corner = min(p, q) if share >= 0 else max(0.0, p + q - 1)
    return abs(share) * (corner - p * q) / float(np.sqrt(p * (1 - p) * q * (1 - q)))


def values(kind: str, n: int, r: float, draws: int, rng: np.random.Generator) -> Pair:
    """Return two samples of values (draws, n) and their correlation."""
    a, own = rng.normal(size=(2, draws, n))
    if kind == "normal":
        return a, r * a + np.sqrt(1 - r * r) * own, r
    if kind.startswith("lognormal"):
        spread = float(kind.split()[1])
        latent = np.log(1 + r * np.expm1(spread**2)) / spread**2
        return np.exp(spread * a), np.exp(spread * (latent * a + np.sqrt(1 - latent**2) * own)), r
    if kind == "Student's t, 3":
        a, own = rng.standard_t(3, (2, draws, n))
        return a, r * a + np.sqrt(1 - r * r) * own, r
    if kind == "normal, lognormal":  # a curved relation: one scale is the logarithm of the other
        latent = min(r * np.sqrt(np.expm1(1)), 1.0)
        return a, np.exp(latent * a + np.sqrt(1 - latent**2) * own), latent / float(np.sqrt(np.expm1(1)))
    raise ValueError(kind)


def class_with_values(
    kind: str, n: int, p: float, gap: float, draws: int, rng: np.random.Generator
) -> Pair:
    """Return a class and values (draws at most, n) that lie a gap apart, in their standard deviations."""
    x = (rng.random((draws, n)) < p).astype(float)
    x = x[(x.sum(axis=1) > 0) & (x.sum(axis=1) < n)]
    spread, square = np.ones(x.shape), 1.0
    if kind == "normal, twice as wide in the class":
        spread, square = np.where(x > 0, 2.0, 1.0), 4 * p + 1 - p
    if kind == "lognormal 1":
        own = (np.exp(rng.normal(size=x.shape)) - np.exp(0.5)) / np.sqrt(np.expm1(1) * np.e)
    elif kind == "Student's t, 3":
        own = rng.standard_t(3, x.shape) / np.sqrt(3)
    else:
        own = spread * rng.normal(size=x.shape)
    between = gap * np.sqrt(p * (1 - p))
    return x, own + gap * x, float(between / np.sqrt(square + between**2))
