"""The values of a column as JSON has them, by its type and never by a value."""

from __future__ import annotations

import math
from typing import Any

import pytest

from oracle_cdc.changes.rules.json_values import convert_column
from oracle_cdc.changes.rules.table_models import JsonType

CASES = [
    (JsonType.INTEGER, "999999999999999", 999999999999999),
    (JsonType.INTEGER, "-7", -7),
    (JsonType.NUMBER_AS_TEXT, "12345678901234567890.123", "12345678901234567890.123"),
    (JsonType.NUMBER_AS_TEXT, "7", "7"),
    (JsonType.NUMBER_AS_TEXT, 0.1, "0.1"),
    (JsonType.NUMBER_AS_TEXT, math.nan, "NaN"),
    (JsonType.NUMBER_AS_TEXT, math.inf, "Infinity"),
    (JsonType.NUMBER_AS_TEXT, -math.inf, "-Infinity"),
    (JsonType.BOOLEAN, "1", True),
    (JsonType.BOOLEAN, "0", False),
    (JsonType.STRING, "ab   ", "ab   "),
    (JsonType.TIME_AS_TEXT, " 2026-01-02T00:00:00", "2026-01-02T00:00:00"),
    (JsonType.TIME_AS_TEXT, " 2026-01-02T03:04:05.000000000", "2026-01-02T03:04:05"),
    (JsonType.TIME_AS_TEXT, " 2026-01-02T03:04:05.120000000", "2026-01-02T03:04:05.12"),
    (JsonType.TIME_AS_TEXT, "-0044-03-15T03:04:05.000000009", "-0044-03-15T03:04:05.000000009"),
    (JsonType.TIME_AS_TEXT, " 2026-01-02T03:04:05.100000000-11:45", "2026-01-02T03:04:05.1-11:45"),
    (JsonType.TIME_AS_TEXT, " 2026-01-02T03:04:05.000000000Z", "2026-01-02T03:04:05Z"),
    (JsonType.INTERVAL_AS_TEXT, "+000000001 02:03:04.500000000", "P1DT2H3M4.5S"),
    (JsonType.INTERVAL_AS_TEXT, "-000000010 00:00:00.000000000", "-P10D"),
    (JsonType.INTERVAL_AS_TEXT, "+00 00:00:00.000001", "PT0.000001S"),
    (JsonType.INTERVAL_AS_TEXT, "+00 00:00:00.000000", "PT0S"),
    (JsonType.INTERVAL_AS_TEXT, "-000000001-02", "-P1Y2M"),
    (JsonType.BASE64, b"\x00\xff", "AP8="),
]


@pytest.mark.parametrize(("json_type", "value", "expected"), CASES)
def test_a_value_stands_as_its_type_says(json_type: JsonType, value: Any, expected: object) -> None:
    converted, odd = convert_column(json_type, [None, value])
    assert list(converted) == [None, expected]
    assert type(converted[1]) is type(expected)
    assert not odd


@pytest.mark.parametrize(
    ("json_type", "value"),
    [
        (JsonType.INTEGER, "1.5"),
        (JsonType.INTEGER, "1000000000000000"),
        (JsonType.BOOLEAN, "2"),
        (JsonType.INTERVAL_AS_TEXT, "soon"),
    ],
)
def test_a_value_of_another_type_is_text_and_said_to_be_odd(
    json_type: JsonType, value: str
) -> None:
    assert convert_column(json_type, [value, None]) == ([value, None], {0})
