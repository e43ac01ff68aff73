"""Single fields of answers: which spellings are one value, and where a value ends."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from oracle_cdc.conversations.rules.call_ids import read_call_id, source_id
from oracle_cdc.conversations.rules.fields import (
    Labels,
    read_labels,
    read_number,
    read_revision,
    read_text,
    read_time,
)
from oracle_cdc.errors import ResultRefused


def warnings_of(read: object, *arguments: object, **options: object) -> tuple[object, list[str]]:
    """Return what is read, and the warnings."""
    warnings: list[str] = []
    assert callable(read)
    return read(*arguments, warnings.append, **options), warnings


@pytest.mark.parametrize(
    ("text", "call_id"),
    [
        ("1008", "1008"),
        (" 001008.0 ", "1008"),
        ("-5", "-5"),
        ("0.50", ".5"),
        ("9" * 38, "9" * 38),
        ("call 5", None),
        ("", None),
        (None, None),
    ],
)
def test_an_id_names_a_call_of_the_source_only_if_it_is_a_number(
    text: str | None, call_id: str | None
) -> None:
    assert source_id(text) == call_id


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2025-01-15", datetime(2025, 1, 15)),
        ("2025-01-15T14:20", datetime(2025, 1, 15, 14, 20)),
        ("2025-01-15T14:20:03", datetime(2025, 1, 15, 14, 20, 3)),
        ("2025-01-15T14:20:03.1234567", datetime(2025, 1, 15, 14, 20, 3, 123456)),
        ("2025-01-15T14:20:03.5Z", datetime(2025, 1, 15, 14, 20, 3, 500000)),
    ],
)
def test_a_time_is_read_however_much_of_it_is_written(text: str, time: datetime) -> None:
    assert warnings_of(read_time, text) == (time, [])


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (None, "nothing"),
        ({}, "an object"),
        ([], "a list"),
        (True, "true or false"),
        (5, "a number"),
    ],
)
def test_what_is_no_time_is_named_by_its_kind(value: object, kind: str) -> None:
    assert warnings_of(read_time, value) == (None, [f"left out: it is no ISO 8601 time but {kind}"])


def test_a_number_at_its_bound_is_left_out() -> None:
    options = {"step": Decimal(1), "bound": Decimal(1000)}
    assert warnings_of(read_number, 999, **options) == (Decimal(999), [])
    value, warnings = warnings_of(read_number, 1000, **options)
    assert (value, len(warnings)) == (None, 1)
    _, warnings = warnings_of(read_number, [], **options)
    assert warnings == ["left out: it is not a finite number but a list"]


@pytest.mark.parametrize(
    ("value", "labels"),
    [
        ("billing", Labels("billing", ("billing",))),
        (["billing", "line"], Labels("billing", ("billing", "line"))),
        ({"primary": "line", "all": ["billing", "line"]}, Labels("line", ("billing", "line"))),
        ({"primary": "line"}, Labels("line", ("line",))),
        ({"name": "line"}, Labels("line", ("line",))),
        ([], None),
    ],
)
def test_labels_are_read_from_each_shape(value: object, labels: Labels | None) -> None:
    assert warnings_of(read_labels, value, primary_bytes=255) == (labels, [])


def test_an_object_without_a_label_is_named_by_its_kind() -> None:
    read, warnings = warnings_of(read_labels, {}, primary_bytes=255)
    assert (read, warnings) == (None, ["left out: there is no label in it: an object"])


def test_a_lone_surrogate_in_a_label_is_warned_of() -> None:
    read, warnings = warnings_of(read_labels, {"primary": "a\ud800", "all": ["b"]}, primary_bytes=9)
    assert read == Labels("a\ufffd", ("b",))
    assert warnings == ["1 lone surrogates replaced by U+FFFD"]
    read, warnings = warnings_of(read_labels, ["a\ud800"], primary_bytes=9)
    assert read == Labels("a\ufffd", ("a\ufffd",))
    assert warnings


@pytest.mark.parametrize(
    ("text", "call_id"),
    [("1.5", "1.5"), ("-0.25", "-.25"), ("100", "100"), ("0.0", "0"), ("-0", "0")],
)
def test_a_number_is_spelled_as_oracle_does(text: str, call_id: str) -> None:
    assert source_id(text) == call_id


@pytest.mark.parametrize(
    ("value", "revision"),
    [(1, 1), (10**9, 10**9), (10**9 + 1, None), (0, None), (Decimal("1.5"), None), ("7", 7)],
)
def test_a_revision_is_a_whole_number_from_1_to_a_thousand_million(
    value: object, revision: int | None
) -> None:
    assert warnings_of(read_revision, value)[0] == revision


@pytest.mark.parametrize(
    ("number", "call_id"),
    [
        ("0.123456789012345", "0.123456789012345"),
        ("3.12345678901234", "3.12345678901234"),
        ("3.123456789012345", None),
        ("1E-15", "0.000000000000001"),
        ("1E-16", None),
        ("5.0", "5"),
        ("3.1", "3.1"),
    ],
)
def test_a_floating_point_id_is_taken_only_with_the_digits_that_a_double_keeps(
    number: str, call_id: str | None
) -> None:
    if call_id is None:
        with pytest.raises(ResultRefused, match=r"^callId is a floating-point number with more"):
            read_call_id(Decimal(number), limit_bytes=50)
    else:
        assert Decimal(read_call_id(Decimal(number), limit_bytes=50)) == Decimal(call_id)


def test_what_is_no_id_is_named_by_its_kind() -> None:
    with pytest.raises(ResultRefused, match=r"^callId is neither text nor a number: an object$"):
        read_call_id({}, limit_bytes=50)


def test_a_text_at_its_limit_is_whole() -> None:
    assert warnings_of(read_text, "שלום", limit_bytes=8) == ("שלום", [])
    assert warnings_of(read_text, [], limit_bytes=8) == (
        None,
        ["left out: it is neither text nor a number but a list"],
    )


def test_an_empty_inner_text_is_passed_over_for_the_next() -> None:
    value = {"overall": "", "score": 5}
    assert warnings_of(read_text, value, inner_names=("overall", "score")) == ("5", [])


def test_a_number_out_of_its_bound_is_warned_of() -> None:
    read, warnings = warnings_of(read_number, 1000, step=Decimal(1), bound=Decimal(1000))
    assert (read, warnings) == (None, ["left out: its magnitude is not under 1000"])
