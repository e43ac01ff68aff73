"""Each field of a result is read, cut or left out with a warning."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal

import pytest

from tests.builders import a_result, read_one


@pytest.mark.parametrize(
    ("field", "value", "name", "expected"),
    [
        ("callId", 98765432109876543210, "call_id", "98765432109876543210"),
        ("callId", "abc", "call_id", "abc"),
        ("summary", {"text": "הסכום"}, "summary", "הסכום"),
        ("summary", "x" * 200_000, "summary", "x" * 200_000),
        ("summary", ["a"], "summary", None),
        ("sentiment", "negative", "sentiment", "negative"),
        ("sentiment", -0.25, "sentiment", "-0.25"),
        ("sentiment", 3, "sentiment", "3"),
        ("sentiment", {"overall": "mixed", "score": 0.1}, "sentiment", "mixed"),
        ("sentiment", {"score": 0.5}, "sentiment", "0.5"),
        ("sentiment", {"overall": None, "score": 1}, "sentiment", "1"),
        ("sentiment", {"overall": {"label": "calm"}, "score": 0}, "sentiment", "0"),
        ("sentiment", {"mood": "?"}, "sentiment", None),
        ("sentiment", True, "sentiment", None),
        ("classification", "billing", "classification_primary", "billing"),
        ("classification", "billing", "classification_all", '["billing"]'),
        (
            "classification",
            {"primary": "חיוב", "all": ["חיוב", "ניתוק"]},
            "classification_primary",
            "חיוב",
        ),
        (
            "classification",
            {"primary": "חיוב", "all": ["חיוב", "ניתוק"]},
            "classification_all",
            '["חיוב", "ניתוק"]',
        ),
        ("classification", {"primary": "a"}, "classification_all", '["a"]'),
        ("classification", {"all": ["a", "b"]}, "classification_primary", "a"),
        ("classifications", ["a", "b"], "classification_primary", "a"),
        (
            "classifications",
            [{"name": "a"}, {"label": "b"}, 7],
            "classification_all",
            '["a", "b", "7"]',
        ),
        ("classifications", [], "classification_primary", None),
        ("classifications", [{"label": "b", "score": 1}], "classification_primary", "b"),
        ("confidence", 0.125, "confidence", Decimal("0.13")),
        ("confidence", 93, "confidence", Decimal(93)),
        ("confidence", "0.93", "confidence", Decimal("0.93")),
        ("confidence", 999.994, "confidence", Decimal("999.99")),
        ("confidence", 999.995, "confidence", None),
        ("confidence", -1000, "confidence", None),
        ("confidence", "high", "confidence", None),
        ("classification", {"primary": "a", "confidence": 0.5}, "confidence", Decimal("0.50")),
        ("processingTime", 1234, "processing_ms", Decimal(1234)),
        ("processing_time_ms", 12.5, "processing_ms", Decimal("12.5")),
        ("processing_time_ms", 1e300, "processing_ms", None),
        ("modelVersion", "v2", "model_version", "v2"),
        ("model_version", 2.1, "model_version", "2.1"),
        ("ban", "B-1", "ban", "B-1"),
        ("customerId", 77, "ban", "77"),
        ("subscriber_no", "050", "subscriber_no", "050"),
        (
            "callTime",
            "2025-01-15T14:20:00.25",
            "call_time",
            datetime(2025, 1, 15, 14, 20, 0, 250000),
        ),
        ("call_time", "2025-01-15 14:20", "call_time", datetime(2025, 1, 15, 14, 20)),
        (
            "call_time",
            "2025-01-15T14:20:00.123456789+02:00",
            "call_time",
            datetime(2025, 1, 15, 14, 20, 0, 123456),
        ),
        ("call_time", "2025-01-15T14:20:00Z", "call_time", datetime(2025, 1, 15, 14, 20)),
        ("call_time", "2025-02-31T14:20:00", "call_time", None),
        ("call_time", "yesterday", "call_time", None),
        ("call_time", 1736951100, "call_time", None),
        ("revision", 3, "revision", 3),
        ("revision", "3", "revision", 3),
        ("revision", 0, "revision", None),
        ("revision", 1.5, "revision", None),
        ("revision", "latest", "revision", None),
        ("revision", True, "revision", None),
        ("revision", 10**30, "revision", None),
    ],
)
def test_each_shape_of_a_field_is_read(
    field: str, value: object, name: str, expected: object
) -> None:
    assert getattr(read_one(a_result(**{field: value})), name) == expected


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("confidence", "high"),
        ("sentiment", {"mood": "very angry"}),
        ("revision", -4),
        ("call_time", "yesterday"),
    ],
)
def test_what_is_left_out_is_warned_of_by_name_and_never_quoted(field: str, value: object) -> None:
    (warning,) = read_one(a_result(**{field: value})).warnings

    assert warning.startswith(f"{field}: left out")
    assert not any(word in warning for word in ("high", "angry", "-4", "yesterday"))


def test_a_good_result_has_no_warnings() -> None:
    assert read_one(a_result(classifications=[], sentiment="")).warnings == ()


def test_a_second_name_is_taken_when_the_first_can_not_be_used() -> None:
    result = read_one(
        a_result(confidence="high", classification={"primary": "a", "confidence": 0.4})
    )

    assert result.confidence == Decimal("0.40")
    assert len(result.warnings) == 1


@pytest.mark.parametrize(
    ("field", "name", "limit"),
    [
        ("sentiment", "sentiment", 50),
        ("classification", "classification_primary", 255),
        ("modelVersion", "model_version", 50),
        ("ban", "ban", 50),
        ("subscriberNo", "subscriber_no", 50),
    ],
)
def test_what_does_not_fit_its_column_is_cut_at_a_character_boundary(
    field: str, name: str, limit: int
) -> None:
    result = read_one(a_result(**{field: "x" + "😀" * 200}))

    assert getattr(result, name) == "x" + "😀" * ((limit - 1) // 4)
    assert result.warnings == (f"{field}: cut from 801 to {limit} bytes",)


def test_a_primary_that_is_cut_is_whole_among_all() -> None:
    assert json.loads(read_one(a_result(classification="x" * 300)).classification_all or "") == [
        "x" * 300
    ]


def test_a_lone_surrogate_is_replaced_because_no_driver_could_write_it() -> None:
    result = read_one(
        a_result(
            '{"type":"ML_PROCESSING_RESULT","callId":"1",'
            '"summary":"a\\ud800b","sentiment":"\\ud83d\\ude00"}'
        )
    )

    assert (result.summary, result.sentiment) == ("a\ufffdb", "😀")


@pytest.mark.parametrize(
    "number",
    ["9" * 5000, "1e999999999", "1e99999999999999999999", "-1e-999999999", "NaN", "-Infinity"],
)
@pytest.mark.parametrize(
    "field", ["sentiment", "confidence", "processingTime", "revision", "summary"]
)
def test_monstrous_numbers_harm_nothing(number: str, field: str) -> None:
    body = f'{{"callId":"1001","{field}":{number},"modelVersion":"v1"}}'

    assert read_one(a_result(body)).model_version == "v1"


def test_a_confidence_that_rounds_to_nothing_has_no_sign() -> None:
    assert str(read_one(a_result(confidence=-0.001)).confidence) == "0.00"
