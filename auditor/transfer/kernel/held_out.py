"""Leave-scaffolds-out predictions of two tasks, exact, from one inverse of their joint covariance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import cho_solve, cholesky
from scipy.linalg.lapack import dpotri

from auditor.transfer.kernel.joint import Pair, own

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.transfer.kernel.share import Share

R_NODES = np.tanh(2 * np.cos(np.pi * (np.arange(7) + 0.5) / 7))
"""Values of r at which predictions are made; between them they are interpolated."""


@dataclass(frozen=True)
class Left:
    """Labels predicted without their fold: what is off, and the variance that the model expects of it.

    Parameters
    ----------
    error, variance
        (..., m), over whatever the predictions were made for.
    """

    error: NDArray[np.float64]
    variance: NDArray[np.float64]


@dataclass(frozen=True)
class Together:
    """Both tasks' labels predicted without their fold, at each of `R_NODES`.

    Parameters
    ----------
    new
        For the first and the second task: the other task's labels of the fold are left out too.
    measured
        The same with the other task's labels of the fold known.
    log_density
        Of each fold's labels of both tasks given all others (7, folds).
    """

    new: tuple[Left, Left]
    measured: tuple[Left, Left]
    log_density: NDArray[np.float64]


def alone(
    kernel: NDArray[np.float64], z: NDArray[np.float64], share: Share, fold: NDArray[np.int64]
) -> Left:
    """Return a task's labels (m,) predicted from its own labels of other folds (m,)."""
    inverse = inverted(own(kernel, share))
    return _left(inverse, z, [np.flatnonzero(fold == one) for one in np.unique(fold)])


def together(pair: Pair, folds: tuple[NDArray[np.int64], NDArray[np.int64]], rho: float) -> Together:
    """Return the predictions of both tasks' labels without their fold.

    With V the inverse of the joint covariance and G what is left out, the error of predicting G from
    the rest is (V_GG)⁻¹ (V z)_G and its covariance (V_GG)⁻¹: one inverse gives every fold of both
    tasks, and its cost does not grow with their number.

    Reference: Dubrule 1983, doi 10.1007/BF01033232.
    """
    m = len(pair.z[0])
    z = np.concatenate(pair.z)
    fold = np.concatenate(folds)
    both = [np.flatnonzero(fold == one) for one in np.unique(fold)]
    first, second = [rows[rows < m] for rows in both], [rows[rows >= m] for rows in both]
    parts: list[list[Left]] = []
    density = np.empty((len(R_NODES), len(both)))
    for place, r in enumerate(R_NODES):
        inverse = inverted(pair.covariance(float(r), rho))
        new = _left(inverse, z, both, density[place])
        parts.append([new, _left(inverse, z, first), _left(inverse, z, second)])
    new, of_first, of_second = (
        Left(np.stack([row[k].error for row in parts]), np.stack([row[k].variance for row in parts]))
        for k in range(3)
    )
    return Together(
        (_part(new, slice(0, m)), _part(new, slice(m, None))),
        (_part(of_first, slice(0, m)), _part(of_second, slice(m, None))),
        density,
    )


def inverted(covariance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the inverse of a positive definite matrix."""
    root = cholesky(covariance, lower=True, check_finite=False)
    inverse, failed = dpotri(root, lower=1, overwrite_c=1)
    if failed:
        raise np.linalg.LinAlgError("a covariance of labels is not positive definite")
    inverse = np.tril(inverse)
    found: NDArray[np.float64] = inverse + np.tril(inverse, -1).T
    return found


def _left(
    inverse: NDArray[np.float64],
    z: NDArray[np.float64],
    blocks: list[NDArray[np.int64]],
    density: NDArray[np.float64] | None = None,
) -> Left:
    """Return the errors and variances of some blocks left out in turn, NaN elsewhere."""
    weighted = inverse @ z
    error, variance = np.full(len(z), np.nan), np.full(len(z), np.nan)
    for place, block in enumerate(blocks):
        if not len(block):
            continue
        root = cholesky(inverse[np.ix_(block, block)], lower=True, check_finite=False)
        error[block] = cho_solve((root, True), weighted[block], check_finite=False)
        covariance, _ = dpotri(root, lower=1)
        variance[block] = np.diag(covariance)
        if density is not None:
            density[place] = np.log(np.diag(root)).sum() - 0.5 * weighted[block] @ error[block]
    return Left(error, variance)


def _part(left: Left, rows: slice) -> Left:
    return Left(left.error[:, rows], left.variance[:, rows])
