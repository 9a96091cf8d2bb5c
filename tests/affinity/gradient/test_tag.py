"""Rows are sources and columns are recipients, and what was not in the batch is not zero."""

from __future__ import annotations

import numpy as np

from auditor.affinity.gradient import tag
from tests.affinity.gradient.test_pooled import Given
from tests.traces import trace_of


def test_the_linear_term_divides_by_the_loss_of_the_recipient() -> None:
    gram = np.array([[[4.0, 2.0], [2.0, 9.0]]] * 4)
    losses = np.tile([0.5, 2.0], (4, 1))
    found = tag.estimate_linear(Given(trace_of(gram, losses=losses)))
    np.testing.assert_allclose(found.values, [[8.0, 1.0], [4.0, 4.5]])
    assert found.orientation == "source-to-recipient"


def test_looking_ahead_is_averaged_over_the_logs_that_have_both_tasks() -> None:
    steps = np.zeros((3, 2, 2))
    steps[:, 0, 1] = [1.0, 2.0, np.nan]
    found = tag.estimate(Given(trace_of(np.ones((3, 2, 2)), lookahead=steps)))
    assert found.values[0, 1] == 1.5
    assert found.count[0, 1] == 2
    assert found.values[1, 0] == 0.0


def test_a_loss_of_zero_gives_no_number() -> None:
    gram = np.ones((3, 2, 2))
    found = tag.estimate_linear(Given(trace_of(gram, losses=np.tile([0.0, 1.0], (3, 1)))))
    assert np.isnan(found.values[:, 0]).all()
    assert (found.values[:, 1] == 1).all()
