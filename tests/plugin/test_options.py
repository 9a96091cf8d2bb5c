"""Options typed as text become the arguments of a function, or an error that names what is accepted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.errors import PluginError, UsageError
from auditor.plugin.options import call_options


def component(
    files: object,
    *,
    seed: int,
    heads: int = 4,
    rate: float = 0.5,
    deep: bool = False,
    mode: Literal["sum", "mean"] = "sum",
    name: str = "x",
    limit: int | None = None,
) -> object:
    return files


def options(**texts: str) -> dict[str, object]:
    return call_options(component, texts, "encoder 'gat'", reserved=("seed",))


def test_defaults_hold_where_nothing_is_typed() -> None:
    assert options() == {
        "heads": 4, "rate": 0.5, "deep": False, "mode": "sum", "name": "x", "limit": None
    }  # fmt: skip


@given(st.integers())
def test_whole_numbers_round_trip(value: int) -> None:
    assert options(heads=str(value))["heads"] == value


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_round_trip(value: float) -> None:
    assert options(rate=repr(value))["rate"] == value


@pytest.mark.parametrize(("text", "value"), [("true", True), ("NO", False), ("1", True), ("off", False)])
def test_truth_is_spelled_in_several_ways(text: str, value: bool) -> None:
    assert options(deep=text)["deep"] is value


def test_an_optional_number_takes_none_and_a_number() -> None:
    assert options(limit="none")["limit"] is None
    assert options(limit="7")["limit"] == 7


@pytest.mark.parametrize(
    ("name", "text"),
    [("heads", "4.5"), ("rate", "many"), ("rate", "nan"), ("rate", "inf"), ("deep", "maybe"),
     ("mode", "max"), ("limit", "some"), ("heads", "")],
)  # fmt: skip
def test_what_does_not_convert_is_named_with_what_is_expected(name: str, text: str) -> None:
    with pytest.raises(UsageError, match=f"option '{name}' of encoder 'gat'") as caught:
        options(**{name: text})
    assert f"{name}=" in caught.value.hint


def test_an_unknown_option_names_the_accepted_ones_with_their_defaults() -> None:
    with pytest.raises(UsageError, match="no option 'head'") as caught:
        options(head="4")
    for accepted in ("heads=4", "rate=0.5", "deep=False", "mode=sum", "limit=None"):
        assert accepted in caught.value.hint
    assert "seed" not in caught.value.hint


def test_what_the_caller_supplies_is_no_option() -> None:
    with pytest.raises(UsageError, match="no option 'seed'"):
        options(seed="1")
    with pytest.raises(UsageError, match="no option 'files'"):
        options(files="1")


def test_an_option_without_default_must_be_given() -> None:
    with pytest.raises(UsageError, match="needs the option 'seed'"):
        call_options(component, {}, "encoder 'gat'")


def test_a_type_that_no_text_can_give_is_the_authors_fault() -> None:
    def strange(*, sizes: Sequence[int] = ()) -> None: ...

    assert call_options(strange, {}, "encoder 'x'") == {"sizes": ()}
    with pytest.raises(PluginError, match="'sizes'"):
        call_options(strange, {"sizes": "1"}, "encoder 'x'")


def test_a_function_without_options_says_so() -> None:
    with pytest.raises(UsageError) as caught:
        call_options(lambda files: files, {"a": "1"}, "dataset 'x'")
    assert caught.value.hint == "it has no options"
