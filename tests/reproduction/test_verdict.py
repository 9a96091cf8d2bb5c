"""A verdict follows the interval, and a wide one tells nothing."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as some

from auditor.reproduction.plan import Claim, Measured
from auditor.reproduction.verdict import compared, judge

NUMBERS = some.floats(-1, 1, allow_nan=False)
ARMS = some.floats(0, 1)


def claim(claimed: float, kind: str = "is", within: float = 0.15) -> Claim:
    """A claim that can be measured."""
    return Claim("c", "p", "s", claimed, kind, within, measure=lambda _: Measured(0))  # type: ignore[arg-type]


def around(value: float, down: float, up: float) -> Measured:
    return Measured(value, value - down, value + up)


@given(NUMBERS, NUMBERS, ARMS, ARMS)
def test_what_is_reproduced_lies_in_a_narrow_interval(c: float, v: float, down: float, up: float) -> None:
    found = around(v, down, up)
    verdict = compared(claim(c), found)
    inside = found.low - 0.00501 <= c <= found.high + 0.00501
    assert (verdict == "reproduced") <= (inside and max(down, up) <= 0.15 + 1e-9)
    assert (verdict == "not reproduced") <= (not found.low <= c <= found.high)


@given(NUMBERS, NUMBERS, ARMS, ARMS, ARMS)
def test_a_wider_interval_never_makes_a_claim_reproduced(
    c: float, v: float, down: float, up: float, more: float
) -> None:
    if compared(claim(c), around(v, down, up)) == "cannot be told":
        assert compared(claim(c), around(v, down + more, up + more)) == "cannot be told"


@given(NUMBERS, NUMBERS, ARMS, ARMS)
def test_a_bound_holds_or_breaks_beyond_the_whole_interval_only(
    c: float, v: float, down: float, up: float
) -> None:
    found = around(v, down, up)
    least, most = (compared(claim(c, kind), found) for kind in ("at least", "at most"))
    if least == "reproduced":
        assert found.low >= c - 0.00501
    if least == "not reproduced":
        assert found.high < c
    if least == "not reproduced" and found.high < c - 0.01:
        assert most == "reproduced"


def test_without_an_interval_nothing_can_be_told_unless_it_is_a_count() -> None:
    assert compared(claim(0.5), Measured(0.5)) == "cannot be told"
    assert compared(claim(0.5), Measured(0.5, exact=True)) == "reproduced"
    assert compared(claim(0.5, within=0.0), Measured(0.506, exact=True)) == "not reproduced"
    assert compared(claim(0.5), Measured(math.nan, exact=True)) == "cannot be told"


def test_a_printed_number_is_met_by_all_that_round_to_it() -> None:
    assert compared(claim(0.65, within=0.0), Measured(0.6459, exact=True)) == "reproduced"
    assert compared(claim(0.65, within=0.0), Measured(0.6449, exact=True)) == "not reproduced"


def test_labels_alone_explain_what_they_reach_and_never_what_is_contradicted() -> None:
    reached, missed = Measured(0.65, exact=True), Measured(0.5, exact=True)
    within, outside = around(0.65, 0.1, 0.1), around(0.2, 0.1, 0.1)
    assert judge(claim(0.65), within, reached) == "follows from labels alone"
    assert judge(claim(0.65), Measured(0.65), reached) == "follows from labels alone"
    assert judge(claim(0.65), within, missed) == "reproduced"
    assert judge(claim(0.65), outside, reached) == "not reproduced"


def test_no_measure_is_not_testable_unless_an_audit_could_give_one() -> None:
    assert judge(Claim("c", "p", "s", 1.0, reason="lost"), None) == "not testable"
    assert judge(Claim("c", "p", "s", 1.0, reason="later", testable=True), None) == "not measured yet"
    assert judge(claim(0.5), None) == "not measured yet"
