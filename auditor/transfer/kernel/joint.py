"""Two tasks as one Gaussian: their joint covariance, and what the labels say of r and ρ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import cholesky, solve_triangular
from scipy.special import logsumexp

from auditor.transfer.kernel.share import Share

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEWEST_SHARED = 5
"""Shared compounds below which ρ is 0: nothing tells it."""
R = np.tanh(np.linspace(-2, 2, 97))
"""Values of r at which the posterior is held, -0.96 to 0.96."""
_R_NODES = np.tanh(2 * np.cos(np.pi * (np.arange(11) + 0.5) / 11))
_RHO_NODES = np.tanh(1.1 * np.cos(np.pi * (np.arange(5) + 0.5) / 5))
_RHO = np.linspace(-0.8, 0.8, 33)
_JITTER = 1e-9


@dataclass(frozen=True)
class Pair:
    """Two tasks: cov(z_ia, z_jb) = c_ij K_ab + e_ij [a = b], c_ij = r √(c_i c_j), e_ij = ρ √(e_i e_j).

    Parameters
    ----------
    first, second
        Kernels of each task's compounds (m_i, m_i), (m_j, m_j).
    between
        The kernel between them (m_i, m_j).
    same
        Where both are one compound (m_i, m_j).
    z
        Standardised labels of both, (m_i,) and (m_j,).
    shares
        Of both.
    """

    first: NDArray[np.float64]
    second: NDArray[np.float64]
    between: NDArray[np.float64]
    same: NDArray[np.bool_]
    z: tuple[NDArray[np.float64], NDArray[np.float64]]
    shares: tuple[Share, Share]

    @property
    def shared(self) -> int:
        """How many compounds have a label in both."""
        return int(self.same.sum())

    def covariance(self, r: float, rho: float) -> NDArray[np.float64]:
        """Return the covariance of all labels, the first task's first (m_i + m_j, m_i + m_j)."""
        across = self.across(r, rho)
        return np.block(
            [[own(self.first, self.shares[0]), across], [across.T, own(self.second, self.shares[1])]]
        )

    def across(self, r: float, rho: float) -> NDArray[np.float64]:
        """Return the covariance of the first task's labels with the second's (m_i, m_j)."""
        i, j = self.shares
        signal, noise = np.sqrt(i.signal * j.signal), np.sqrt(i.noise * j.noise)
        found: NDArray[np.float64] = r * signal * self.between + rho * noise * self.same
        return found

    def turned(self) -> Pair:
        """Return the pair with the smaller task first."""
        if len(self.z[0]) <= len(self.z[1]):
            return self
        return Pair(self.second, self.first, self.between.T, self.same.T, self.z[::-1], self.shares[::-1])


def own(kernel: NDArray[np.float64], share: Share) -> NDArray[np.float64]:
    """Return the covariance of one task's labels (m, m)."""
    found: NDArray[np.float64] = share.signal * kernel + share.noise * np.eye(len(kernel))
    return found


@dataclass(frozen=True)
class Relation:
    """What the labels say of r and ρ, priors uniform.

    Parameters
    ----------
    log_r
        Log posterior of r at the values `R`, ρ integrated out, up to a constant (97,).
    rho
        Posterior mean of ρ.
    log_r_at_rho
        Log posterior of r at `R` where ρ is that mean (97,): what goes with predictions that take it so.
    """

    log_r: NDArray[np.float64]
    rho: float
    log_r_at_rho: NDArray[np.float64]

    @property
    def r(self) -> float:
        """Posterior mean of r."""
        return posterior_mean(self.log_r)

    @property
    def r_interval(self) -> tuple[float, float]:
        """The 95 % interval of r."""
        weight = posterior(self.log_r)
        low, high = np.interp([0.025, 0.975], np.cumsum(weight) - weight / 2, R)
        return float(low), float(high)


