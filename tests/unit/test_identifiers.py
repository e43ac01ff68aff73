"""Names of Oracle: in capitals unless quoted, and never more of the SQL than a name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracle_cdc.oracle.identifiers import parse_identifier, quote, spell


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("txlog_events", "TXLOG_EVENTS"),
        (" ID ", "ID"),
        ("a$b#1", "A$B#1"),
        ('"createdAt"', "createdAt"),
        ('"with blank"', "with blank"),
        ("x" * 128, "X" * 128),
    ],
)
def test_a_name_is_read_as_oracle_keeps_it(text: str, name: str) -> None:
    assert parse_identifier(text) == name
    assert quote(name) == f'"{name}"'
    assert parse_identifier(spell(name)) == name


@pytest.mark.parametrize(
    "text",
    [
        *("", "1A", "_A", "a b", "a.b", "a;b", "a--", '"', '""', '"a"b"', '"a', 'a"', '"a\0"'),
        *("é", "x" * 129, '"' + "é" * 65 + '"'),
    ],
)
def test_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="name"):
        parse_identifier(text)


@given(st.text())
def test_a_quoted_name_has_no_quote_in_it(text: str) -> None:
    try:
        quoted = quote(text)
    except ValueError:
        assert '"' in text or "\0" in text or not text
        return
    assert quoted == f'"{text}"'
    assert quoted.count('"') == 2
