"""Subjects: a value is one token, whatever it holds."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracle_cdc.errors import EventRefused, SettingsError
from oracle_cdc.events.rules.subjects import Subjects, subject_pattern, token

COLUMNS = ("ID", "EVENT_TYPE", "mixedCase")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("OPENED", "OPENED"),
        ("a b.c*d>e", "a_b_c_d_e"),
        (".", "_"),
        ("", "_"),
        (None, "_"),
        ("שלום", "____"),
        ("\x00\n", "__"),
        ("x" * 65, "x" * 64),
        ("12345", "12345"),
        (b"\x00\xff", "00FF"),
        (datetime(2026, 11, 26, 12), "2026-11-26T12_00_00_000000"),
    ],
)
def test_a_value_becomes_a_token_of_letters_digits_and_two_signs(
    value: object, expected: str
) -> None:
    assert token(value) == expected


@given(st.one_of(st.text(), st.binary(), st.datetimes(), st.floats(), st.integers()))
def test_no_value_makes_more_or_less_than_one_token(value: object) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", token(value))


def test_a_template_takes_values_between_its_words() -> None:
    subjects = Subjects("txlog.{EVENT_TYPE}.x-{id}.{mixedCase}", COLUMNS)
    assert subjects.make(("7", "a.b", None)) == "txlog.a_b.x-7._"


def test_a_template_without_columns_is_the_same_for_all() -> None:
    assert Subjects("txlog.events", COLUMNS).make(("7", "x", "y")) == "txlog.events"


def test_a_template_that_names_another_column_is_a_settings_mistake() -> None:
    with pytest.raises(SettingsError, match="names the column 'TYPE', which is not read"):
        Subjects("txlog.{TYPE}", COLUMNS)


def test_a_template_that_is_too_long_by_itself_is_a_settings_mistake() -> None:
    with pytest.raises(SettingsError, match="has 256 characters without its values"):
        Subjects("a" * 255 + "{ID}", COLUMNS)


def test_a_row_whose_subject_is_too_long_is_refused() -> None:
    subjects = Subjects("a" * 200 + "{ID}", COLUMNS)
    assert len(subjects.make(("x" * 55, "", ""))) == 255
    with pytest.raises(EventRefused, match="its subject has 256 characters, of 255 allowed"):
        subjects.make(("x" * 56, "", ""))


@pytest.mark.parametrize(
    ("template", "pattern"),
    [
        ("txlog.events", "txlog.events"),
        ("txlog.{EVENT_TYPE}", "txlog.*"),
        ("{ID}.a-{ID}_{EVENT_TYPE}.b", "*.*.b"),
    ],
)
def test_a_stream_takes_whatever_a_template_makes(template: str, pattern: str) -> None:
    assert subject_pattern(template) == pattern
