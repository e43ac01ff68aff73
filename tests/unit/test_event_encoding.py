"""What a row becomes: the same bytes each time, exact, and JSON that anybody reads."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from uuid import NAMESPACE_URL, UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracle_cdc.errors import EventRefused, SettingsError
from oracle_cdc.events.rules.encoding import Encoder
from oracle_cdc.events.rules.subjects import Subjects
from oracle_cdc.relay.values import Row

NOON = datetime(2026, 11, 26, 12)
COLUMNS = ("ID", "EVENT_TYPE", "EVENT_DATA")


def encoder(subject: str = "txlog.events", *, has_trace_id: bool = True) -> Encoder:
    return Encoder(
        "M_INTIMECASEAGENT",
        "TXLOG",
        columns=COLUMNS,
        numbers={"ID"},
        subjects=Subjects(subject, COLUMNS),
        has_trace_id=has_trace_id,
    )


def row(*values: object, key: str = "7") -> Row:
    filled = (*values, None, None, None)
    return Row(NOON, key, filled[:3])


def body(*values: object) -> str:
    return encoder(has_trace_id=False)(row(*values)).body.decode()


def test_a_body_has_trace_id_data_type_and_the_columns_in_their_order() -> None:
    event = encoder()(row("7", "OPENED", "שלום"))
    assert event.body.decode() == (
        f'{{"trace_id":"{json.loads(event.body)["trace_id"]}","data_type":"TXLOG","ID":7,'
        '"EVENT_TYPE":"OPENED","EVENT_DATA":"שלום"}'
    )
    assert event.id == "M_INTIMECASEAGENT:7"
    assert event.headers == {"Content-Type": "application/json", "Data-Type": "TXLOG"}


def test_a_repeat_has_the_same_bytes() -> None:
    assert encoder()(row("7", "a")) == encoder()(row("7", "a"))


def test_a_trace_id_is_of_the_program_and_the_key() -> None:
    first = json.loads(encoder()(row("7", key="7")).body)["trace_id"]
    second = json.loads(encoder()(row("7", key="8")).body)["trace_id"]
    assert first != second
    assert UUID(first).version == 5


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_a_trace_id_is_the_uuid_of_a_name_in_the_programs_namespace(key: str) -> None:
    expected = uuid5(uuid5(NAMESPACE_URL, "M_INTIMECASEAGENT"), key)
    assert json.loads(encoder()(row("7", key=key)).body)["trace_id"] == str(expected)


@pytest.mark.parametrize(
    "digits",
    ["12345678901234567890123456789012345678", "-0.5", "0.1", "1E+125", "-1.5E-130", "0"],
)
def test_a_number_keeps_its_digits(digits: str) -> None:
    assert (
        body(digits) == f'{{"data_type":"TXLOG","ID":{digits},"EVENT_TYPE":null,"EVENT_DATA":null}}'
    )
    assert json.loads(body(digits), parse_int=Decimal, parse_float=Decimal)["ID"] == Decimal(digits)


@pytest.mark.parametrize("digits", ["~", "1,5", "007", ".5", "NaN"])
def test_a_number_that_is_none_of_json_is_refused(digits: str) -> None:
    with pytest.raises(EventRefused, match="a number of it can't be written in JSON"):
        body(digits)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (datetime(2026, 11, 26, 12), '"2026-11-26T12:00:00.000000"'),
        (datetime(1, 1, 1, 0, 0, 0, 7), '"0001-01-01T00:00:00.000007"'),
        (b"\x00\xff", '"00FF"'),
        (b"", '""'),
        (0.1, "0.1"),
        (1e300, "1e+300"),
        (float("nan"), '"NaN"'),
        (float("-inf"), '"-Infinity"'),
        (float("inf"), '"Infinity"'),
        (12, "12"),
        (None, "null"),
        ('a"b\\c\n\x00', '"a\\"b\\\\c\\n\\u0000"'),
        ("\u2028", '"\u2028"'),
        ("\U0001f600", '"\U0001f600"'),
    ],
)
def test_a_value_is_written_as_json_has_it(value: object, written: str) -> None:
    assert body("1", value) == (
        f'{{"data_type":"TXLOG","ID":1,"EVENT_TYPE":{written},"EVENT_DATA":null}}'
    )


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_any_text_comes_back_as_it_was(text: str) -> None:
    assert json.loads(body("1", text))["EVENT_TYPE"] == text


def test_text_that_is_no_utf_8_is_refused_by_its_column_and_not_shown() -> None:
    with pytest.raises(EventRefused) as refused:
        encoder()(row("1", "fine", "secret\udc80"))
    assert str(refused.value) == "the column EVENT_DATA holds text that is no UTF-8"
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__


def test_a_key_that_is_no_utf_8_is_refused() -> None:
    with pytest.raises(EventRefused, match="the key holds text that is no UTF-8"):
        encoder()(row("1", key="\udc80"))


@pytest.mark.parametrize("value", [True, object(), [1]])
def test_a_value_of_another_type_is_refused_without_being_shown(value: object) -> None:
    with pytest.raises(EventRefused, match=f"a value of the type {type(value).__name__} can't"):
        body("1", value)


@pytest.mark.parametrize("columns", [("ID", "trace_id"), ("data_type",), ("A", "A")])
def test_columns_of_one_name_in_a_body_are_a_settings_mistake(
    columns: tuple[str, ...],
) -> None:
    subjects = Subjects("events", columns)
    with pytest.raises(SettingsError, match="twice"):
        Encoder("P", "T", columns=columns, numbers=(), subjects=subjects)
