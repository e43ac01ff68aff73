"""Aggregates, over rows and over windows."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oralite.functions.aggregates import AGGREGATES
from oralite.functions.function import decode, store
from oralite.values import encode_number
from tests.oralite.calling import raises


def aggregate(name: str, *values: Any) -> Any:
    found = AGGREGATES[name]
    state = found.factory()
    for value in values:
        state.step(*[store(part) for part in (value if isinstance(value, tuple) else (value,))])
    return decode(state.final(), found.returns)


@pytest.mark.parametrize(
    ("name", "result"),
    [
        ("SUM", "10"),
        ("AVG", "2.5"),
        ("MEDIAN", "2.5"),
        ("VAR_POP", "1.25"),
        ("VARIANCE", "1.66666666666666666666666666666666666667"),
        ("STDDEV_POP", "1.11803398874989484820458683436563811772"),
    ],
)
def test_aggregates_pass_over_null(name: str, result: str) -> None:
    assert aggregate(name, 1, None, 2, 3, 4) == Decimal(result)


def test_aggregates_of_nothing_are_null() -> None:
    names = AGGREGATES.keys() - {"ORA$COUNT_DISTINCT"}
    assert {aggregate(name, None) for name in names} == {None}
    assert aggregate("ORA$COUNT_DISTINCT", None) == 0


def test_a_single_row_has_no_spread() -> None:
    assert aggregate("VARIANCE", 5) == 0
    assert aggregate("STDDEV", 5) == 0
    assert aggregate("VAR_SAMP", 5) is None


def test_listagg_joins_in_order() -> None:
    assert aggregate("LISTAGG", ("b", ", "), (None, ", "), ("a", ", ")) == "b, a"
    assert aggregate("LISTAGG", "b", "a") == "ba"
    assert aggregate("ORA$LISTAGG_DISTINCT", ("b", ","), ("a", ","), ("b", ",")) == "b,a"
    with raises(1489):
        aggregate("LISTAGG", "x" * 4000, "y")


@given(
    st.lists(
        st.decimals(
            allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20, places=9
        )
    )
)
def test_a_row_that_leaves_the_window_is_as_if_it_had_never_come(numbers: list[Decimal]) -> None:
    for name in ("SUM", "AVG", "MEDIAN", "VAR_POP"):
        moving, fixed = AGGREGATES[name].factory(), AGGREGATES[name].factory()
        moving.step(encode_number(7))
        for number in numbers:
            moving.step(encode_number(number))
            fixed.step(encode_number(number))
        moving.inverse(encode_number(7))
        assert moving.value() == fixed.value()
