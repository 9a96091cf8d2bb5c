"""What an estimator of affinity is relied on for. The component is ``(context) -> AffinityMatrix``.

Every check takes the audit that it is tried on; the default is `auditor.testing.audits`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, get_args

import numpy as np

from auditor.audit.results import AffinityMatrix, Orientation
from auditor.document.jsonable import plain_data
from auditor.testing.audits import ALIKE, ALSO_ALIKE, OPPOSITE, small_audit
from auditor.testing.check import NotSupported, require
from auditor.testing.footprint import footprint
from auditor.testing.material import global_random_state_untouched, once, require_typed_options
from auditor.testing.reordered import reordered

if TYPE_CHECKING:
    from auditor.audit.context import AuditContext

Estimator = Callable[..., AffinityMatrix]
WITHIN_ERRORS = 4.0
"""Standard errors of the difference by which an estimate may depend on the order of tasks."""


def options_can_be_typed(estimate: Estimator) -> None:
    """Every option has a default and a type that text can give."""
    require_typed_options(estimate)


def relates_the_tasks_of_the_benchmark(estimate: Estimator, *, audit: AuditContext | None = None) -> None:
    """It returns an AffinityMatrix of the benchmark's tasks, in their order."""
    context = audit or small_audit()
    found = _found(estimate, context)
    require(isinstance(found, AffinityMatrix), f"it returns a {type(found).__name__}")
    require(
        tuple(found.tasks) == context.benchmark.task_names,
        f"its tasks are {found.tasks}, not {context.benchmark.task_names}",
    )
    require(found.values.dtype.kind == "f", f"its values are {found.values.dtype}, not real numbers")
    require(bool(np.isfinite(_off(found.values)).any()), "no pair of tasks has a value")


def says_what_it_is(estimate: Estimator, *, audit: AuditContext | None = None) -> None:
    """It has a name, a sentence of meaning, and facts that JSON can hold."""
    found = _found(estimate, audit)
    require(bool(found.estimator.strip()), "estimator, its name, is empty")
    require(found.meaning.strip().endswith("."), f"meaning is not a sentence: {found.meaning!r}")
    try:
        json.dumps(plain_data(found.about))
    except (TypeError, ValueError) as error:
        require(False, f"about cannot be written as JSON: {error}")


def what_cannot_be_estimated_is_nan(estimate: Estimator, *, audit: AuditContext | None = None) -> None:
    """A pair without observations is NaN, never 0; a pair with a value has observations."""
    found = _found(estimate, audit)
    require(not np.isinf(found.values).any(), "a value is infinite")
    unseen = found.count == 0
    require(not np.isfinite(found.values[unseen]).any(), "a pair of which nothing was observed has a value")


def counts_are_whole_numbers(estimate: Estimator, *, audit: AuditContext | None = None) -> None:
    """Counts are integers, 0 or more."""
    count = _found(estimate, audit).count
    require(count.dtype.kind in "iu", f"counts are {count.dtype}")
    require(bool((count >= 0).all()), "a count is negative")


def every_value_has_its_error(estimate: Estimator, *, audit: AuditContext | None = None) -> None:
    """Where a pair has a value, its standard error is finite and not negative."""
    found = _found(estimate, audit)
    known = np.isfinite(_off(found.values))
    errors = _off(found.standard_error)[known]
    require(
        bool(np.isfinite(errors).all()), f"{(~np.isfinite(errors)).sum()} values have no standard error"
    )
    require(bool((errors >= 0).all()), "a standard error is negative")


def the_orientation_holds(estimate: Estimator, *, audit: AuditContext | None = None) -> None:
    """Declared symmetric, values, errors and counts are; otherwise rows are sources."""
    found = _found(estimate, audit)
    known = get_args(Orientation)
    require(found.orientation in known, f"orientation '{found.orientation}' is not one of {known}")
    if found.orientation == "symmetric":
        for name in ("values", "standard_error", "count"):
            matrix = getattr(found, name)
            require(np.allclose(matrix, matrix.T, equal_nan=True), f"{name} is not symmetric")