def posterior(log_r: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the weight of each value of `R`, which lie closer together towards -1 and 1."""
    weight = np.exp(log_r - log_r.max()) * np.gradient(R)
    found: NDArray[np.float64] = weight / weight.sum()
    return found


def posterior_mean(log_r: NDArray[np.float64]) -> float:
    """Return the mean of r under a log posterior at the values `R`."""
    return float(posterior(log_r) @ R)


def relate(pair: Pair) -> Relation:
    """Return the posterior of r and ρ.

    With Cholesky factors L_i, L_j of the tasks' own covariances, M = L_i⁻¹ C_ij L_j⁻ᵀ, a = L_i⁻¹ z_i
    and b = L_j⁻¹ z_j: log L = -½ log|S| - ½ gᵀ S⁻¹ g, S = I - M Mᵀ, g = a - M b, up to what does not
    depend on r and ρ. M is linear in both, so that S and g are polynomials whose terms are made once.
    Without ρ, one eigendecomposition of S serves every r; with it, log L is made at 11 × 5
    Chebyshev nodes of (artanh r, artanh ρ), where it is smooth, and interpolated.
    """
    pair = pair.turned()
    i, j = pair.shares
    roots = [cholesky(own(k, s), lower=True) for k, s in ((pair.first, i), (pair.second, j))]
    a, b = (solve_triangular(root, z, lower=True) for root, z in zip(roots, pair.z, strict=True))
    by_r = _whitened(roots, pair.across(1, 0))
    square, turn = by_r @ by_r.T, by_r @ b
    if pair.shared < FEWEST_SHARED:
        d, vectors = np.linalg.eigh(square)
        left = 1 - R[:, None] ** 2 * np.clip(d, 0, 1)  # (97, m)
        g = vectors.T @ a - R[:, None] * (vectors.T @ turn)
        log_r = -0.5 * (np.log(left) + g**2 / left).sum(axis=1)
        return Relation(log_r, 0.0, log_r)
    by_rho = _whitened(roots, pair.across(0, 1))
    mixed, other, other_turn = by_r @ by_rho.T, by_rho @ by_rho.T, by_rho @ b
    mixed += mixed.T
    log_l = np.empty((len(_R_NODES), len(_RHO_NODES)))
    for k, r in enumerate(_R_NODES):
        for m, rho in enumerate(_RHO_NODES):
            inner = np.eye(len(a)) - (r * r * square + r * rho * mixed + rho * rho * other)
            log_l[k, m] = _log_density(inner, a - r * turn - rho * other_turn)
    fine = interpolation(_R_NODES, R) @ log_l @ interpolation(_RHO_NODES, _RHO).T
    rho_weight = np.exp(logsumexp(fine + np.log(np.gradient(R))[:, None], axis=0) - logsumexp(fine))
    mean = float(rho_weight @ _RHO / rho_weight.sum())
    at_mean = interpolation(_R_NODES, R) @ log_l @ interpolation(_RHO_NODES, np.array([mean]))[0]
    return Relation(logsumexp(fine, axis=1), mean, at_mean)


def interpolation(nodes: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what takes a function at the nodes (k,) to its values elsewhere (v, k).

    By the polynomial through the nodes in the variable artanh, in which what depends on a
    correlation has no end at -1 and 1; the nodes are Chebyshev's.
    """
    x, y = np.arctanh(nodes), np.arctanh(values)
    away = x[:, None] - x
    np.fill_diagonal(away, 1)
    out = np.empty((len(y), len(x)))
    for k in range(len(x)):
        others = np.delete(np.arange(len(x)), k)
        out[:, k] = np.prod((y[:, None] - x[others]) / away[k, others], axis=1)
    return out


def _whitened(roots: list[NDArray[np.float64]], across: NDArray[np.float64]) -> NDArray[np.float64]:
    once = solve_triangular(roots[0], across, lower=True)
    found: NDArray[np.float64] = solve_triangular(roots[1], once.T, lower=True).T
    return found


def _log_density(inner: NDArray[np.float64], g: NDArray[np.float64]) -> float:
    inner[np.diag_indices_from(inner)] += _JITTER
    root = cholesky(inner, lower=True, overwrite_a=True)
    x = solve_triangular(root, g, lower=True)
    return float(-np.log(np.diag(root)).sum() - 0.5 * x @ x)
