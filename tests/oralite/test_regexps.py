"""REGEXP_ functions."""

from __future__ import annotations

from typing import Any

import pytest

from tests.oralite.calling import call, raises


@pytest.mark.parametrize(
    ("name", "arguments", "result"),
    [
        ("REGEXP_LIKE", ("Steven", "^Ste(v|ph)en$"), True),
        ("REGEXP_LIKE", ("STEVEN", "steven"), False),
        ("REGEXP_LIKE", ("STEVEN", "steven", "i"), True),
        ("REGEXP_LIKE", ("a\nb", "a.b"), False),
        ("REGEXP_LIKE", ("a\nb", "a.b", "n"), True),
        ("REGEXP_LIKE", ("a\nb", "a$", "m"), True),
        ("REGEXP_LIKE", ("a\n", "a$"), False),
        ("REGEXP_LIKE", ("שלום", "^[[:alpha:]]+$"), True),
        ("REGEXP_LIKE", ("a1", "^[[:alpha:]]+$"), False),
        ("REGEXP_LIKE", ("a_1", "^[[:alnum:]_]+$"), True),
        ("REGEXP_LIKE", ("-", "^[^[:alnum:]]$"), True),
        ("REGEXP_LIKE", ("\\", r"^[\w]$"), True),
        ("REGEXP_LIKE", ("]", "^[]a]$"), True),
        ("REGEXP_LIKE", ("555.123.4567", r"^\d{3}\.\d{3}\.\d{4}$"), True),
        (
            "REGEXP_SUBSTR",
            ("500 Oracle Parkway, Redwood Shores, CA", ",[^,]+,"),
            ", Redwood Shores,",
        ),
        ("REGEXP_SUBSTR", ("a1b22c333", "[[:digit:]]+", 1, 2), "22"),
        ("REGEXP_SUBSTR", ("1234567890", "(123)(4(56)(78))", 1, 1, "i", 4), "78"),
        ("REGEXP_SUBSTR", ("abc", "x"), None),
        ("REGEXP_REPLACE", ("500   Oracle     Parkway", "( ){2,}", " "), "500 Oracle Parkway"),
        (
            "REGEXP_REPLACE",
            ("5551234567", r"(\d{3})(\d{3})(\d{4})", r"(\1) \2-\3"),
            "(555) 123-4567",
        ),
        ("REGEXP_REPLACE", ("aaa", "a", "b", 1, 2), "aba"),
        ("REGEXP_REPLACE", ("abc", "b"), "ac"),
        ("REGEXP_REPLACE", (None, "b", "c"), None),
        ("REGEXP_INSTR", ("500 Oracle Parkway, Redwood Shores, CA", "[^ ]+", 1, 6), 37),
        ("REGEXP_INSTR", ("abc", "b", 1, 1, 1), 3),
        ("REGEXP_COUNT", ("123123123123", "123", 4), 3),
        ("REGEXP_SUBSTR", ("a=1;b=2", r"b=(\d)", 1, 1, None, 1), "2"),
        ("REGEXP_INSTR", ("abc123", r"\d+", 1, 1, 0, None), 4),
        ("REGEXP_COUNT", ("Albert Einstein", "e", 7, None), 1),
        ("REGEXP_LIKE", ("abc", "B", None), False),
        ("REGEXP_LIKE", ("abc", "b", None), True),
        ("REGEXP_REPLACE", ("abc", "b", "x", 1, 0, None), "axc"),
        ("REGEXP_SUBSTR", ("abc", "b", None, 1, "i"), None),
        ("REGEXP_COUNT", ("abc", None, 1, "i"), None),
        ("REGEXP_LIKE", (None, "b", "i"), None),
    ],
)
def test_regular_expressions(name: str, arguments: tuple[Any, ...], result: Any) -> None:
    assert call(name, *arguments) == result


@pytest.mark.parametrize(
    ("pattern", "code"),
    [("(a", 12725), ("[a", 12726), ("[z-a]", 12728), ("[[:nope:]]", 12729), (r"a\1", 12727)],
)
def test_a_pattern_that_is_none_gets_its_own_error(pattern: str, code: int) -> None:
    with raises(code):
        call("REGEXP_LIKE", "abc", pattern)