def values_lie_in_their_range(estimate: Estimator, *, audit: AuditContext | None = None) -> None:
    """No value lies outside the range that is stated."""
    found = _found(estimate, audit)
    low, high = found.value_range
    require(low < high, f"the range is {found.value_range}")
    values = _off(found.values)
    values = values[np.isfinite(values)]
    outside = (values < low - 1e-9) | (values > high + 1e-9)
    require(not outside.any(), f"{outside.sum()} values lie outside {found.value_range}")


def the_same_audit_gives_the_same_affinity(
    estimate: Estimator, *, audit: AuditContext | None = None
) -> None:
    """Estimated twice, every number is the same."""
    context = audit or small_audit()
    first, second = _found(estimate, context), estimate(context)
    for name in ("values", "standard_error", "count"):
        same = np.array_equal(getattr(first, name), getattr(second, name), equal_nan=True)
        require(same, f"{name} differs between two calls: derive every random choice from context.seed")


def leaves_the_global_random_state_alone(estimate: Estimator, *, audit: AuditContext | None = None) -> None:
    """Estimating changes no global random state."""
    context = audit or small_audit()
    with global_random_state_untouched():
        estimate(context)


def leaves_the_context_alone(estimate: Estimator, *, audit: AuditContext | None = None) -> None:
    """Estimating changes nothing that others read from the context."""
    context = audit or small_audit()
    before = footprint(context)
    estimate(context)
    changed = [name for name, digest in footprint(context).items() if digest != before[name]]
    require(not changed, f"estimating has changed {', '.join(changed)} of the context")


def the_order_of_tasks_does_not_matter(estimate: Estimator, *, audit: AuditContext | None = None) -> None:
    """With the tasks in another order, every pair has its value, up to its own standard error."""
    context = audit or small_audit()
    order = np.random.default_rng(1).permutation(context.benchmark.t)
    plain, turned = _found(estimate, context), estimate(reordered(context, order.tolist()))
    require(tuple(turned.tasks) == tuple(plain.tasks[i] for i in order), "the tasks are not reordered")
    expected, got = plain.values[np.ix_(order, order)], turned.values
    both = ~np.eye(len(order), dtype=bool)
    require(
        np.array_equal(np.isfinite(expected[both]), np.isfinite(got[both])),
        "which pairs have a value depends on the order of the tasks",
    )
    error = np.hypot(plain.standard_error[np.ix_(order, order)], turned.standard_error)
    gap, room = np.abs(expected - got)[both], 1e-5 + WITHIN_ERRORS * np.nan_to_num(error[both])
    require(bool((np.nan_to_num(gap) <= room).all()), f"values depend on it by up to {np.nanmax(gap):.3g}")


def a_sign_means_what_it_says(estimate: Estimator, *, audit: AuditContext | None = None) -> None:
    """Capability: declared signed, tasks with the same labels are above tasks with inverted ones."""
    context = audit or small_audit()
    found, names = _found(estimate, context), context.benchmark.task_names
    if not found.signed:
        raise NotSupported("it is not declared signed: a negative value is no opposite relation")
    if not {ALIKE, ALSO_ALIKE, OPPOSITE} <= set(names):
        raise NotSupported("the audit has no tasks that are known to be alike and opposite")
    alike = found.values[names.index(ALIKE), names.index(ALSO_ALIKE)]
    opposite = found.values[names.index(ALIKE), names.index(OPPOSITE)]
    require(bool(alike > opposite), f"alike tasks have {alike:.3f}, opposite ones {opposite:.3f}")


CHECKS = (
    options_can_be_typed,
    relates_the_tasks_of_the_benchmark,
    says_what_it_is,
    what_cannot_be_estimated_is_nan,
    counts_are_whole_numbers,
    every_value_has_its_error,
    the_orientation_holds,
    values_lie_in_their_range,
    the_same_audit_gives_the_same_affinity,
    leaves_the_global_random_state_alone,
    leaves_the_context_alone,
    the_order_of_tasks_does_not_matter,
    a_sign_means_what_it_says,
)


def _found(estimate: Estimator, audit: AuditContext | None) -> AffinityMatrix:
    """Return the estimate on an audit, made once for all checks that only look at it."""
    found: AffinityMatrix = once(estimate, audit or small_audit())
    return found


def _off(matrix: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
    return np.asarray(matrix[~np.eye(len(matrix), dtype=bool)])
